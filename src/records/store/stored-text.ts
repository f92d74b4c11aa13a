/**
 * Texts as the store's files can hold them. Parquet and DuckDB know only well-formed UTF-8, and some of their functions end a text at
 * NUL; JSON may carry both lone surrogates and NUL. Such a code unit is kept as U+FDD0 (a noncharacter, "for internal use", Unicode
 * section 23.7) and its four hexadecimal digits; U+FDD0 itself the same way, so that every text comes back exactly, and so is U+FEFF where a
 * text begins with it, since decoders take it for a byte order mark.
 */
const MARK = '\ufdd0';
const BYTE_ORDER_MARK = 0xfeff;

const ODD = /[\0\ufdd0\p{Surrogate}]|^\ufeff/gu;
const KEPT = /\ufdd0([0-9a-f]{4})/g;

/** @returns the same text where nothing in it needs a substitute, which is nearly always */
export function storable(text: string): string {
  return isStorable(text)
    ? text
    : text.replace(ODD, (odd) => MARK + odd.charCodeAt(0).toString(16).padStart(4, '0'));
}

/** A thousand times as fast as an expression where a text is of one byte a character, which the engine knows of its texts. */
function isStorable(text: string): boolean {
  return (
    text.charCodeAt(0) !== BYTE_ORDER_MARK &&
    !text.includes('\0') &&
    !text.includes(MARK) &&
    (text as WellFormed).isWellFormed()
  );
}

/** ECMAScript 2024, section 22.1.3.10: in every Node.js that this package runs on, but not yet in the types of its language level. */
type WellFormed = string & { isWellFormed(): boolean };

/** The text that `storable` was given. */
export function original(text: string): string {
  return text.includes(MARK)
    ? text.replace(KEPT, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    : text;
}
