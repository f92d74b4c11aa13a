import { createHash } from 'node:crypto';

/** `message` is for people; beyond this it is cut, and the original is in `raw`. */
const LONGEST_MESSAGE = 16_384;
const PLAIN_WORD = /^[\w@%+=:,./-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get into a line for people
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
const QUOTED = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** One line: characters that would break it or steer a terminal become escapes. */
export function oneLine(text: string): string {
  const short = text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
  const line = CONTROL.test(short) ? short.replace(CONTROLS, escaped) : short;
  return line.toWellFormed();
}

/** A command as one would type it into a shell. */
export function commandLine(words: readonly string[]): string {
  const parts: string[] = [];
  let length = 0;
  for (const word of words) {
    const part = quoted(word);
    parts.push(part);
    length += part.length + 1;
    if (length > LONGEST_MESSAGE) return `${parts.join(' ').slice(0, LONGEST_MESSAGE)}…`;
  }
  return parts.join(' ');
}

function quoted(word: string): string {
  const short = word.length > LONGEST_MESSAGE ? word.slice(0, LONGEST_MESSAGE) : word;
  if (PLAIN_WORD.test(short)) return short;
  if (CONTROL.test(short)) return `$'${short.replace(/[\\']/g, '\\$&').replace(CONTROLS, escaped)}'`;
  return `'${short.replaceAll("'", "'\\''")}'`;
}

function escaped(character: string): string {
  return QUOTED.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Short and the same for the same text: for keys of records that have no identifier of their own. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** A file keeps its identity when it is rotated and compressed: `audit.log.2.gz` was `audit.log`. */
export function withoutRotation(path: string): string {
  return path.replace(/\.(?:gz|zst|xz|bz2)$/, '').replace(/(?:\.\d{1,8}|\.\d{8}-\d{6}|-\d{8})$/, '');
}
