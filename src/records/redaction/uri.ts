import { isHarmless, isSecretName } from './names.ts';
import { REDACTED, type Redactions } from './tally.ts';
import { hasHint, redactCommand, redactText } from './text.ts';

/** Signatures of URLs that are keys by themselves (AWS, Google, Azure), and session keys; names of secrets are told otherwise. */
const SIGNATURE =
  /^(?:x-(?:amz|goog)-(?:signature|security-token|credential)|sig|code|jwt|id_token|access_token)$/i;
const NOT_SECRET =
  /^(?:continue|resourceVersion|resourceVersionMatch|fieldSelector|labelSelector|limit|watch)$/;

/** Parameters of the API that hold no secret, with values of plain characters: what most requests have. */
const PLAIN_QUERY =
  /^(?:(?:allowWatchBookmarks|resourceVersion|resourceVersionMatch|sendInitialEvents|timeout|timeoutSeconds|watch|limit|pretty|force|dryRun|gracePeriodSeconds|propagationPolicy|fieldManager|fieldValidation|container|follow|stdin|stdout|stderr|tty|previous|sinceSeconds|tailLines|timestamps)=[\w.-]{0,64}(?:&|$))*$/;
/** A path without any of these characters and beginnings has no token and no address in it. */
const PATH_HINT = /[=@%_]|:\/|eyJ|A[KS]IA|AIza|glpat|xox|SG\./;

/**
 * The URI of a request. The words of a command (`command` of exec and attach, one a parameter: k8s.io/api/core/v1 PodExecOptions) are
 * looked through together; in other parameters what their name or form tells goes. What stays is as it was sent.
 */
export function redactUri(uri: string, tally: Redactions): string {
  const query = uri.indexOf('?');
  if (query < 0) return PATH_HINT.test(uri) ? redactText(uri, tally) : uri;
  const parameters = uri.slice(query + 1);
  if (PLAIN_QUERY.test(parameters)) return redactUri(uri.slice(0, query), tally) + uri.slice(query);
  if (!hasHint(parameters) && !parameters.includes('%') && !parameters.includes('command=')) {
    return hasHint(uri) ? redactUri(uri.slice(0, query), tally) + uri.slice(query) : uri;
  }
  const path = redactUri(uri.slice(0, query), tally);
  const pairs = parameters.split('&');
  const commands: number[] = [];
  const instead = pairs.map((pair, index) => {
    const equals = pair.indexOf('=');
    if (equals < 0) return redactText(pair, tally);
    const name = decode(pair.slice(0, equals));
    if (name === 'command') commands.push(index);
    if (name === 'command' || NOT_SECRET.test(name)) return pair;
    return `${pair.slice(0, equals + 1)}${parameter(name, pair.slice(equals + 1), tally)}`;
  });
  const words = commands.map((index) => decode(pairs[index]!.slice(pairs[index]!.indexOf('=') + 1)));
  redactCommand(words, tally).forEach((word, at) => {
    if (word !== words[at]) instead[commands[at]!] = `command=${encode(word)}`;
  });
  return `${path}?${instead.join('&')}`;
}

function parameter(name: string, value: string, tally: Redactions): string {
  const plain = decode(value);
  if ((SIGNATURE.test(name) || isSecretName(name)) && !isHarmless(plain)) {
    tally.add('named-value');
    return REDACTED;
  }
  const redacted = redactText(plain, tally);
  return redacted === plain ? value : encode(redacted);
}

/** The words of the command of an exec or attach, as they would be typed; empty for other requests. */
export function commandOf(uri: string): string {
  const query = uri.indexOf('?');
  if (query < 0 || !uri.includes('command=', query)) return '';
  return uri
    .slice(query + 1)
    .split('&')
    .filter((pair) => pair.startsWith('command='))
    .map((pair) => decode(pair.slice('command='.length)))
    .map((word) => (/^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    // What is no UTF-8 is taken byte by byte.
    return spaced.replace(/%([0-9a-f]{2})/gi, (_, byte: string) =>
      String.fromCharCode(Number.parseInt(byte, 16)),
    );
  }
}

function encode(text: string): string {
  // A lone half of a pair cannot be encoded.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll(
    encodeURIComponent(REDACTED),
    REDACTED,
  );
}
