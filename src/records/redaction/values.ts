import { credentialSpans } from '../../kubernetes/credentials.ts';
import { isHarmless } from './names.ts';
import { REDACTED, type Redactions } from './tally.ts';

const JOSE = /"(?:alg|enc|kid|typ)"\s*:/;
const TOKEN = /(?:eyJ|ZXlK)[\w+/=-]{8,}(?:\.[\w-]*){0,4}/g;

/** JSON Web Tokens (RFC 7519), whole or cut off, and those in base64 once more. Other JSON in base64, such as tokens of lists, stays. */
export function redactTokens(text: string, tally: Redactions): string {
  return text.replace(TOKEN, (token) => {
    const first = (token.startsWith('ZXlK') ? decoded(token) : token).split('.', 1)[0]!;
    if (!JOSE.test(decoded(first))) return token;
    tally.add('token');
    return REDACTED;
  });
}

function decoded(base64: string): string {
  return Buffer.from(base64.slice(0, 1024), 'base64').toString('latin1');
}

const BEGIN = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?)-----/;

/** Private keys in PEM (RFC 7468); a block that is cut off reaches to the end. */
export function redactPrivateKeys(text: string, tally: Redactions): string {
  if (!text.includes('PRIVATE KEY')) return text;
  let rest = text;
  let result = '';
  for (let begin = BEGIN.exec(rest); begin !== null; begin = BEGIN.exec(rest)) {
    const start = begin.index + begin[0].length;
    const end = rest.indexOf('-----END', start);
    result += `${rest.slice(0, start)}${REDACTED}`;
    if (!rest.startsWith(REDACTED, start)) tally.add('private-key');
    if (end < 0) return result;
    rest = rest.slice(end);
  }
  return result + rest;
}

export function redactFormats(text: string, tally: Redactions): string {
  const spans = credentialSpans(text).sort((a, b) => a.start - b.start);
  let result = '';
  let at = 0;
  for (const { start, end } of spans) {
    if (start < at) continue;
    result += text.slice(at, start) + REDACTED;
    at = end;
    tally.add('known-format');
  }
  return at === 0 ? text : result + text.slice(at);
}

/** A user without password in front of a host may be a token; a name is short or has no digits. */
const TOKEN_AS_USER = /^(?=.*\d)[\w.~+%-]{16,}$/;
const LONGEST_URL = 2048;

/** `scheme://user:password@host` (RFC 3986 section 3.2.1), also with a slash in the password. */
export function redactUrls(text: string, tally: Redactions): string {
  let result = '';
  let done = 0;
  let sign = text.indexOf('@');
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const start = at + 3;
    if (start < done) continue;
    // Without the sign that ends user and password nothing is cut out and looked at.
    if (sign >= 0 && sign < start) sign = text.indexOf('@', start);
    if (sign < 0) break;
    if (sign - start > LONGEST_URL) continue;
    const url = /^[^\s"'<>`]*/.exec(text.slice(start, start + LONGEST_URL))![0];
    const authority = /^[^/?#]*/.exec(url)![0];
    // A port is digits; other text behind the colon is a password that has a slash in it.
    const whole = authority.includes('@') || !/:(?!\d*$)/.test(authority) ? authority : url;
    const user = whole.slice(0, Math.max(0, whole.lastIndexOf('@')));
    const colon = user.indexOf(':');
    const name = colon < 0 ? user : user.slice(0, colon);
    const password = colon < 0 ? '' : user.slice(colon + 1);
    const isTokenName = TOKEN_AS_USER.test(name);
    if (isHarmless(password) && !isTokenName) continue;
    result += `${text.slice(done, start)}${isTokenName ? REDACTED : name}${colon < 0 ? '' : `:${REDACTED}`}`;
    done = start + user.length;
    tally.add('url-password');
  }
  return done === 0 ? text : result + text.slice(done);
}

/** `user:password@tcp(host)`, the data source names of Go's MySQL driver. */
const DATA_SOURCE = /(\b[\w.-]{1,64}):([^\s:"'@]{1,256})@(tcp|udp|unix)\(/g;

export function redactDataSources(text: string, tally: Redactions): string {
  return text.replace(DATA_SOURCE, (all: string, user: string, password: string, network: string) => {
    if (isHarmless(password)) return all;
    tally.add('url-password');
    return `${user}:${REDACTED}@${network}(`;
  });
}
