import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { StoredStream } from './stored-stream.ts';

test('a stream gives back any range, compressed or not', async () => {
  const bytes = Buffer.alloc(3_500_000);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 2654435761) >>> 20;
  const pieces = [bytes.subarray(0, 10), bytes.subarray(10, 2_000_000), bytes.subarray(2_000_000)];
  for (const plainBytes of [0, 1_048_576, 64_000_000]) {
    const stored = await StoredStream.from(Readable.from(pieces), plainBytes);
    expect(stored.size).toBe(bytes.length);
    for (const [start, end] of [
      [0, 5],
      [1_048_570, 1_048_580],
      [5, 3_499_999],
      [3_400_000, 9_000_000],
    ] as const) {
      expect(Buffer.compare(stored.slice(start, end), bytes.subarray(start, end)), `${start}-${end}`).toBe(0);
    }
    for (const from of [0, 7, 1_048_576, 3_499_999]) {
      const copies = [...stored.chunks(from)].map((chunk) => Buffer.from(chunk));
      expect(Buffer.compare(Buffer.concat(copies), bytes.subarray(from))).toBe(0);
    }
  }
});

test('an empty stream is empty', async () => {
  const stored = await StoredStream.from(Readable.from([]));
  expect(stored.size).toBe(0);
  expect([...stored.chunks(0)]).toEqual([]);
});
