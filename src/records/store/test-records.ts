import fc from 'fast-check';
import { COLUMNS, type EventRecord, record, SOURCES } from '../record.ts';

/** Whatever a stranger may send: halves of pairs, control characters, what CSV and JSON treat as their own. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
    .map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        ...['\0', '\t', '\n', '\r', '\\', '"', "'", '\x1b', '\x7f', '\u0085', '\u2028', '\ufdd0', '\ufeff'],
        ...['\ud83d', '\ude00', '😀', '漢', 'NULL', '\\N', '\\u0000', 'd800', '#', ',', ' ', '{', 'a'],
      ),
      { maxLength: 10 },
    )
    .map((pieces) => pieces.join('')),
);

const texts = Object.entries(COLUMNS)
  .filter(([column, type]) => type === 'VARCHAR' && column !== 'source')
  .map(([column]) => [column, oddText] as const);

/** A record that no decoder would make; its key is as odd as all else. */
export const oddRecord: fc.Arbitrary<EventRecord> = fc
  .record({
    ...Object.fromEntries(texts),
    time: fc.integer({ min: 0, max: 2 ** 52 }),
    end: fc.integer({ min: 0, max: 2 ** 52 }),
    code: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    redactions: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    source: fc.constantFrom(...SOURCES),
  })
  .map((fields) => record(fields as unknown as EventRecord));

/** The event of a number, always the same; some 300 bytes. @param time microseconds */
export function numberedRecord(number: number, time = 1_763_929_000_000_000 + number * 1000): EventRecord {
  return record({
    key: `audit-${number}\nResponseComplete`,
    time,
    source: 'audit',
    cluster: 'test',
    inlet: 'webhook',
    verb: 'get',
    user: `user-${number % 7}`,
    name: `web-${number}`,
    namespace: `team-${number % 3}`,
    raw: JSON.stringify({ kind: 'Event', auditID: `audit-${number}`, verb: 'get', pad: 'x'.repeat(150) }),
  });
}
