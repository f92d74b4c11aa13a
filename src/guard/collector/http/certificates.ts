import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** Paths of PEM files. With `clientAuthority` a sender has to show a certificate of it. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthority?: string;
}

/** What a server speaks TLS with, read anew when the files change. */
export class Certificates {
  readonly #files: CertificateFiles;
  #texts = '';

  constructor(files: CertificateFiles) {
    this.#files = files;
  }

  /** Throws the system's or OpenSSL's error. */
  read(): SecureContextOptions {
    const options = this.#options();
    createSecureContext(options);
    this.#texts = textsOf(options);
    return options;
  }

  /**
   * The new options where files changed since they were read. A certificate and its key are replaced one after the other: until they fit
   * together, and whenever a file is gone, the old ones stay.
   */
  changed(): SecureContextOptions | undefined {
    try {
      const options = this.#options();
      return textsOf(options) === this.#texts ? undefined : this.read();
    } catch {
      return undefined;
    }
  }

  #options(): SecureContextOptions {
    const { certificate, key, clientAuthority } = this.#files;
    return {
      cert: readFileSync(certificate, 'utf8'),
      key: readFileSync(key, 'utf8'),
      ...(clientAuthority === undefined ? {} : { ca: readFileSync(clientAuthority, 'utf8') }),
      minVersion: 'TLSv1.2',
    };
  }
}

const textsOf = ({ cert, key, ca }: SecureContextOptions): string => `${cert}\n${key}\n${ca}`;
