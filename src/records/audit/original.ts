import type { Json } from '../../kubernetes/json.ts';

/** JSON in one line as it was, numbers and escapes too: only space between values goes. */
export function oneLine(text: string): string {
  if (!text.includes('\n') && !text.includes('\t') && !text.includes('\r')) return text;
  let result = '';
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('"', at);
    if (start < 0) return result + withoutSpace(text.slice(at));
    const end = stringEnd(text, start + 1);
    if (end < 0) return result + withoutSpace(text.slice(at, start)) + text.slice(start);
    result += withoutSpace(text.slice(at, start)) + text.slice(start, end + 1);
    at = end + 1;
  }
  return result;
}

function withoutSpace(text: string): string {
  return text.replace(/[ \t\r\n]/g, '');
}

/**
 * Whether a text has keys that its value has not: twice the same key in an object, of which parsers keep the last. What was in the
 * first would have been looked at by nobody.
 */
export function hidesKeys(text: string, value: Json): boolean {
  let keys = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = stringEnd(text, start + 1);
    if (end < 0) return true;
    let after = end + 1;
    while (text.charCodeAt(after) <= 0x20) after++;
    if (text.charCodeAt(after) === 0x3a) keys++;
    start = text.indexOf('"', after);
  }
  return keys !== keysIn(value);
}

function stringEnd(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return -1;
}

function keysIn(value: Json | undefined): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + keysIn(item), 0);
  let keys = 0;
  for (const key in value) keys += 1 + keysIn(value[key]);
  return keys;
}
