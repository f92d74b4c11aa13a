export const QUOTE = 1;
export const OPEN = 2;
export const CLOSE = 3;
export const NEWLINE = 4;
export const COLON = 5;
export const COMMA = 6;
export const SPACE = 7;

/** What a byte means outside of strings; 0 for all others. */
export const KIND_OF_BYTE = new Uint8Array(256);
KIND_OF_BYTE[0x22] = QUOTE;
KIND_OF_BYTE[0x7b] = OPEN;
KIND_OF_BYTE[0x5b] = OPEN;
KIND_OF_BYTE[0x7d] = CLOSE;
KIND_OF_BYTE[0x5d] = CLOSE;
KIND_OF_BYTE[0x0a] = NEWLINE;
KIND_OF_BYTE[0x3a] = COLON;
KIND_OF_BYTE[0x2c] = COMMA;
KIND_OF_BYTE[0x20] = SPACE;
KIND_OF_BYTE[0x09] = SPACE;
KIND_OF_BYTE[0x0d] = SPACE;

/** What a byte means inside of strings, where line feeds cannot stand but are counted all the same. */
export const ESCAPE = 2;
export const CONTINUATION = 3;
/** First byte of a character that takes four bytes in UTF-8 and two units in UTF-16. */
export const ASTRAL = 5;
export const KIND_IN_STRING = new Uint8Array(256);
KIND_IN_STRING[0x22] = QUOTE;
KIND_IN_STRING[0x5c] = ESCAPE;
KIND_IN_STRING[0x0a] = NEWLINE;
KIND_IN_STRING.fill(CONTINUATION, 0x80, 0xc0);
KIND_IN_STRING.fill(ASTRAL, 0xf0);
export const ARRAY = 0x5b;
export const OBJECT = 0x7b;

export const METADATA = Buffer.from('metadata');
export const STATUS = Buffer.from('status');
export const MANAGED_FIELDS = Buffer.from('managedFields');

export function matches(chunk: Buffer, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (chunk[at + i] !== text[i]) return false;
  return true;
}
