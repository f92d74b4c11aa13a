import { secretName } from '../../kubernetes/credentials.ts';
import { remembered } from './memo.ts';
import { isRedacted } from './tally.ts';

/** Names that secretName leaves alone, since a scanner of manifests would cry wolf, and whose values no store should hold. */
const MORE_NAMES =
  /(?:^| )(?:passwords?|passwd|pass|pwd|pw|passphrase|passcode|secret|token|credentials?|creds|apikey|accesskey|secretkey|privatekey|authkey|dockerconfigjson|dockercfg|bindpw|requirepass|masterauth|authorization|signature|sig|(?:api|access|account|storage|shared|secret|private|encryption|signing|master|auth|client|license|session|hmac|jwt|ssh|webhook) key|key data|connection string|connectionstring|tls key|ssh privatekey)$/;
/** `PGPASSWORD`, `authtoken`. */
const JOINED = /(?:password|passwd|passphrase|passcode|token|secret|apikey|accesskey|secretkey|privatekey)$/;
/** The word `token` of lists, and of what everyone may know. */
const NO_SECRET = /(?:^| )(?:continue|next|page|cancellation|public|sort|partition) (?:token|key)$/;
const KEY = /(?:^| )keys?$/;
const OTHER_KEYS =
  /(?:^| )(?:public|partition|sort|primary|foreign|cache|routing|row|index|group|lookup|hash|topology|label|annotation|object|sts|tenant) keys?$/;

/** Something of each of these names, so that others cost one look. */
const ANY = /pass|pw|secret|token|cred|key|docker|auth|sig|connection/i;

function words(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

/** Whether a name says "the value is the secret": `DB_PASSWORD`, `--token`, `client-key-data`. */
export const isSecretName = remembered((name: string): boolean => {
  if (name.length > 256 || !ANY.test(name)) return false;
  if (secretName(name) !== undefined) return true;
  const text = words(name);
  return (MORE_NAMES.test(text) || JOINED.test(text)) && !NO_SECRET.test(text);
});

/** Of environment variables also those that end in KEY. */
export function isSecretVariable(name: string): boolean {
  if (isSecretName(name)) return true;
  const text = words(name.slice(-256));
  return KEY.test(text) && !OTHER_KEYS.test(text);
}

const WORD_VALUES =
  /^(?:true|false|yes|no|on|off|null|none|nil|undefined|enabled?|disabled?|required|optional|auto|always|never|default|<nil>|\d{1,3}(?:ns|us|ms|s|m|h|d)?|\d+(?:\.\d+)?(?:[smhd]|ms|[KMG]i?B?))$/i;

/** Whether the value under such a name is none: a switch, a duration, a reference to where the secret stands, a file, or nothing. */
export function isHarmless(value: string): boolean {
  const text = value.trim();
  if (text === '' || isRedacted(text)) return true;
  if (text.length > 512) return false;
  return (
    WORD_VALUES.test(text) ||
    /^\$\([^)]*\)$|^\$\{[^}]*\}$|^\$[A-Za-z_]\w*$|^\{\{.*\}\}$|^%[A-Za-z_]+%$|^<[^>]*>$|^[*x.#_-]+$|^@\S+$/.test(
      text,
    ) ||
    isPath(text)
  );
}

/** `secret=namespace/name`: logs of Kubernetes tell which Secret it was. */
export function isReference(name: string, value: string): boolean {
  return /^-{0,2}secret$/i.test(name) && /^[a-z0-9][-a-z0-9.]*\/[a-z0-9][-a-z0-9.]*$/.test(value);
}

/** A file's path: of words and not of random characters, which may begin with a slash too. */
function isPath(text: string): boolean {
  if (!/^(?:file:\/\/|~|\.{1,2})?\/[\w.@-]+(?:\/[\w.@-]+)*\/?$/.test(text)) return false;
  return (
    text.split('/').every((part) => !/[A-Z]/.test(part) || !/[0-9]/.test(part)) && text.indexOf('/', 1) > 0
  );
}

/** What follows "token:" or "password:" in sentences. */
const PROSE = new Set(
  'a an and any are as at bad be by can cannot check could denied did does empty error errors expired fail failed fails forbidden for from has have hidden if in incorrect invalid is it left login malformed mismatch missing must need needs new no not of ok on or please policy provided received refresh refused required reset revoked set should skipped that the their this to unable unauthorized unknown unset unsupported using valid value was were will with wrong you your'.split(
    ' ',
  ),
);

/** Whether the word behind a name and a colon is part of a sentence. */
export function isProse(name: string, word: string): boolean {
  if (!/^[A-Za-z][a-z]*[.,;:!?]?$/.test(word)) return false;
  if (PROSE.has(word.replace(/[^A-Za-z]$/, '').toLowerCase())) return true;
  return !/pass|pwd/i.test(name);
}
