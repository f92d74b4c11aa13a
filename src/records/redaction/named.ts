import { isHarmless, isProse, isReference, isSecretName } from './names.ts';
import { REDACTED, type Redactions } from './tally.ts';

/** The last word of a name that may be a secret's, and what stands between it and the value. */
const NAMED =
  /(?:pass(?:words?|wd|phrase|code)?|pwd|pw|secret|tokens?|credentials?|creds|key(?:[-_]?data)?|connection[-_ ]?string|sig(?:nature)?|dockerconfigjson|dockercfg|requirepass|masterauth)(\\*["'`]?\]?[ \t]{0,3}(?::=|=>|[:=])[ \t]{0,3}(?:[|>][-+]?[ \t]*\r?\n\s{0,40})?)/gi;
const NAME_CHARACTER = /[\w.$-]/;
const LONGEST_NAME = 64;
/** Where a value without quotes ends: at a space, and where the next name follows a comma or an ampersand. */
const END = /[\s"'`]|\\+["'nrt]|[,;](?=\s|$|["']?[A-Za-z_][\w.-]*["']?\s?[=:])|&(?=[\w.%-]+=)/g;

/** Values behind names: `password=x`, `"token": "x"`, `client-key-data: x`, `DB_PASSWORD='x'`. */
export function redactNamed(text: string, tally: Redactions): string {
  let result = '';
  let done = 0;
  NAMED.lastIndex = 0;
  for (let match = NAMED.exec(text); match !== null; match = NAMED.exec(text)) {
    const separator = match[1]!;
    const nameEnd = match.index + match[0].length - separator.length;
    let nameStart = match.index;
    while (nameStart > Math.max(done, nameEnd - LONGEST_NAME) && NAME_CHARACTER.test(text[nameStart - 1]!))
      nameStart--;
    const name = text.slice(nameStart, nameEnd);
    const start = match.index + match[0].length;
    const value = isSecretName(name) ? valueAt(text, start) : undefined;
    if (value === undefined || !isSecret(name, separator, value)) continue;
    result += text.slice(done, value.start) + REDACTED;
    done = value.end;
    NAMED.lastIndex = Math.max(done, start);
    tally.add('named-value');
  }
  return done === 0 ? text : result + text.slice(done);
}

interface Value {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
}

function isSecret(name: string, separator: string, { text, isQuoted }: Value): boolean {
  if (isHarmless(text)) return false;
  if (!isQuoted && /^[[{]/.test(text)) return false;
  if (isReference(name, text)) return false;
  return isQuoted || !separator.includes(':') || !isProse(name, text);
}

function valueAt(text: string, start: number): Value {
  const quote = /^\\{0,7}["'`]/.exec(text.slice(start, start + 8))?.[0];
  if (quote !== undefined) {
    const from = start + quote.length;
    const end = closing(text, quote, from);
    return { text: text.slice(from, end), start: from, end, isQuoted: true };
  }
  END.lastIndex = start;
  const end = END.exec(text)?.index ?? text.length;
  return { text: text.slice(start, end), start, end, isQuoted: false };
}

/** Where the same quote stands again, with as many backslashes in front; the end of a text that was cut off. */
export function closing(text: string, quote: string, from: number): number {
  const slashes = quote.length - 1;
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    let before = 0;
    while (at - 1 - before >= from && text[at - 1 - before] === '\\') before++;
    if (slashes > 0 ? before === 0 : before % 2 === 0) return at;
  }
  return text.length;
}
