/**
 * What was taken out. `secret-data`: values of Secrets; `token`: bearer tokens and JSON Web Tokens, of TokenReviews and TokenRequests too;
 * `header`: other headers that authenticate; `url-password`: in front of a host; `private-key`: PEM blocks; `known-format`: cloud keys and
 * others whose form tells; `named-value`: its name says that it is a secret; `command-password`: an argument that a program takes
 * one from; `encoded`: any of these in base64; `too-deep`: what nests deeper than anything is looked through.
 */
const REDACTIONS = [
  'secret-data',
  'token',
  'header',
  'url-password',
  'private-key',
  'known-format',
  'named-value',
  'command-password',
  'encoded',
  'too-deep',
] as const;
export type RedactionKind = (typeof REDACTIONS)[number];

/** What stands where a secret stood. */
export const REDACTED = '[redacted]';
/** What stands where something lay too deep to be looked through. */
export const TOO_DEEP = '[redacted: too deep]';

/** Whether a text, or what is left of it where a bracket ended it, was replaced before. */
export function isRedacted(text: string): boolean {
  return text.includes('[redacted');
}

/** Counts what was taken out. */
export class Redactions {
  total = 0;
  readonly #byKind = new Map<RedactionKind, number>();

  add(kind: RedactionKind, count = 1): void {
    this.total += count;
    this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + count);
  }

  get byKind(): Readonly<Partial<Record<RedactionKind, number>>> {
    return Object.fromEntries(this.#byKind);
  }
}
