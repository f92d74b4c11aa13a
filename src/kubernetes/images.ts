/** An image reference with the defaults of Docker and the container runtimes filled in. */
export interface ImageReference {
  /** Host and optional port: `docker.io`, `registry.example:5000`; empty for a name such as `a__b.c/d`, whose first part can be no host. */
  readonly registry: string;
  /** `library/nginx`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…`. */
  readonly digest?: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(
  `^(?:(${DOMAIN})/)?(${COMPONENT}(?:/${COMPONENT})*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(${DIGEST}))?$`,
);
const IDENTIFIER = /^[a-f0-9]{64}$/;
const DIGEST_LENGTHS = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);
const LONGEST_PATH = 255;
/** Longer than any reference that can be valid by far; keeps the match linear on hostile text. */
const LONGEST_TEXT = 4096;

/**
 * Reads an image reference as the container runtimes do: `nginx` is docker.io/library/nginx, a colon before the last
 * slash is a port; undefined where they refuse it (InvalidImageName). No tag is filled in.
 * Source: github.com/distribution/reference ParseNormalizedNamed.
 */
export function parseImage(text: string): ImageReference | undefined {
  if (text.length > LONGEST_TEXT || IDENTIFIER.test(text)) return undefined;
  const [domain, remainder] = splitDomain(text);
  const parts = REFERENCE.exec(`${domain}/${remainder}`);
  if (parts === null) return undefined;
  const [, registry = '', repository = '', tag, digest] = parts;
  if (repository.length > LONGEST_PATH) return undefined;
  if (digest !== undefined && !isDigest(digest)) return undefined;
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function splitDomain(text: string): [string, string] {
  const slash = text.indexOf('/');
  if (slash < 0) return ['docker.io', `library/${text}`];
  const domain = text.slice(0, slash);
  const remainder = text.slice(slash + 1);
  if (domain === 'index.docker.io' || domain === 'docker.io') {
    return ['docker.io', remainder.includes('/') ? remainder : `library/${remainder}`];
  }
  // Only these can be a host; anything else is the first part of a path at the default registry.
  if (domain === 'localhost' || /[.:]/.test(domain) || domain.toLowerCase() !== domain)
    return [domain, remainder];
  return ['docker.io', text];
}

function isDigest(digest: string): boolean {
  const colon = digest.indexOf(':');
  const encoded = digest.slice(colon + 1);
  return DIGEST_LENGTHS.get(digest.slice(0, colon)) === encoded.length && /^[a-f0-9]+$/.test(encoded);
}
