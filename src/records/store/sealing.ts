import { join } from 'node:path';
import { COLUMNS } from '../record.ts';
import { type Engine, identifier, quoted } from './duckdb.ts';
import type { JournalContents } from './journal-contents.ts';
import { hashesToBytes } from './key-table.ts';
import { journalPath, type SegmentEntry } from './manifest.ts';
import { SegmentFiles } from './segment-files.ts';
import { dayOf, spansOf } from './spans.ts';
import { wordsApart } from './words-apart.ts';

/** The reader of CSV wants room for lines in its buffer, and works on several buffers at once. */
const CSV_BUFFER_BYTES = 4 << 20;

/**
 * Makes a segment's files of a journal that nothing is added to any more. They lie where they belong and outlive a crash, but are no
 * part of the store before the manifest lists them.
 * @param number of the segment
 */
export async function sealJournal(
  engine: Engine,
  store: string,
  journal: { readonly number: number; readonly contents: JournalContents },
  number: number,
): Promise<SegmentEntry> {
  const { contents } = journal;
  const path = join(store, journalPath(journal.number));
  const sorted = contents.times.slice().sort();
  const day = dayOf(sorted[sorted.length >>> 1]!);
  const files = new SegmentFiles(store, { number, day });
  // Made while the engine writes; that the journal is as it was written is known before anything of it counts.
  const words = wordsApart({ path, rows: contents.rows });
  words.catch(() => undefined);
  await files.begin();
  try {
    const { rows, rawBytes, lineBytes, longestLine } = contents;
    const from = `FROM ${journalTable(path, longestLine)} WHERE kind <> 'c'`;
    const columns = `SELECT ${columnsOf('h')} FROM (SELECT ${headers()} ${from})`;
    await files.copy(engine, 'columns.parquet', columns, { rows, bytes: lineBytes - rawBytes });
    await files.copy(engine, 'raw.parquet', `SELECT ${RAW} ${from}`, { rows, bytes: rawBytes });
    await files.write('words', await words);
    await files.write('keys', hashesToBytes(contents.keys.sorted()));
    const parts = await files.commit();
    return {
      number,
      day,
      rows: contents.rows,
      first: sorted[0]!,
      last: sorted.at(-1)!,
      spans: spansOf(sorted),
      sealed: Date.now() * 1000,
      rawBytes: contents.rawBytes,
      longest: contents.longestRaw,
      parts,
      holdings: contents.holdings,
    };
  } catch (error) {
    await files.abandon();
    throw error;
  }
}

const RAW = "CASE kind WHEN 'b' THEN decode(from_base64(raw)) ELSE coalesce(raw, '') END AS raw";

const HEADER_COLUMNS = Object.entries(COLUMNS).filter(([column]) => column !== 'raw');

function headers(): string {
  return `from_json(header, ${quoted(JSON.stringify(Object.fromEntries(HEADER_COLUMNS)))}) AS h`;
}

function columnsOf(structure: string): string {
  return HEADER_COLUMNS.map(([column, type]) => {
    const field = `${structure}.${identifier(column)}`;
    return `${type === 'VARCHAR' ? `coalesce(${field}, '')` : field} AS ${identifier(column)}`;
  }).join(', ');
}

/** A journal as a table of `kind`, `header` and `raw`, all texts. @param longest bytes of its longest line */
function journalTable(path: string, longest: number): string {
  const options = [
    "delim = '\\t'",
    "quote = ''",
    "escape = ''",
    "comment = ''",
    "new_line = '\\n'",
    'header = false',
    'auto_detect = false',
    `max_line_size = ${longest + 1024}`,
    `buffer_size = ${Math.max(CSV_BUFFER_BYTES, 2 * longest + 1024)}`,
    "columns = {'crc': 'VARCHAR', 'kind': 'VARCHAR', 'header': 'VARCHAR', 'raw': 'VARCHAR'}",
  ];
  return `read_csv(${quoted(path)}, ${options.join(', ')})`;
}
