import { redactArguments, redactCommandLine } from './commands.ts';
import { redactHeaders, redactSchemes } from './headers.ts';
import { redactManifests } from './manifests.ts';
import { remembered } from './memo.ts';
import { redactNamed } from './named.ts';
import { isHarmless } from './names.ts';
import { REDACTED, type Redactions, Redactions as Tally } from './tally.ts';
import { redactDataSources, redactFormats, redactPrivateKeys, redactTokens, redactUrls } from './values.ts';

/** What everything that is taken out of texts has something of: one look spares most texts all the others. */
const HINT =
  /eyJ|ZXlK|[Bb]ear|BEAR|[Bb]asic|BASIC|:\/\/|@(?:tcp|udp|unix)\(|PRIVATE KEY|[Pp]ass|PASS|[Pp]wd|PWD|[Ss]ecret|SECRET|[Tt]oken|TOKEN|[Cc]red|CRED|[Kk]ey|KEY|[Aa]uth|AUTH|[Cc]ookie|COOKIE|A[KS]IA|gh[pousr]_|glpat-|xox[abeoprs]-|AIza|[rs]k_live_|npm_|SG\.|IDENTIFIED|identified|[Ss]ig|SIG|docker|dockercfg|bindpw|mysql|mariadb|mongo|curl|redis-cli|podman|nerdctl|helm|oras|crane|skopeo|buildah|ldap|sqlcmd|bcp|isql|zip|7z|useradd|usermod|openssl|snmp|ipmitool|wget|\baz\b|\baws\b|vault|from-literal|[Cc]onnection/;
const ENCODED = /[A-Za-z0-9+/_-]{40,}={0,2}/g;
const LONGEST_ENCODED = 1 << 17;
/** A line in the middle of a key in PEM, which logs tear apart. */
const KEY_LINE = /^(?=.{0,76}[G-Zg-z+/])[A-Za-z0-9+/]{60,76}={0,2}$/;
const SQL_PASSWORD =
  /\b((?:identified\s+(?:with\s+\S+\s+)?by|(?:set\s+)?password)\s+(?:=\s*)?)(['"])((?:(?!\2).){0,512})\2/gi;

/** True where a text may hold something to take out. */
export const hasHint = remembered((text: string): boolean => HINT.test(text));

/** Text of any kind: a log line, a command, a message. Who, what and when stay; what is secret becomes `[redacted]`. */
export function redactText(text: string, tally: Redactions): string {
  return redactWithin(text, tally, 0);
}

/** A line by itself, which may be one of a key that was written line by line. */
export function redactLine(line: string, tally: Redactions): string {
  if (KEY_LINE.test(line.trim())) {
    tally.add('private-key');
    return REDACTED;
  }
  return redactWithin(line, tally, 0);
}

/** The arguments of a process, each by itself and as what the one before says that it is. */
export function redactCommand(words: readonly string[], tally: Redactions): string[] {
  return redactArguments(words, tally).map((word) => redactWithin(word, tally, 0));
}

function redactWithin(text: string, tally: Redactions, depth: number): string {
  if (text.length <= LONGEST_PIECE) return redactPiece(redactBlocks(text, tally), tally, depth);
  let result = '';
  for (const piece of pieces(redactBlocks(text, tally))) {
    // An unbroken run of characters is data: an archive, an image.
    if (piece.length <= 2 * LONGEST_PIECE) result += redactPiece(piece, tally, depth);
    else if (depth <= 2 && holdsSecret(piece, depth)) {
      tally.add('encoded');
      result += REDACTED;
    } else result += piece;
  }
  return result;
}

/** What reaches over many lines. */
function redactBlocks(text: string, tally: Redactions): string {
  return hasHint(text) ? redactManifests(redactPrivateKeys(text, tally), tally) : text;
}

/** Regular expressions run out of stack on texts of many megabytes; these are looked through piece by piece. */
const LONGEST_PIECE = 1 << 18;
const BEHIND = 1 << 16;

function* pieces(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > LONGEST_PIECE) {
    const end = start + LONGEST_PIECE;
    let cut = text.lastIndexOf('\n', end);
    if (cut < end - BEHIND) cut = text.lastIndexOf(' ', end);
    if (cut < end - BEHIND) {
      cut = end;
      while (cut < text.length && /[\w+/=.~%-]/.test(text[cut]!)) cut++;
    }
    yield text.slice(start, cut);
    start = cut;
  }
  yield text.slice(start);
}

function redactPiece(text: string, tally: Redactions, depth: number): string {
  let result = text;
  if (hasHint(text)) {
    result = redactTokens(result, tally);
    result = redactHeaders(result, tally);
    result = redactSchemes(result, tally);
    if (result.includes('://')) result = redactUrls(result, tally);
    result = redactDataSources(result, tally);
    result = redactFormats(result, tally);
    result = redactSql(result, tally);
    result = redactNamed(result, tally);
    result = redactCommandLine(result, tally);
    result = redactQuoted(result, tally, depth);
  }
  return depth > 2 ? result : redactEncoded(result, tally, depth);
}

function redactSql(text: string, tally: Redactions): string {
  return text.replace(SQL_PASSWORD, (all: string, before: string, quote: string, value: string) => {
    if (isHarmless(value)) return all;
    tally.add('named-value');
    return `${before}${quote}${REDACTED}${quote}`;
  });
}

const QUOTED = /"((?:[^"\\]|\\.)*\s(?:[^"\\]|\\.)*)"|'([^']*\s[^']*)'/gs;

/** Commands inside of commands: `sh -c "mysql -pX"`. */
function redactQuoted(text: string, tally: Redactions, depth: number): string {
  if (depth > 2 || text.length > LONGEST_ENCODED || !/ -\w*c\b|"-\w*c"/.test(text)) return text;
  return text.replace(QUOTED, (all: string, double?: string, single?: string) => {
    const inner = double ?? single ?? '';
    const instead = redactCommandLine(inner, tally);
    return instead === inner ? all : all[0] + instead + all[0];
  });
}

/** Base64 (RFC 4648) of something that would be taken out. */
function redactEncoded(text: string, tally: Redactions, depth: number): string {
  if (text.length < 40) return text;
  return text.replace(ENCODED, (encoded) => {
    if (!holdsSecret(encoded, depth)) return encoded;
    tally.add('encoded');
    return REDACTED;
  });
}

function holdsSecret(encoded: string, depth: number): boolean {
  // Names, paths and numbers decode to bytes that no text has.
  if (!isText(Buffer.from(encoded.slice(0, 40), 'base64'))) return false;
  const inner = Buffer.from(encoded.slice(0, LONGEST_ENCODED), 'base64').toString('utf8');
  const tally = new Tally();
  redactWithin(inner, tally, depth + 1);
  return tally.total > 0;
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every(
    (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09,
  );
}
