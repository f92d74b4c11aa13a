import { createPrivateKey, createPublicKey } from 'node:crypto';
import { type CertificateRequest, issue } from '../../../../testbed/certificates.ts';

/** PEM texts of a certificate and its key. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const DAY = 86_400_000;

/** Valid until yesterday. */
export const EXPIRED = { notBefore: Date.now() - 2 * DAY, notAfter: Date.now() - DAY };

/** A certificate authority that lives as long as the test. */
export class TestAuthority {
  readonly cert: string;
  readonly #key: ReturnType<typeof createPrivateKey>;
  readonly #commonName: string;

  constructor(commonName: string) {
    const { certificate, key } = issue({ commonName });
    this.cert = certificate;
    this.#key = createPrivateKey(key);
    this.#commonName = commonName;
  }

  /** A server on loopback, unless `hosts` says otherwise. */
  issue(commonName: string, more: Partial<CertificateRequest> = {}): Pair {
    const authority = { commonName: this.#commonName, key: this.#key, publicKey: createPublicKey(this.#key) };
    const { certificate, key } = issue({ commonName, hosts: ['localhost', '127.0.0.1'], ...more }, authority);
    return { cert: certificate, key };
  }
}
