import type { Piece, Range, SegmentPiece } from './relations.ts';
import { rangesOf } from './relations.ts';
import type { Selection } from './selection.ts';
import { BLOCK_ROWS, type Block, WordsFilter } from './words.ts';

/** Rows of one piece that are asked together, and when they happened, first and last. */
export interface Unit {
  readonly piece: Piece;
  /** Blocks of rows; undefined for all rows. */
  readonly blocks: readonly number[] | undefined;
  readonly rows: number;
  readonly from: number;
  readonly to: number;
}

/** Pieces with what is asked of them. */
export interface Part {
  readonly piece: Piece;
  readonly ranges: readonly Range[] | undefined;
}

/** What has to be read for a selection. Originals are read block by block, columns segment by segment. */
export function planOf(pieces: readonly Piece[], selection: Selection): Unit[] {
  return pieces.flatMap((piece) => {
    if (piece.last < selection.from || piece.first > selection.to) return [];
    if (piece.kind === 'journal') return [whole(piece)];
    const { spans } = piece.segment;
    if (!spans.some(([from, to]) => from <= selection.to && to >= selection.from)) return [];
    return segmentUnits(piece, selection);
  });
}

function whole(piece: Piece): Unit {
  return { piece, blocks: undefined, rows: piece.rows, from: piece.first, to: piece.last };
}

function segmentUnits(piece: SegmentPiece, selection: Selection): Unit[] {
  if (selection.words === undefined && selection.originals === undefined) return [whole(piece)];
  const found = candidates(piece, selection);
  const blocks = found?.filter(({ from, to }) => from <= selection.to && to >= selection.from);
  if (blocks === undefined && selection.originals === undefined) return [whole(piece)];
  // Without the words file nothing is known of blocks.
  const units =
    blocks ??
    Array.from({ length: Math.ceil(piece.rows / BLOCK_ROWS) }, (_, index) => ({
      index,
      rows: BLOCK_ROWS,
      from: piece.first,
      to: piece.last,
    }));
  if (selection.originals === undefined) {
    if (units.length === 0) return [];
    return [
      {
        piece,
        blocks: units.map(({ index }) => index),
        rows: units.length * BLOCK_ROWS,
        from: Math.min(...units.map(({ from }) => from)),
        to: Math.max(...units.map(({ to }) => to)),
      },
    ];
  }
  return units.map(({ index, rows, from, to }) => ({ piece, blocks: [index], rows, from, to }));
}

/** @returns undefined where the words file cannot be used; then rows are read instead */
function candidates(
  piece: SegmentPiece,
  { words }: Selection,
): (Block & { readonly index: number })[] | undefined {
  let filter: WordsFilter | undefined;
  try {
    filter = new WordsFilter(piece.words);
    const { blocks } = filter;
    if (blocks.reduce((sum, { rows }) => sum + rows, 0) !== piece.rows) return undefined;
    const found = new Uint8Array(blocks.length);
    for (const alternative of words ?? [[]]) {
      filter.candidates(alternative).forEach((may, block) => {
        if (may === 1) found[block] = 1;
      });
    }
    return blocks.map((block, index) => ({ ...block, index })).filter(({ index }) => found[index] === 1);
  } catch {
    return undefined;
  } finally {
    filter?.close();
  }
}

/** Units of the same piece together, in the order in which pieces come first. */
export function partsOf(units: readonly Unit[]): Part[] {
  const blocks = new Map<Piece, number[] | undefined>();
  for (const unit of units) {
    const before = blocks.get(unit.piece);
    blocks.set(unit.piece, unit.blocks === undefined ? undefined : [...(before ?? []), ...unit.blocks]);
  }
  return [...blocks].map(([piece, all]) => ({
    piece,
    ranges: all === undefined ? undefined : rangesOf(all.sort((a, b) => a - b)),
  }));
}

/** Cuts units, which are in the order of an answer, into waves of a growing number of rows. */
export function* wavesOf(units: readonly Unit[], first: number, most: number): Generator<readonly Unit[]> {
  let size = first;
  for (let start = 0; start < units.length; ) {
    let end = start;
    for (let rows = 0; end < units.length && rows < size; end++) rows += (units[end] as Unit).rows;
    yield units.slice(start, end);
    start = end;
    size = Math.min(most, size * 2);
  }
}
