/**
 * Keeps secret values out of the lines of manifests that a report quotes. A report travels further than the manifest
 * does (build logs, pull requests, tickets), so doubt hides.
 */

const SECRET_NAME =
  /pass(?:word|wd|phrase)|passwd|\bpass$|secret|token|credential|(?:api|access|private|signing|encryption)[-_.]?key/i;
/** Names that say where a secret is kept rather than what it is, such as `secretName` or `--token-auth-file`. */
const REFERENCE =
  /(?:name|names|ref|path|file|class|policy|type|mode|url|uri|audience|seconds|ttl|provider|secrets)$/i;
/** Values that tell nothing: nothing, a block or flow that begins, a boolean, a number, null. */
const HARMLESS = /^(?:[|>][-+0-9]*|[[{]|[[{][\]}]|true|false|null|~|-?\d+(?:\.\d+)?)?,?$/;

const YAML_ENTRY = /^(\s*(?:- +)*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s:'"#[{][^:'"]*?)(\s*:\s+)(\S.*)$/;
const FLOW_ENTRY = /("(?:[^"\\]|\\.)*"|[A-Za-z_][\w.-]*)(\s*:\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?)/g;
/** A plain value in a flow mapping; plain text with a colon elsewhere is no entry. */
const FLOW_PLAIN = /([{,]\s*)([A-Za-z_][\w.-]*)(:\s+)([^\s"',}\]{[][^,}\]]*)/g;
const FLAG = /(--?)([\w.-]+)(=)("[^"]*"?|'[^']*'?|[^\s"',\]]+)/g;
/** `NAME=value` as in shell lines and connection strings. */
const ASSIGNMENT = /(\b)([A-Za-z_]\w*)(=)("[^"]*"?|'[^']*'?|[^\s"',;&\]]+)/g;
const URL_PASSWORD = /(:\/\/[^\s/:@]*:)([^\s/@]+)(@)/g;
const BLOB = /^\s*[A-Za-z0-9+/=_-]{24,}\s*$/;

export interface MaskOptions {
  /** What stands in the place of a hidden value. */
  readonly mask: string;
  /** Hide every value of the line, whatever its name. */
  readonly all: boolean;
}

/** The line without the values that are, or may be, secret. */
export function maskLine(line: string, { mask, all }: MaskOptions): string {
  if (BLOB.test(line)) return line.replace(/\S+/, mask);
  // What a variable or a volume is called is no secret, and tells the reader which one is meant.
  const hides = (name: string) => (all ? unquote(name) !== 'name' : isSecretName(unquote(name)));
  const entry = YAML_ENTRY.exec(line);
  if (entry !== null && !HARMLESS.test(entry[4]!) && hides(entry[2]!)) {
    return `${entry[1]}${entry[2]}${entry[3]}${mask}`;
  }
  if (all && entry === null && !/[:{]\s*$/.test(line) && !/["'][^"']*["']\s*:/.test(line)) {
    return line.replace(/^(\s*(?:- +)*)\S.*$/, `$1${mask.replaceAll('$', '$$$$')}`);
  }
  const replace = (whole: string, before: string, name: string, between: string) =>
    hides(name) ? `${before}${name}${between}${mask}` : whole;
  return line
    .replace(FLOW_ENTRY, (whole: string, name: string, between: string) =>
      hides(name) ? `${name}${between}${mask}` : whole,
    )
    .replace(FLOW_PLAIN, replace)
    .replace(FLAG, replace)
    .replace(ASSIGNMENT, replace)
    .replace(
      URL_PASSWORD,
      (_, before: string, _password: string, after: string) => `${before}${mask}${after}`,
    );
}

function isSecretName(name: string): boolean {
  return name === 'value' || (SECRET_NAME.test(name) && !REFERENCE.test(name));
}

function unquote(name: string): string {
  return name.replace(/^["']|["']$/g, '');
}
