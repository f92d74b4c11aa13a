/**
 * Tells literal credentials from the many values that merely stand near the word "password". Name and value are both weighed:
 * a value in the format of a known credential speaks for itself; otherwise the name must be one of a secret's and the value must be
 * able to be one (not a path, a reference, a flag, a number, or a placeholder).
 */
export interface Credential {
  /** `format`: the value has the form of a known credential; `name`: its name says that it is one. */
  readonly because: 'format' | 'name';
  /** What kind of credential it is, a field term that needs no translation, e.g. `AWS access key`. */
  readonly type: string;
}

/** Formats that nothing else has. Each expression is linear and anchored on a literal prefix. */
const FORMATS: readonly (readonly [type: string, format: RegExp])[] = [
  ['PEM private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['AWS access key', /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/],
  ['GitLab token', /\bglpat-[A-Za-z0-9_-]{20,64}\b/],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}\b/],
  [
    'Slack webhook',
    /\bhttps:\/\/hooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{20,30}\b/,
  ],
  ['Google API key', /\bAIza[A-Za-z0-9_-]{35}\b/],
  ['Stripe key', /\b[rs]k_live_[A-Za-z0-9]{20,250}\b/],
  ['npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['SendGrid key', /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b/],
  ['Age secret key', /\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/],
  ['JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{16,4000}/],
];

/** `scheme://user:password@host`; the password must be a literal. */
const URL_WITH_PASSWORD = /\b[a-z][a-z0-9+.-]{1,20}:\/\/([^\s:/@]{0,64}):([^\s:/@]{1,128})@[^\s/]/i;

/** What each format and URL holds; one look for it spares most values all the others. */
const ANY_FORMAT =
  /-----BEGIN |A[KS]IA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|hooks\.slack|AIza|[rs]k_live_|npm_|SG\.|AGE-SECRET|eyJ|:\/\//;

/** Longer values are blobs of data: looking for a credential's format in their beginning is enough. */
const LONGEST_VALUE = 65_536;

/** Where a text holds credentials of known formats, for those who take them out. PEM blocks and passwords in URLs are not among them. */
export function credentialSpans(text: string): { readonly start: number; readonly end: number }[] {
  if (!ANY_FORMAT.test(text)) return [];
  return FORMATS.slice(1).flatMap(([, format]) =>
    [...text.matchAll(new RegExp(format, 'g'))].map(({ index, 0: { length } }) => ({
      start: index,
      end: index + length,
    })),
  );
}

/** The credential that a value is, if it has the format of one; what its name says does not matter. */
export function credentialFormat(value: string): Credential | undefined {
  const text = value.length > LONGEST_VALUE ? value.slice(0, LONGEST_VALUE) : value;
  if (!ANY_FORMAT.test(text)) return undefined;
  for (const [type, format] of FORMATS) if (format.test(text)) return { because: 'format', type };
  const url = URL_WITH_PASSWORD.exec(text);
  if (url?.[2] !== undefined && !isReference(url[2]) && !isPlaceholder(url[2])) {
    return { because: 'format', type: 'URL with a password' };
  }
  return undefined;
}

/** The credential that a named value is, by its format or by its name. */
export function credential(name: string, value: string): Credential | undefined {
  const format = credentialFormat(value);
  if (format !== undefined) return format;
  const type = secretName(name);
  return type !== undefined && canBeSecret(value) ? { because: 'name', type } : undefined;
}

/** The last words of a name that say "this is the secret itself". */
const SECRET_WORDS: readonly (readonly [words: string, type: string])[] = [
  ['password', 'password'],
  ['passwd', 'password'],
  ['pass', 'password'],
  ['pwd', 'password'],
  ['passphrase', 'passphrase'],
  ['secret', 'secret'],
  ['token', 'token'],
  ['credential', 'credential'],
  ['credentials', 'credential'],
  ['apikey', 'API key'],
  ['api key', 'API key'],
  ['access key', 'access key'],
  ['accesskey', 'access key'],
  ['secret key', 'secret key'],
  ['secretkey', 'secret key'],
  ['private key', 'private key'],
  ['privatekey', 'private key'],
  ['encryption key', 'encryption key'],
  ['signing key', 'signing key'],
  ['master key', 'master key'],
  ['auth key', 'authentication key'],
  ['connection string', 'connection string'],
];

/**
 * What secret a name such as `DB_PASSWORD`, `dbPassword`, `db.password` or `--db-password` names; undefined for names that
 * only speak about one (`PASSWORD_FILE`, `secretName`, `TOKEN_TTL`, `password-policy`): there the word is not the last.
 */
export function secretName(name: string): string | undefined {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const last = words.at(-1);
  if (last === undefined) return undefined;
  // "no password", "allow empty password", "disable token": switches, not secrets.
  if (words.some((word) => SWITCH_WORDS.has(word))) return undefined;
  const lastTwo = words.slice(-2).join(' ');
  return SECRET_WORDS.find(([secret]) => secret === last || secret === lastTwo)?.[1];
}

const SWITCH_WORDS = new Set([
  'no',
  'not',
  'allow',
  'disable',
  'disabled',
  'enable',
  'enabled',
  'require',
  'required',
  'use',
  'with',
  'without',
  'empty',
  'skip',
  'has',
  'is',
  'random',
  'generate',
  'public',
  'automount',
  'rotate',
  'max',
  'min',
  'num',
  'default',
  'external',
  'image',
  'pull',
  'existing',
  'create',
  'csrf',
  'next',
  'continue',
  'page',
  'cancellation',
  'optional',
  'reset',
  'forgot',
]);

/** Whether a value can be the secret that its name promises. */
export function canBeSecret(value: string): boolean {
  const text = value.trim();
  if (text.length < 3 || text.length > 4096) return false;
  if (isReference(text) || isPlaceholder(text)) return false;
  // Booleans, durations, sizes and counts; a PIN of digits alone cannot be told from a number.
  if (
    /^(?:true|false|yes|no|on|off|null|none|nil|undefined|enabled?|disabled?|required|optional|auto|always|never|default)$/i.test(
      text,
    )
  )
    return false;
  if (/^[\d.,:_-]+(?:ns|us|ms|s|m|h|d|[KMGT]i?B?)?$/.test(text)) return false;
  // Paths, plain URLs, host names with a port, Kubernetes paths to a key.
  if (/^(?:\/|\.\.?\/|~\/|[A-Za-z]:\\)/.test(text) || /^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(text))
    return false;
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?$/.test(text)) return false;
  // Sentences, lists and structured text are documentation or configuration.
  if (/\s/.test(text) || /^[[{<]/.test(text)) return false;
  return true;
}

/** `$(VAR)`, `${VAR}`, `{{ template }}`, `valueFrom`-like references that something else fills in. */
function isReference(value: string): boolean {
  return /\$\(|\$\{|\{\{|^\$[A-Za-z_]|^%[A-Za-z_]+%$|^(?:vault|secret|ref\+|arn|ssm|gcpsm|azkv|op|file|env):/.test(
    value,
  );
}

/** Text that asks to be replaced, or that stands for "hidden". */
function isPlaceholder(value: string): boolean {
  return /^<.*>$|^\[.*\]$|^[*x.#_-]+$|replace|change[-_ ]?this|your[-_ ]|insert|placeholder|redacted|todo|example|dummy|fill[-_ ]?in/i.test(
    value,
  );
}
