import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLUMNS, type EventRecord, record } from '../record.ts';
import { EventLine, parseLine } from './journal.ts';
import { JournalEncoder } from './journal-encoder.ts';
import { original, storable } from './stored-text.ts';
import { comparable } from './test-contents.ts';
import { oddRecord, oddText } from './test-records.ts';

function linesOf(encoder: JournalEncoder): Buffer[] {
  const bytes = Buffer.from(encoder.bytes);
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

function encoded(...records: EventRecord[]): Buffer[] {
  const encoder = new JournalEncoder();
  for (const one of records) encoder.event(one);
  return linesOf(encoder);
}

describe('stored texts', () => {
  test('come back as they were, and are well-formed meanwhile', () => {
    fc.assert(
      fc.property(oddText, (text) => {
        const stored = storable(text);
        expect(new TextDecoder().decode(Buffer.from(stored))).toBe(stored);
        expect(stored).not.toContain('\0');
        expect(original(stored)).toBe(text);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test('are the same text where nothing is odd', () => {
    for (const text of ['', 'pods', '漢字 😀 é', '{"a":"\\u0000"}']) expect(storable(text)).toBe(text);
  });

  test('differ where the texts differ', () => {
    expect(storable('\ud800')).not.toBe(storable('\ufdd0d800'));
    expect(storable('\ud800')).not.toBe(storable('\ufffd'));
  });
});

describe('lines of a journal', () => {
  test('give back every record', () => {
    fc.assert(
      fc.property(fc.array(oddRecord, { minLength: 1, maxLength: 5 }), (records) => {
        const lines = encoded(...records);
        expect(lines).toHaveLength(records.length);
        const read = lines.map((line) => (parseLine(line) as EventLine).record());
        expect(read.map(comparable)).toEqual(records.map(comparable));
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test('have four fields, so that an engine can split them', () => {
    fc.assert(
      fc.property(oddRecord, (one) => {
        const [line] = encoded(one);
        expect(line?.toString().split('\t')).toHaveLength(4);
        expect(line?.includes('\r')).toBe(false);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test('are refused where a single bit is wrong', () => {
    const [line] = encoded(record({ key: 'k', time: 1, source: 'audit', raw: '{"a":1}' }));
    for (let bit = 0; bit < line!.length * 8; bit++) {
      const wrong = Buffer.from(line!);
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      // A digit of the checksum means the same as a capital.
      if (wrong.toString().toLowerCase() === line!.toString()) continue;
      expect(parseLine(wrong), `bit ${bit}`).toBeUndefined();
    }
    for (let end = 0; end < line!.length; end++) expect(parseLine(line!.subarray(0, end))).toBeUndefined();
  });

  test('hold times that engines can tell, whatever clocks say', () => {
    const timeOf = (time: number) => {
      const [line] = encoded(record({ key: 'k', time, source: 'audit', raw: '' }));
      return (parseLine(line!) as EventLine).record().time;
    };
    for (const time of [Number.NaN, -1, -Infinity, 0]) expect(timeOf(time)).toBe(0);
    expect(timeOf(1.9)).toBe(1);
    for (const time of [Infinity, 1e300, Number.MAX_VALUE])
      expect(timeOf(time)).toBe(Number.MAX_SAFE_INTEGER);
    expect(timeOf(1_763_929_000_000_001)).toBe(1_763_929_000_000_001);
  });

  test('say how large they and their originals are', () => {
    const encoder = new JournalEncoder();
    for (const raw of ['', 'é漢', 'a\tb', '\ud800']) {
      const before = encoder.length;
      const { line, raw: rawBytes } = encoder.event(record({ key: 'k', time: 1, source: 'log', raw }));
      expect(line).toBe(encoder.length - before);
      expect(rawBytes).toBe(Buffer.byteLength(storable(raw)));
    }
  });

  test('carry positions under any name', () => {
    const positions = Object.fromEntries([
      ['__proto__', '1'],
      ['file:/a\tb\n', '\ud800'],
    ]);
    const encoder = new JournalEncoder();
    encoder.commit({ events: 3, positions, whole: true });
    const [line] = linesOf(encoder);
    const commit = parseLine(line!);
    expect(commit).not.toBeInstanceOf(EventLine);
    expect(JSON.stringify(commit)).toBe(JSON.stringify({ events: 3, positions, whole: true }));
  });

  test('name every column', () => {
    const full = Object.fromEntries(
      Object.entries(COLUMNS).map(([column, type]) => [column, type === 'VARCHAR' ? `of ${column}` : 7]),
    ) as unknown as EventRecord;
    const read = (parseLine(encoded(full)[0]!) as EventLine).record();
    expect(comparable(read)).toEqual(comparable(full));
  });
});
