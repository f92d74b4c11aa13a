import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { SignatureStatement } from './format.ts';

/**
 * The private key to sign with: Ed25519, or ECDSA on a NIST curve, in PEM as `openssl genpkey` writes it.
 * @param shown the file's name, for messages
 * @throws KubeStrideError `bundle-key-unusable`
 */
export function readSigningKey(pem: string | Uint8Array, shown: string): KeyObject {
  return usable(() => createPrivateKey(Buffer.from(pem)), shown);
}

/**
 * The public key to verify with, in PEM; of a certificate its key is taken.
 * @throws KubeStrideError `bundle-key-unusable`
 */
export function readVerifyingKey(pem: string | Uint8Array, shown: string): KeyObject {
  return usable(() => createPublicKey(Buffer.from(pem)), shown);
}

function usable(read: () => KeyObject, shown: string): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch (error) {
    throw new KubeStrideError('bundle-key-unusable', { path: shown, problem: 'not-a-key' }, { cause: error });
  }
  if (algorithmOf(key) === undefined) {
    const type = key.asymmetricKeyType ?? key.type;
    throw new KubeStrideError('bundle-key-unusable', { path: shown, problem: 'algorithm', type });
  }
  return key;
}

function algorithmOf(key: KeyObject): SignatureStatement['algorithm'] | undefined {
  if (key.asymmetricKeyType === 'ed25519') return 'Ed25519';
  return key.asymmetricKeyType === 'ec' ? 'ECDSA-SHA256' : undefined;
}

/** What the index says about the key before it is signed. */
export function signatureStatement(key: KeyObject): SignatureStatement {
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) throw new RangeError(`no signature with ${key.asymmetricKeyType}`);
  return { algorithm, keyId: keyId(key) };
}

/** The same for the private and the public key. */
export function keyId(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

/** As `openssl pkeyutl -sign -rawin` (Ed25519) and `openssl dgst -sha256 -sign` (ECDSA, DER) write it. */
export function signIndex(index: Uint8Array, key: KeyObject): Buffer {
  return sign(digestOf(key), index, key);
}

export function isSignedBy(index: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  return verify(digestOf(key), index, key, signature);
}

function digestOf(key: KeyObject): 'sha256' | null {
  return algorithmOf(key) === 'Ed25519' ? null : 'sha256';
}
