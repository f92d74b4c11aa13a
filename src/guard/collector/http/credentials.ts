import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Tokens of a file, one a line, so that a new one can be handed out before the old one goes. Compared by digest in constant time, each
 * of them whatever the others gave.
 */
export class Tokens {
  readonly #path: string;
  #digests: readonly Buffer[] = [];

  /** Throws the system's error where the file cannot be read, and a RangeError where there is no token in it. */
  constructor(path: string) {
    this.#path = path;
    this.reload();
  }

  reload(): void {
    const tokens = readFileSync(this.#path, 'utf8')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '');
    if (tokens.length === 0) throw new RangeError('no token');
    this.#digests = tokens.map((token) => digestOf(token.trim()));
  }

  /** Bearer (RFC 6750), and what senders to Elasticsearch can be told to use: ApiKey, or Basic with the token for a password. */
  accepts(authorization: string | undefined): boolean {
    const given = tokenIn(authorization ?? '');
    const digest = digestOf(given);
    let found = false;
    for (const each of this.#digests) found = timingSafeEqual(each, digest) || found;
    return found && given !== '';
  }
}

function tokenIn(authorization: string): string {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(authorization.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'apikey':
      return value;
    case 'basic': {
      const text = Buffer.from(value, 'base64').toString('utf8');
      return text.slice(text.indexOf(':') + 1);
    }
    default:
      return '';
  }
}
