import { remembered } from './memo.ts';
import { isHarmless } from './names.ts';
import { REDACTED, type Redactions } from './tally.ts';

const HEADER =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|x-(?:api-key|auth-token|vault-token|amz-security-token|access-token|goog-api-key|gitlab-token|csrf-token|session-token|remote-extra-token)|private-token|api-?key|job-token)(\\*["'`]?\s{0,4}[:=]\s{0,4}\[?\\*["'`]?)(?:(basic|bearer|digest|negotiate|token|apikey|aws4-hmac-sha256|aws|splunk|hawk)(\s+))?/gi;
/** Schemes whose parameters are a list, and cookies, which are one. */
const LISTED = /^(?:digest|aws4-hmac-sha256|hawk)$/i;
const VALUE = /[^\s"'`\\\]]*/y;
const LINE = /[^"'`\\\]\r\n]*/y;

/** Names of headers whose value is a secret as it is. */
export const isSecretHeader = remembered((name: string): boolean =>
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie|x-(?:api-key|auth-token|vault-token|amz-security-token|access-token|goog-api-key|gitlab-token)|private-token|api-?key|job-token)$/i.test(
    name,
  ),
);

/** Headers that authenticate (RFC 9110 section 11.6.2, RFC 6265); the scheme stays. */
export function redactHeaders(text: string, tally: Redactions): string {
  let result = '';
  let done = 0;
  HEADER.lastIndex = 0;
  for (let match = HEADER.exec(text); match !== null; match = HEADER.exec(text)) {
    const [all, name = '', , scheme] = match;
    const start = match.index + all.length;
    const pattern = /cookie/i.test(name) || LISTED.test(scheme ?? '') ? LINE : VALUE;
    pattern.lastIndex = start;
    const value = pattern.exec(text)?.[0] ?? '';
    if (isHarmless(value) || (scheme === undefined && isWord(value))) continue;
    result += text.slice(done, start) + REDACTED;
    done = start + value.length;
    HEADER.lastIndex = done;
    tally.add(scheme?.toLowerCase() === 'bearer' ? 'token' : 'header');
  }
  return done === 0 ? text : result + text.slice(done);
}

/** "Authorization: denied by …" is a sentence. */
function isWord(value: string): boolean {
  return /^[A-Za-z]{1,15}[.,:;]?$/.test(value);
}

const BEARER = /\b(bearer(?:\s+|%20|\+|["']?\s?[:=]\s?["']?))([\w.~+/=-]{6,})/gi;
const BASIC = /\b(basic(?:\s+|%20|\+))([A-Za-z0-9+/_-]{4,}={0,2})/gi;

/** Tokens and passwords behind the name of their scheme, wherever it stands (RFC 6750, RFC 7617). */
export function redactSchemes(text: string, tally: Redactions): string {
  return text
    .replace(BEARER, (all: string, scheme: string, token: string) => {
      if (/^[a-z-]{1,19}\.?$|^[A-Z][a-z]{1,18}\.?$/i.test(token) && !isMixed(token)) return all;
      tally.add('token');
      return scheme + REDACTED;
    })
    .replace(BASIC, (all: string, scheme: string, value: string) => {
      if (!/^[\x20-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(value, 'base64').toString('latin1'))) return all;
      tally.add('header');
      return scheme + REDACTED;
    });
}

/** Capitals behind small letters are in no word. */
function isMixed(token: string): boolean {
  return /[a-z][A-Z]/.test(token);
}
