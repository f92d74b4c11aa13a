/**
 * Text that comes from manifests, file names or parser messages, made harmless for the place where it is printed.
 * Everything that a reader cannot see or that moves what he sees is written out as `\u{…}`.
 */

/**
 * Controls (C0, C1, DEL), format characters (bidirectional overrides and isolates, zero-width, tags, BOM), line and
 * paragraph separators, lone surrogates, and the code points that Unicode tells programs to draw as nothing.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const MAY_BE_INVISIBLE = /[^\x20-\x7e]/;

/** One line of text that holds nothing invisible. */
export function escapeText(text: string): string {
  if (!MAY_BE_INVISIBLE.test(text)) return text;
  return text.replace(INVISIBLE, codePoint);
}

function codePoint(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/**
 * Untrusted text as a Markdown code span: inside one neither HTML, links, mentions nor emphasis exist. A backtick would
 * end it and a pipe would end the cell of a table, so both are written out.
 */
export function markdownCode(text: string): string {
  const visible = escapeText(text).replace(/[`|]/g, codePoint);
  return visible.trim() === '' ? `\`"${visible}"\`` : `\`${visible}\``;
}

/** Our own words in Markdown: backticks stay code, everything else shows as written. */
export function markdownProse(text: string): string {
  return splitCode(text)
    .map(({ code, text: part }) => (code ? markdownCode(part) : part.replace(/[&<>|]/g, htmlEntity)))
    .join('');
}

function htmlEntity(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** The parts of a text inside and outside of backticks. */
export function splitCode(text: string): { code: boolean; text: string }[] {
  const parts = text.split('`');
  if (parts.length % 2 === 0) {
    const rest = parts.splice(-2).join('');
    parts.push(rest);
  }
  return parts
    .map((part, index) => ({ code: index % 2 === 1, text: part }))
    .filter((part) => part.text !== '');
}

/**
 * Text inside a SARIF message, where square brackets make links (SARIF 2.1.0, 3.11.6) and are kept from it by a
 * backslash.
 */
export function sarifText(text: string): string {
  return escapeText(text).replace(/[[\]\\]/g, '\\$&');
}

/**
 * A JSON string whose value is the text unchanged, but in which nothing can act on a terminal that the file is printed
 * to: JSON.stringify leaves C1 controls and bidirectional overrides as they are.
 */
export function jsonString(text: string): string {
  return jsonText(JSON.stringify(text));
}

/** As `jsonString`, for a whole JSON text. */
export function jsonText(json: string): string {
  if (!MAY_BE_INVISIBLE.test(json)) return json;
  return json.replace(INVISIBLE, (character) => {
    let escaped = '';
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}
