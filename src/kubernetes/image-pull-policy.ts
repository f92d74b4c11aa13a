const SEPARATED = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const HOST_LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = `(?:${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const PATH = `${SEPARATED}(?:/${SEPARATED})*`;
const TAG = '\\w[\\w.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}';
const REFERENCE = new RegExp(`^(?:${HOST}/)?(${PATH})(?::(${TAG}))?(?:@(${DIGEST}))?$`);

const IDENTIFIER = /^[a-f0-9]{64}$/;
const KNOWN_DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
const LONGEST_PATH = 255;
const ANY_HOST = 'localhost';
/** A longer one has a host beyond what DNS allows; the bound keeps hostile input cheap. */
const LONGEST_REFERENCE = 1024;

/**
 * The imagePullPolicy that the API server gives an image without one: Always for the tag `latest` and for neither tag
 * nor digest; IfNotPresent for everything else, a reference that cannot be parsed included (`ParseImageName` of
 * k8s.io/kubernetes/pkg/util/parsers, and github.com/distribution/reference v0.6.0 below it).
 */
export function defaultImagePullPolicy(image: string): 'Always' | 'IfNotPresent' {
  if (image.length > LONGEST_REFERENCE || IDENTIFIER.test(image)) return 'IfNotPresent';
  const { host, remote } = splitHost(image);
  const [name = ''] = remote.split(':', 1);
  if (name !== name.toLowerCase()) return 'IfNotPresent';
  const match = REFERENCE.exec(`${host}/${remote}`);
  if (match === null) return 'IfNotPresent';
  const [, path = '', tag, digest] = match;
  if (path.length > LONGEST_PATH) return 'IfNotPresent';
  if (digest !== undefined && !KNOWN_DIGEST.test(digest)) return 'IfNotPresent';
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

/**
 * The part before the first slash is a host only where it looks like one. Otherwise the image lies on the default
 * registry, a single name in its `library/`; any valid host can stand for it, as only the form matters here.
 */
function splitHost(image: string): { host: string; remote: string } {
  const slash = image.indexOf('/');
  if (slash === -1) return { host: ANY_HOST, remote: `library/${image}` };
  const first = image.slice(0, slash);
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  return isHost ? { host: first, remote: image.slice(slash + 1) } : { host: ANY_HOST, remote: image };
}
