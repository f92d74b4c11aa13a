import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** What a certificate says; times are milliseconds since the epoch. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** DNS names and IPv4 addresses. */
  readonly hosts?: readonly string[];
  readonly usages?: readonly ('server' | 'client')[];
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** A certificate and its key, as PEM; the key is PKCS #8. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

const DAY = 86_400_000;

/** DER, X.690: a tag, the length and the content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const octets = (content: Uint8Array): Buffer => der(0x04, content);
const bits = (content: Uint8Array, unused = 0): Buffer => der(0x03, Buffer.from([unused]), content);
const boolean = Buffer.from([0x01, 0x01, 0xff]);

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return der(0x06, Buffer.from(bytes));
}

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const USAGES = { server: oid('1.3.6.1.5.5.7.3.1'), client: oid('1.3.6.1.5.5.7.3.2') };

/** GeneralizedTime is asked for from 2050 on, UTCTime before (RFC 5280, 4.1.2.5). */
function time(milliseconds: number): Buffer {
  const text = `${new Date(milliseconds)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '')}`;
  return Number(text.slice(0, 4)) < 2050
    ? der(0x17, Buffer.from(text.slice(2)))
    : der(0x18, Buffer.from(text));
}

function name(commonName: string, organizations: readonly string[]): Buffer {
  const part = (type: string, value: string): Buffer =>
    der(0x31, sequence(oid(type), der(0x0c, Buffer.from(value))));
  return sequence(...organizations.map((each) => part('2.5.4.10', each)), part('2.5.4.3', commonName));
}

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean] : []), octets(value));
}

/** The digest of the key's bits, which end its SubjectPublicKeyInfo: 65 bytes for P-256 (RFC 5280, 4.2.1.2). */
function keyIdentifier(publicInfo: Buffer): Buffer {
  return createHash('sha1').update(publicInfo.subarray(-65)).digest();
}

function hostNames(hosts: readonly string[]): Buffer {
  return sequence(
    ...hosts.map((host) =>
      isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host)),
    ),
  );
}

function extensions(request: CertificateRequest, own: Buffer, issuer: Buffer, authority: boolean): Buffer {
  const usages = (request.usages ?? []).map((usage) => USAGES[usage]);
  return sequence(
    extension('2.5.29.19', sequence(...(authority ? [boolean] : [])), true),
    // digitalSignature, and for an authority keyCertSign and cRLSign.
    extension('2.5.29.15', authority ? bits(Buffer.from([0x86]), 1) : bits(Buffer.from([0x80]), 7), true),
    ...(usages.length > 0 ? [extension('2.5.29.37', sequence(...usages))] : []),
    ...(request.hosts?.length ? [extension('2.5.29.17', hostNames(request.hosts))] : []),
    extension('2.5.29.14', octets(keyIdentifier(own))),
    extension('2.5.29.35', sequence(der(0x80, keyIdentifier(issuer)))),
  );
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function publicInfo(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/**
 * An X.509 certificate (RFC 5280) for a new P-256 key, signed with ECDSA by `authority`, or by itself as an authority.
 * Node can sign but not write certificates, and openssl is not everywhere, nor can every openssl make expired ones.
 */
export function issue(
  request: CertificateRequest,
  authority?: { commonName: string; publicKey: KeyObject; key: KeyObject },
): Issued {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ownInfo = publicInfo(own.publicKey);
  const issuerInfo = authority === undefined ? ownInfo : publicInfo(authority.publicKey);
  const now = Date.now();
  // The first bit is cleared: a serial number is positive.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ECDSA_WITH_SHA256,
    name(authority?.commonName ?? request.commonName, []),
    sequence(time(request.notBefore ?? now - DAY), time(request.notAfter ?? now + 3650 * DAY)),
    name(request.commonName, request.organizations ?? []),
    ownInfo,
    der(0xa3, extensions(request, ownInfo, issuerInfo, authority === undefined)),
  );
  const signature = sign('sha256', body, authority?.key ?? own.privateKey);
  return {
    certificate: pem('CERTIFICATE', sequence(body, ECDSA_WITH_SHA256, bits(signature))),
    key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
