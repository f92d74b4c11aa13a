import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM texts of a certificate and its key. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that lives for one test file. */
export class TestAuthority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kubestride-pki-'));
  readonly cert: string;
  #serial = 0;

  constructor(name: string) {
    this.#openssl(
      'req',
      '-x509',
      '-out',
      this.#file('ca.pem'),
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      ...this.#newKey('ca.key'),
    );
    this.cert = readFileSync(this.#file('ca.pem'), 'utf8');
  }

  /** `days` may be negative: a certificate that has expired. */
  issue(subject: string, { names = 'DNS:localhost,IP:127.0.0.1', days = 2 } = {}): Pair {
    const name = `leaf-${this.#serial++}`;
    const [request, key, cert, extensions] = ['csr', 'key', 'pem', 'ext'].map((end) =>
      this.#file(`${name}.${end}`),
    );
    writeFileSync(extensions!, names === '' ? '' : `subjectAltName=${names}\n`);
    this.#openssl('req', '-new', '-out', request!, '-subj', subject, ...this.#newKey(`${name}.key`));
    const signed = [
      'x509',
      '-req',
      '-in',
      request!,
      '-out',
      cert!,
      '-extfile',
      extensions!,
      '-days',
      String(days),
    ];
    this.#openssl(...signed, '-CA', this.#file('ca.pem'), '-CAkey', this.#file('ca.key'), '-CAcreateserial');
    return { cert: readFileSync(cert!, 'utf8'), key: readFileSync(key!, 'utf8') };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }

  #newKey(name: string): string[] {
    return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.#file(name)];
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}
