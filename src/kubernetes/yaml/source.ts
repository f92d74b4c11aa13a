import { YamlError } from './error.ts';

const LF = 0x0a;
const CR = 0x0d;

/** The text of one document as upstream's scanner sees it, and the way back to the source. */
interface SourceText {
  /** Valid UTF-8 without a byte order mark and with CR LF read as LF; up to what could be read. */
  text: Uint8Array;
  /** Why the text ends where it does, when something behind it is refused. */
  refusal: YamlError | undefined;
  /** The offset in the source (from its start) of an offset in the text. */
  toSource: (offset: number) => number;
}

/** Size of libyaml's raw buffer: bytes are checked one such piece at a time, ahead of the scanner. */
const pieceSize = 512;

/** Prepares the bytes of a document as YAMLReader (line ends) and libyaml's reader (encoding, characters) do. */
export function readSource(document: Uint8Array): SourceText {
  let text = unifyLineEnds(document);
  const removed = text.length < document.length || document[document.length - 1] !== LF;
  let skipped = 0;
  let refusal: YamlError | undefined;
  if ((text[0] === 0xff && text[1] === 0xfe) || (text[0] === 0xfe && text[1] === 0xff)) {
    // Positions inside UTF-16 are not mapped back; the whole document is the place.
    const decoded = decodeUtf16(text.subarray(2), text[0] === 0xff);
    return { ...decoded, toSource: () => 0 };
  }
  if (text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf) {
    text = text.subarray(3);
    skipped = 3;
  }
  const fault = findFault(text);
  if (fault !== undefined) {
    refusal = new YamlError(fault.problem, fault.offset);
    text = text.subarray(
      0,
      fault.problem === incomplete ? fault.offset : pieceStart(text, fault.offset, skipped),
    );
  }
  const toSource = (offset: number): number => {
    if (!removed) return offset + skipped;
    return Math.min(document.length, sourceOffset(document, offset + skipped));
  };
  return { text, refusal, toSource };
}

/** bufio.ReadLine drops the CR of a CR LF; YAMLReader ends every line, the last one too, with LF. */
function unifyLineEnds(document: Uint8Array): Uint8Array {
  const complete = document[document.length - 1] === LF;
  if (complete && document.indexOf(CR) < 0) return document;
  const text = new Uint8Array(document.length + 1);
  let length = 0;
  for (let i = 0; i < document.length; i++) {
    const b = document[i] as number;
    if (b !== CR || document[i + 1] !== LF) text[length++] = b;
  }
  if (!complete) text[length++] = LF;
  return text.subarray(0, length);
}

function sourceOffset(document: Uint8Array, offset: number): number {
  let left = offset;
  let i = 0;
  for (; i < document.length && left > 0; i++) {
    if (document[i] !== CR || document[i + 1] !== LF) left--;
  }
  return i;
}

/** Noticed only when the scanner asks for the character: more bytes might have come. */
const incomplete = 'incomplete UTF-8 octet sequence';

interface Fault {
  offset: number;
  problem: string;
}

/** The first character that libyaml's reader refuses. */
function findFault(text: Uint8Array): Fault | undefined {
  for (let i = 0; i < text.length; ) {
    const b = text[i] as number;
    if (b < 0x7f && (b >= 0x20 || b === 0x0a || b === 0x0d || b === 0x09)) {
      i++;
      continue;
    }
    const width = b < 0x80 ? 1 : b < 0xc0 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf8 ? 4 : 0;
    if (width === 0) return { offset: i, problem: 'invalid leading UTF-8 octet' };
    if (i + width > text.length) return { offset: i, problem: incomplete };
    let value = width === 1 ? b : b & (0xff >> (width + 1));
    for (let k = 1; k < width; k++) {
      const octet = text[i + k] as number;
      if ((octet & 0xc0) !== 0x80) return { offset: i, problem: 'invalid trailing UTF-8 octet' };
      value = value * 64 + (octet & 0x3f);
    }
    const problem = characterProblem(value, width);
    if (problem !== undefined) return { offset: i, problem };
    i += width;
  }
  return undefined;
}

function characterProblem(value: number, width: number): string | undefined {
  const shortest = width === 1 ? 0 : width === 2 ? 0x80 : width === 3 ? 0x800 : 0x10000;
  if (value < shortest) return 'invalid length of a UTF-8 sequence';
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) return 'invalid Unicode character';
  const printable = value === 0x85 || (value >= 0xa0 && value !== 0xfffe && value !== 0xffff);
  return printable ? undefined : 'control characters are not allowed';
}

/** The start of the raw buffer's content at the moment it would check the character at `fault`. */
function pieceStart(text: Uint8Array, fault: number, skipped: number): number {
  let start = 0;
  let end = pieceSize - skipped;
  for (;;) {
    const cut = end < text.length ? cutCharacter(text, end) : end;
    if (fault < cut) return start;
    start = cut;
    end = start + pieceSize;
  }
}

/** The start of the character that the end of a piece cuts, which moves to the next piece; else that end itself. */
function cutCharacter(text: Uint8Array, end: number): number {
  for (let k = 1; k < 4; k++) {
    const b = text[end - k] as number;
    if (b < 0x80) break;
    if (b >= 0xc0) return (b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4) > k ? end - k : end;
  }
  return end;
}

/** UTF-16 as libyaml's reader decodes it; anything it refuses refuses the document. */
function decodeUtf16(
  bytes: Uint8Array,
  littleEndian: boolean,
): { text: Uint8Array; refusal: YamlError | undefined } {
  const label = littleEndian ? 'utf-16le' : 'utf-16be';
  let decoded: string;
  try {
    decoded = new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { text: new Uint8Array(0), refusal: new YamlError('incomplete UTF-16 character', 0) };
  }
  const text = new TextEncoder().encode(decoded);
  const fault = findFault(text);
  if (fault === undefined) return { text, refusal: undefined };
  return { text: new Uint8Array(0), refusal: new YamlError(fault.problem, 0) };
}

/** A place in a file; both count from 1, the column in UTF-16 code units. */
export interface Place {
  line: number;
  column: number;
}

/**
 * The places of offsets in the source, in one pass whatever their number. `start` is the offset of a line's first byte
 * and `line` its number; no offset lies before it. A byte order mark has no width.
 */
export function placesOf(
  bytes: Uint8Array,
  { start, line }: { start: number; line: number },
  offsets: readonly number[],
): Map<number, Place> {
  const places = new Map<number, Place>();
  let currentLine = line;
  let column = 1;
  let at = start;
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
  for (const offset of Uint32Array.from(offsets).sort()) {
    for (; at < offset; at++) {
      const b = bytes[at] as number;
      if (b === LF) {
        currentLine++;
        column = 1;
      } else if ((b & 0xc0) !== 0x80) {
        column += b >= 0xf0 ? 2 : 1;
      }
    }
    places.set(offset, { line: currentLine, column });
  }
  return places;
}

/** The same bytes without a subclass around them: Node's Buffer would make every loop handle two kinds of arrays. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
