import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { proxyName } from './proxy.ts';
import { oneLine, systemReason } from './words.ts';

/** The proxy did not give a connection. */
export class ProxyFault extends Error {
  readonly proxy: string;
  /** HTTP status with which it refused. */
  readonly status: number | undefined;
  readonly reason: string;

  constructor(
    proxy: URL,
    why: {
      readonly status?: number;
      readonly timeout?: number;
      readonly detail?: string;
      readonly cause?: unknown;
    },
  ) {
    super('proxy');
    this.name = 'ProxyFault';
    this.proxy = proxyName(proxy);
    this.status = why.status;
    this.reason = why.timeout !== undefined ? 'ETIMEDOUT' : (why.detail ?? systemReason(why.cause));
  }
}

/** Nothing came for so long. */
export class TimeoutFault extends Error {
  readonly phase: 'connect' | 'idle';
  readonly milliseconds: number;

  constructor(phase: 'connect' | 'idle', milliseconds: number) {
    super(phase);
    this.name = 'TimeoutFault';
    this.phase = phase;
    this.milliseconds = milliseconds;
  }
}

/** Of which request an error speaks. */
export interface FaultPlace {
  readonly server: string;
  readonly host: string;
  readonly path: string;
  /** Name of the kubeconfig's user, where the request was not anonymous. */
  readonly user: string;
}

const NO_ROUTE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'EPERM', 'ENETDOWN']);
const NO_NAME = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'EAI_FAIL', 'ENODATA']);
const CUT = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'Z_BUF_ERROR',
  'HPE_INVALID_EOF_STATE',
]);
const UNKNOWN_ISSUER = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);
/** The server's TLS refused what we showed, RFC 8446 section 6.2; OpenSSL names alerts of SSL 3 by that version. */
const CLIENT_CERTIFICATE_REFUSED =
  /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|CERTIFICATE_REQUIRED|UNKNOWN_CA|ACCESS_DENIED)/;

/** Whether the server's certificate is what failed, so that looking at it says more. */
export function isCertificateFault(error: unknown): boolean {
  const code = systemReason(error);
  return (
    UNKNOWN_ISSUER.has(code) ||
    code === 'CERT_HAS_EXPIRED' ||
    code === 'CERT_NOT_YET_VALID' ||
    code === 'ERR_TLS_CERT_ALTNAME_INVALID'
  );
}

/** What the server's certificate says; empty texts where it could not be looked at. */
export interface CertificateFacts {
  readonly notBefore: string;
  readonly notAfter: string;
  readonly issuer: string;
  readonly names: readonly string[];
}

/** An error of node:net, node:tls, node:http or node:zlib as one that says what to do. */
export function faultOf(error: unknown, place: FaultPlace, certificate?: CertificateFacts): KubeStrideError {
  if (error instanceof KubeStrideError) return error;
  const { server, host, path, user } = place;
  if (error instanceof TimeoutFault) {
    const seconds = Math.round(error.milliseconds / 100) / 10;
    if (error.phase === 'connect') return new KubeStrideError('connect-timeout', { server, seconds });
    return new KubeStrideError('server-too-slow', { server, path, seconds });
  }
  if (error instanceof ProxyFault) {
    const { proxy, status, reason } = error;
    if (status !== undefined) return new KubeStrideError('proxy-refused', { server, proxy, status });
    return new KubeStrideError('proxy-unreachable', { server, proxy, reason });
  }
  const reason = systemReason(error);
  if (isCertificateFault(error)) return certificateFault(reason, server, host, certificate);
  if (CLIENT_CERTIFICATE_REFUSED.test(reason)) {
    return new KubeStrideError('client-certificate-refused', { server, user, reason });
  }
  if (NO_NAME.has(reason)) return new KubeStrideError('server-name-unknown', { server, host });
  if (reason === 'ECONNREFUSED') return new KubeStrideError('server-refuses-connection', { server });
  if (reason === 'ETIMEDOUT' || NO_ROUTE.has(reason)) {
    return new KubeStrideError('server-unreachable', { server, reason });
  }
  if (CUT.has(reason)) return new KubeStrideError('connection-cut', { server, path });
  if (reason === 'EPROTO' || reason === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return new KubeStrideError('server-speaks-no-tls', { server });
  }
  if (reason.startsWith('ERR_SSL') || reason.startsWith('ERR_TLS')) {
    return new KubeStrideError('tls-failed', { server, reason });
  }
  return new KubeStrideError('request-failed', { server, path, reason: oneLine(reason) });
}

function certificateFault(
  reason: string,
  server: string,
  host: string,
  facts: CertificateFacts | undefined,
): KubeStrideError {
  switch (reason) {
    case 'CERT_HAS_EXPIRED':
      return new KubeStrideError('server-certificate-expired', { server, date: facts?.notAfter ?? '' });
    case 'CERT_NOT_YET_VALID':
      return new KubeStrideError('server-certificate-not-yet-valid', {
        server,
        date: facts?.notBefore ?? '',
      });
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return new KubeStrideError('server-certificate-wrong-name', {
        server,
        host,
        names: facts?.names ?? [],
      });
    default:
      return new KubeStrideError('server-certificate-unknown-issuer', {
        server,
        issuer: facts?.issuer ?? '',
      });
  }
}
