import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls, { type PeerCertificate, rootCertificates } from 'node:tls';
import type { CertificateFacts } from './faults.ts';
import type { Environment } from './load-kubeconfig.ts';

/** Where systems keep the authorities that they trust; the list and its order are those of Go's crypto/x509. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The authorities that kubectl would trust where the kubeconfig names none: the system's. Node's own bundle is the
 * floor, because a container may have no other.
 */
export function systemAuthorities(env: Environment): string[] {
  const ofSystem = (tls as { getCACertificates?: (kind: 'system') => string[] }).getCACertificates?.(
    'system',
  );
  if (ofSystem !== undefined && ofSystem.length > 0 && !env['SSL_CERT_FILE']) {
    return [...rootCertificates, ...ofSystem];
  }
  const bundles = env['SSL_CERT_FILE'] ? [env['SSL_CERT_FILE']] : SYSTEM_BUNDLES;
  for (const bundle of bundles) {
    try {
      return [...rootCertificates, readFileSync(bundle, 'latin1')];
    } catch {
      // The next system's place.
    }
  }
  return [...rootCertificates];
}

/** Shakes hands without trusting, sends nothing, and says what the server's certificate claims. */
export function inspectCertificate(
  connection: { readonly host: string; readonly port: number } | { readonly socket: Duplex },
  servername: string,
  timeout: number,
): Promise<CertificateFacts | undefined> {
  return new Promise((resolve) => {
    // Nothing but the certificate is read, and no request follows on this connection.
    const name = isIP(servername) > 0 ? '' : servername;
    const socket = tls.connect({ ...connection, servername: name, rejectUnauthorized: false });
    const finish = (facts: CertificateFacts | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(facts);
    };
    const timer = setTimeout(() => finish(undefined), timeout);
    socket.once('error', () => finish(undefined));
    socket.once('secureConnect', () => finish(factsOf(socket.getPeerCertificate())));
  });
}

function factsOf(certificate: PeerCertificate): CertificateFacts | undefined {
  if (certificate.valid_to === undefined) return undefined;
  return {
    notBefore: new Date(certificate.valid_from).toISOString(),
    notAfter: new Date(certificate.valid_to).toISOString(),
    issuer: Object.entries(certificate.issuer)
      .map(([attribute, value]) => `${attribute}=${value}`)
      .join(', '),
    names: (certificate.subjectaltname ?? '')
      .split(', ')
      .map((name) => name.replace(/^DNS:|^IP Address:/, '')),
  };
}
