import { describe, expect, test } from 'vitest';
import type { LineDecoder } from '../line-decoder.ts';
import { CriDecoder } from './cri.ts';
import { DockerLogDecoder } from './docker.ts';

const UID = '7e5f0d4c-3f3b-4c57-9b6e-2b6a0c1f4d11';
const PATH = `/var/log/pods/shop_web-1_${UID}/app/2.log`;
const ORIGIN = { inlet: `file:${PATH}`, cluster: 'test', node: 'worker-1' };

function decode(decoder: LineDecoder, lines: readonly string[]) {
  const parts = lines.map((text, at) => decoder.decode({ text, at: at * 100 }));
  parts.push(decoder.flush());
  return { records: parts.flatMap((part) => part.records), refused: parts.flatMap((part) => part.refused) };
}

describe('logs of containers in the format of the CRI', () => {
  test('a line, of whom, when, and through which stream', () => {
    // The example of the kubelet's own documentation (logs.go).
    const { records } = decode(new CriDecoder(ORIGIN, PATH), [
      '2016-10-06T00:17:09.669794202Z stdout F The content of the log entry 1',
      '2016-10-06T00:17:09.669794202+02:00 stderr F ',
    ]);
    expect(records[0]).toMatchObject({
      source: 'log',
      verb: 'stdout',
      time: Date.UTC(2016, 9, 6, 0, 17, 9) * 1000 + 669_794,
      namespace: 'shop',
      pod: 'web-1',
      uid: UID,
      container: 'app',
      node: 'worker-1',
      message: 'The content of the log entry 1',
      raw: '2016-10-06T00:17:09.669794202Z stdout F The content of the log entry 1',
    });
    expect(records[1]!.time).toBe(records[0]!.time - 7_200_000_000);
  });

  test('lines that were cut are put together by stream, and hold the place until they are', () => {
    const decoder = new CriDecoder(ORIGIN, PATH);
    const stamp = '2016-10-06T00:17:10.113242941Z';
    expect(decoder.decode({ text: `${stamp} stdout P a`, at: 5 }).records).toEqual([]);
    expect(decoder.decode({ text: `${stamp} stderr F other`, at: 9 }).records[0]!.message).toBe('other');
    expect(decoder.held).toBe(5);
    decoder.decode({ text: `${stamp} stdout P:X b`, at: 12 });
    const [whole] = decoder.decode({ text: `${stamp} stdout F c`, at: 15 }).records;
    expect(whole).toMatchObject({ message: 'abc', raw: `${stamp} stdout F abc` });
    expect(decoder.held).toBeUndefined();
  });

  test('equal lines of one moment stay two; the same line of the rotated file is the same record', () => {
    const line = '2016-10-06T00:17:09.1Z stdout F tick';
    const keys = decode(new CriDecoder(ORIGIN, PATH), [line, line]).records.map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    const rotated = decode(new CriDecoder(ORIGIN, `${PATH}.20161006-001800.gz`), [line, line]);
    expect(rotated.records.map(({ key }) => key)).toEqual(keys);
  });

  test('a line without end becomes several records, none of it lost', () => {
    const piece = 'x'.repeat(16_000);
    const lines = Array.from({ length: 200 }, () => `2016-10-06T00:17:09.1Z stdout P ${piece}`);
    const { records } = decode(new CriDecoder(ORIGIN, PATH), lines);
    const text = records.map(({ raw }) => raw.slice(raw.indexOf(' F ') + 3)).join('');
    expect(text.length).toBe(200 * 16_000);
    expect(Math.max(...records.map(({ raw }) => raw.length))).toBeLessThan(1_100_000);
  });

  test('tokens are taken out, also where a line was cut within one', () => {
    const { records } = decode(new CriDecoder(ORIGIN, PATH), [
      '2016-10-06T00:17:09.1Z stdout P Authorization: Bearer abcdefghijkl',
      '2016-10-06T00:17:09.1Z stdout F mnopqrstuvwxyz0123456789 sent',
    ]);
    expect(records[0]).toMatchObject({ redactions: 1 });
    expect(records[0]!.raw).not.toMatch(/abcdefghijkl|mnopqrst/);
  });

  test.each(['hello', '2016-10-06T00:17:09Z stdout', '2016-13-06T00:17:09.10000Z stdout F x', '{"log":"x"}'])(
    'refuses %s',
    (line) => {
      expect(decode(new CriDecoder(ORIGIN, PATH), [line]).refused).toHaveLength(1);
    },
  );

  test('what steers a terminal is shown as what it is', () => {
    const { records } = decode(new CriDecoder(ORIGIN, PATH), [
      '2016-10-06T00:17:09.1Z stdout F \u001b[2Jx\ty',
    ]);
    expect(records[0]!.message).toBe('\\u001b[2Jx\\ty');
  });
});

test('docker cuts lines at 16 KiB and ends them with their line break', () => {
  const id = 'ab'.repeat(32);
  const { records, refused } = decode(
    new DockerLogDecoder(ORIGIN, `/var/lib/docker/containers/${id}/${id}-json.log`),
    [
      '{"log":"first ","stream":"stderr","time":"2020-01-02T03:04:05.000000006Z"}',
      '{"log":"half\\n","stream":"stderr","time":"2020-01-02T03:04:05.1Z"}',
      '{"log":"__proto__\\n","stream":"stdout","time":"2020-01-02T03:04:05.2Z","__proto__":{"time":1}}',
      '{"log":1}',
      'x',
    ],
  );
  expect(records.map(({ message, verb, container }) => [message, verb, container])).toEqual([
    ['first half', 'stderr', id],
    ['__proto__', 'stdout', id],
  ]);
  expect(refused).toHaveLength(2);
});
