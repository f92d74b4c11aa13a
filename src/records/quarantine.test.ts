import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LONGEST_HEAD, type Origin, refused } from './decoded.ts';
import { Quarantine } from './quarantine.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-quarantine-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const fresh = () => join(folder, `${files++}`, 'refused.jsonl');
const origin: Origin = { inlet: 'webhook', cluster: 'prod', node: 'n1' };
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the quarantine', () => {
  it('keeps what was refused, without its secrets, and where it came from', () => {
    const path = fresh();
    const quarantine = new Quarantine(path, { now: () => Date.UTC(2026, 10, 20, 10) });
    quarantine.add(
      [refused('truncated', 'line 7', '{"kind":"Secret","data":{"a":"aHVudGVyMg=="},"stringDa')],
      origin,
    );
    expect(linesOf(path)).toEqual([
      {
        time: '2026-11-20T10:00:00.000Z',
        inlet: 'webhook',
        cluster: 'prod',
        node: 'n1',
        reason: 'truncated',
        where: 'line 7',
        length: 54,
        head: '{"kind":"Secret","data":{"a":"[redacted]"},"[redacted]',
        redactions: 2,
        counts: { truncated: 1 },
      },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('counts on after a restart, also where a crash cut the last line', () => {
    const path = fresh();
    const first = new Quarantine(path);
    first.add(
      [refused('not-json', '', 'x'), refused('not-json', '', 'y'), refused('too-deep', '', '[')],
      origin,
    );
    expect(new Quarantine(path).counts).toEqual({ 'not-json': 2, 'too-deep': 1 });
    truncateSync(path, statSync(path).size - 5);
    const again = new Quarantine(path);
    expect(again.counts).toEqual({ 'not-json': 2 });
    again.add([refused('not-json', '', 'z')], origin);
    expect(again.total).toBe(3);
  });

  it('stays within its limit, however much is refused and however long it is', () => {
    const path = fresh();
    const limit = 64 << 10;
    const quarantine = new Quarantine(path, { limit, perMinute: 10_000 });
    for (let index = 0; index < 500; index++) {
      quarantine.add([refused('not-an-event', `${index}`.repeat(500), 'x y '.repeat(1 << 14))], origin);
      const sizes = [path, `${path}.1`].map((each) => (existsSync(each) ? statSync(each).size : 0));
      expect(sizes[0]! + sizes[1]!).toBeLessThanOrEqual(limit);
    }
    expect(quarantine.counts).toEqual({ 'not-an-event': 500 });
    expect(new Quarantine(path).total).toBe(500);
    expect((linesOf(path).at(-1)!['head'] as string).length).toBeLessThanOrEqual(LONGEST_HEAD);
  });

  it('writes only the first of a flood, and counts all', () => {
    const path = fresh();
    let now = 0;
    const quarantine = new Quarantine(path, { perMinute: 3, now: () => now });
    const flood = Array.from({ length: 100 }, () => refused('not-json', '', 'noise'));
    quarantine.add(flood, origin);
    expect(linesOf(path)).toHaveLength(3);
    now = 60_000;
    quarantine.add(flood, origin);
    expect(linesOf(path)).toHaveLength(6);
    expect(quarantine.total).toBe(200);
  });

  it('still counts where it cannot write', () => {
    const path = fresh();
    const quarantine = new Quarantine(path);
    mkdirSync(path);
    quarantine.add([refused('not-json', '', 'x')], origin);
    expect(quarantine.total).toBe(1);
    expect(quarantine.failure).toBe('EISDIR');
  });
});
