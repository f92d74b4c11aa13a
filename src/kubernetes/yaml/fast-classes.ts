/** Bytes that the fast reader tells apart. */
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const HASH = 0x23;
export const DASH = 0x2d;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;

/** Thrown where the text leaves what the fast reader understands; the complete reader then takes the document. */
export const unusual = new Error('left to the complete reader');

/** What a byte is to a scanning loop: text to pass, a mark to look at, part of a longer character, or refused. */
export const ordinary = 0;
const notable = 1;
export const multibyte = 2;
const refused = 3;

/** Plain text in block context: `:` and `#` are notable. */
export const plainClass = new Uint8Array(256);
/** Plain text in flow collections. */
export const flowClass = new Uint8Array(256);
/** Comments, block scalars and quotes (these look at their own marks). */
export const textClass = new Uint8Array(256);
/** Whether a plain scalar may start with the byte, whatever follows. */
export const startsPlain = new Uint8Array(256);

for (let b = 0; b < 256; b++) {
  const basic =
    b >= 0x80 ? multibyte : b === LF || b === CR ? notable : b < 0x20 || b === 0x7f ? refused : ordinary;
  textClass[b] = b === TAB ? ordinary : basic;
  plainClass[b] = basic;
  flowClass[b] = basic;
  startsPlain[b] = b > 0x20 && b < 0x7f ? 1 : 0;
}
for (const c of ':#') plainClass[c.charCodeAt(0)] = notable;
for (const c of ':#,?[]{}') flowClass[c.charCodeAt(0)] = notable;
for (const c of '-?:,[]{}#&*!|>\'"%@`') startsPlain[c.charCodeAt(0)] = 0;
