import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Refused } from '../../../records/decoded.ts';
import { NOTHING } from '../../../records/decoded.ts';
import { lineDecoder } from '../../../records/line-decoders.ts';
import { CriDecoder } from '../../../records/node/cri/cri.ts';
import type { LineDecoder } from '../../../records/node/line-decoder.ts';
import { record } from '../../../records/record.ts';
import { Intake } from '../intake.ts';
import { Metrics } from '../metrics.ts';
import { TestStore } from '../test-store.ts';
import { familyOf } from './family.ts';
import { Follower, type FollowNotice, type FollowOptions } from './follower.ts';

let folder = '';
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'follow-'));
});

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** Lines that say nothing but themselves: told apart by their place alone. */
class PlainLines implements LineDecoder {
  readonly held = undefined;
  decode({ text, at }: { text: string; at: number }) {
    return text === ''
      ? NOTHING
      : {
          records: [record({ key: `${at} ${text}`, time: 1, source: 'log', raw: text, message: text })],
          refused: [],
        };
  }
  flush() {
    return NOTHING;
  }
}

/** mulberry32 */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

interface Following {
  readonly store: TestStore;
  readonly notices: FollowNotice[];
  readonly refused: Refused[];
  readonly metrics: Metrics;
  stop(): Promise<void>;
}

function follow(pattern: string, options: Partial<FollowOptions> = {}, store = new TestStore()): Following {
  const notices: FollowNotice[] = [];
  const refused: Refused[] = [];
  const metrics = new Metrics();
  const intake = new Intake(store, { add: (each) => void refused.push(...each) }, metrics, Date.now);
  const follower = new Follower(
    {
      pattern,
      decoder: () => new PlainLines(),
      interval: 10,
      retryAfter: 5,
      maxLineBytes: 1_000_000,
      maxOpenFiles: 16,
      ...options,
    },
    intake,
    metrics,
    async (notice) => void notices.push(notice),
    Date.now,
  );
  const running = follower.start(store.positions());
  const stop = async (): Promise<void> => {
    await follower.stop();
    await running;
  };
  stops.push(stop);
  return { store, notices, refused, metrics, stop };
}

async function until(condition: () => boolean, patience = 10_000): Promise<void> {
  const end = Date.now() + patience;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not come to pass');
    await sleep(5);
  }
}

const path = (name: string): string => join(folder, name);
const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join('');
const wanted = (to: number): string[] => Array.from({ length: to }, (_, index) => `line ${index}`);

describe('following a file', () => {
  it('reads what is there and what comes, and waits for the end of a line', async () => {
    writeFileSync(path('a.log'), `${numbered(0, 3)}line `);
    const { store } = follow(path('a.log'));
    await until(() => store.messages.length === 3);
    await sleep(50);
    expect(store.messages).toEqual(wanted(3));
    appendFileSync(path('a.log'), '3\nline 4\r\n');
    await until(() => store.messages.length === 5);
    expect(store.messages).toEqual(wanted(5));
  });

  it('keeps equal lines, those of the file after it too', async () => {
    writeFileSync(path('a.log'), 'tick\ntick\n');
    const { store } = follow(path('a.log'));
    await until(() => store.messages.length === 2);
    renameSync(path('a.log'), path('a.log.1'));
    writeFileSync(path('a.log'), 'tick\ntick\n');
    await until(() => store.messages.length === 4);
    truncateSync(path('a.log'));
    await sleep(50);
    appendFileSync(path('a.log'), 'tick\n');
    await until(() => store.messages.length === 5);
    await sleep(50);
    expect(store.messages).toHaveLength(5);
  });

  it('goes on where it stood, and nowhere else, after a stop', async () => {
    writeFileSync(path('a.log'), numbered(0, 5));
    const first = follow(path('a.log'));
    await until(() => first.store.messages.length === 5);
    await first.stop();
    appendFileSync(path('a.log'), numbered(5, 8));
    const before = first.store.appends;
    follow(path('a.log'), {}, first.store);
    await until(() => first.store.messages.length === 8);
    expect(first.store.messages).toEqual(wanted(8));
    expect(first.store.appends - before).toBeLessThanOrEqual(2);
  });

  it('reads rotated files of years before, packed ones too, the oldest first', async () => {
    writeFileSync(path('audit-2026-11-21T10-00-00.000.log.gz'), gzipSync(numbered(0, 500)));
    await sleep(20);
    writeFileSync(path('audit-2026-11-22T10-00-00.000.log'), numbered(500, 510));
    await sleep(20);
    writeFileSync(path('audit.log'), numbered(510, 512));
    writeFileSync(path('audit-policy.yaml'), 'not a log\n');
    const { store } = follow(path('audit.log'));
    await until(() => store.messages.length === 512);
    expect(store.messages).toEqual(wanted(512));
  });

  it('follows a file that is renamed, and its writer that has not noticed yet', async () => {
    writeFileSync(path('a.log'), numbered(0, 3));
    const { store, notices } = follow(path('a.log'));
    await until(() => store.messages.length === 3);
    renameSync(path('a.log'), path('a.log.1'));
    appendFileSync(path('a.log.1'), numbered(3, 6));
    writeFileSync(path('a.log'), numbered(6, 8));
    await until(() => store.messages.length === 8);
    expect(new Set(store.messages)).toEqual(new Set(wanted(8)));
    expect(notices).toEqual([]);
  });

  it('reads a renamed and packed file once, across a stop', async () => {
    writeFileSync(path('a.log'), numbered(0, 300));
    const first = follow(path('a.log'));
    await until(() => first.store.messages.length === 300);
    await first.stop();
    const rest = numbered(300, 400);
    writeFileSync(path('a.log.1.gz'), gzipSync(numbered(0, 300) + rest));
    unlinkSync(path('a.log'));
    writeFileSync(path('a.log'), numbered(400, 410));
    const second = follow(path('a.log'), {}, first.store);
    await until(() => first.store.messages.length === 410);
    await sleep(100);
    expect(first.store.messages).toEqual(wanted(410));
    expect(second.notices).toEqual([]);
  });

  it('finds the rest in the copy of a file that is copied and emptied', async () => {
    writeFileSync(path('a.log'), numbered(0, 100));
    const first = follow(path('a.log'));
    await until(() => first.store.messages.length === 100);
    await first.stop();
    appendFileSync(path('a.log'), numbered(100, 200));
    copyFileSync(path('a.log'), path('a.log.1'));
    truncateSync(path('a.log'));
    appendFileSync(path('a.log'), numbered(200, 450));
    const { notices } = follow(path('a.log'), {}, first.store);
    await until(() => first.store.messages.length === 450);
    await sleep(50);
    expect(first.store.messages).toEqual(wanted(450));
    expect(notices).toEqual([]);
  });

  it('takes a copy beside a file for what it is', async () => {
    writeFileSync(path('a.log'), numbered(0, 100));
    const { store } = follow(path('a.log'));
    await until(() => store.messages.length === 100);
    copyFileSync(path('a.log'), path('a.log.1'));
    await sleep(100);
    expect(store.messages).toHaveLength(100);
    truncateSync(path('a.log'));
    await sleep(50);
    appendFileSync(path('a.log'), numbered(100, 101));
    await until(() => store.messages.length === 101);
    await sleep(50);
    expect(store.messages).toEqual(wanted(101));
  });

  it('tells what was gone before it was read', async () => {
    writeFileSync(path('a.log'), numbered(0, 10));
    const first = follow(path('a.log'));
    await until(() => first.store.messages.length === 10);
    await first.stop();
    unlinkSync(path('a.log'));
    writeFileSync(path('a.log'), numbered(10, 12));
    const second = follow(path('a.log'), {}, first.store);
    await until(() => second.notices.length > 0);
    expect(second.notices).toEqual([
      {
        verb: 'lost',
        inlet: `file:${path('a.log')}`,
        path: path('a.log'),
        bytes: undefined,
        // The new file may have been given the inode of the old one.
        reason: expect.stringMatching(/^(?:deleted|truncated)$/),
      },
    ]);
    expect(second.metrics.get('lost_parts_total', { inlet: `file:${path('a.log')}` })).toBe(1);
    await until(() => first.store.messages.length === 12);
  });

  it('reads a deleted file to its end while it has it open', async () => {
    writeFileSync(path('a.log'), numbered(0, 10));
    const { store, notices } = follow(path('a.log'));
    await until(() => store.messages.length === 10);
    store.delay = 200;
    appendFileSync(path('a.log'), numbered(10, 50_000));
    await sleep(30);
    unlinkSync(path('a.log'));
    await until(() => store.messages.length === 50_000);
    expect(store.messages).toEqual(wanted(50_000));
    await sleep(50);
    expect(notices).toEqual([]);
  });

  it('puts lines beyond the limit into quarantine, and goes on', async () => {
    writeFileSync(path('a.log'), `${numbered(0, 1)}${'x'.repeat(3_000_000)}\n${numbered(1, 2)}`);
    const { store, refused } = follow(path('a.log'));
    await until(() => store.messages.length === 2);
    expect(store.messages).toEqual(wanted(2));
    expect(refused).toMatchObject([{ reason: 'too-long', where: 'byte 7', length: 3_000_000 }]);
    expect(refused[0]?.head).toHaveLength(4096);
  });

  it('tries again what the store does not take, and loses nothing', async () => {
    writeFileSync(path('a.log'), numbered(0, 10));
    const store = new TestStore();
    store.failures = ['store-full'];
    follow(path('a.log'), {}, store);
    await until(() => store.messages.length === 10);
    expect(store.messages).toEqual(wanted(10));
  });

  it('is not stopped by a store that takes nothing', async () => {
    writeFileSync(path('a.log'), numbered(0, 10));
    const store = new TestStore();
    store.fails = 'store-full';
    const { stop } = follow(path('a.log'), {}, store);
    await until(() => store.appends > 0);
    await stop();
    store.fails = undefined;
    follow(path('a.log'), {}, store);
    await until(() => store.messages.length === 10);
  });

  it('skips the zeros that emptying leaves for a writer that goes on at its place', async () => {
    writeFileSync(path('a.log'), Buffer.concat([Buffer.alloc(100_000), Buffer.from(numbered(0, 2))]));
    const { store } = follow(path('a.log'));
    await until(() => store.messages.length === 2);
    expect(store.messages).toEqual(wanted(2));
  });

  it('says which file cannot be read, once', async () => {
    writeFileSync(path('a.log'), numbered(0, 1));
    mkdirSync(path('b.log'));
    symlinkSync(path('nowhere'), path('c.log'));
    symlinkSync(path('d.log'), path('d.log'));
    // Somebody who may write here has us read what he may not: passed over.
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    stops.push(async () => rmSync(outside, { recursive: true }));
    writeFileSync(join(outside, 'shadow'), 'root:secret\n');
    symlinkSync(join(outside, 'shadow'), path('f.log'));
    const { store, notices } = follow(path('*.log'));
    await until(() => store.messages.length === 1);
    await sleep(100);
    expect(notices).toEqual([
      { verb: 'unreadable', inlet: `file:${path('*.log')}`, path: path('d.log'), reason: 'ELOOP' },
    ]);
    expect(store.messages).toHaveLength(1);
    if (process.getuid?.() === 0) return;
    writeFileSync(path('e.log'), 'secret\n');
    chmodSync(path('e.log'), 0);
    await until(() => notices.length === 2);
    expect(notices[1]).toMatchObject({ path: path('e.log'), reason: 'EACCES' });
  });

  it('takes the logs of pods as they come and go', async () => {
    const pod = (name: string): string => path(`pods/default_${name}_0-0-0/app`);
    mkdirSync(pod('web'), { recursive: true });
    const line = (text: string, tag = 'F'): string =>
      `2026-11-23T10:00:00.000000001Z stdout ${tag} ${text}\n`;
    writeFileSync(join(pod('web'), '0.log'), line('one') + line('tw', 'P'));
    const pattern = path('pods/**/*.log');
    const decoder = (file: string): LineDecoder => new CriDecoder({ inlet: 'file:pods', cluster: 'c' }, file);
    const first = follow(pattern, { decoder });
    await until(() => first.store.messages.length === 1);
    // The first half of a line is not behind the position: it is read again.
    await first.stop();
    appendFileSync(join(pod('web'), '0.log'), line('o'));
    mkdirSync(pod('db'), { recursive: true });
    writeFileSync(join(pod('db'), '3.log'), line('three'));
    follow(pattern, { decoder }, first.store);
    await until(() => first.store.messages.length === 3);
    expect([...first.store.records.values()].map(({ pod: name, message }) => [name, message]).sort()).toEqual(
      [
        ['db', 'three'],
        ['web', 'one'],
        ['web', 'two'],
      ],
    );
  });

  it('has few files open at once', async () => {
    for (let index = 0; index < 40; index++) writeFileSync(path(`f${index}.txt`), `line ${index}\n`);
    const { store, metrics } = follow(path('*.txt'), { maxOpenFiles: 4 });
    await until(() => store.messages.length === 40);
    for (let index = 0; index < 40; index += 3) appendFileSync(path(`f${index}.txt`), `more ${index}\n`);
    await until(() => store.messages.length === 54);
    expect(metrics.get('followed_files', { inlet: `file:${path('*.txt')}` })).toBe(40);
  });

  it('lets no large file keep a small one waiting', async () => {
    writeFileSync(path('large.log'), numbered(0, 500_000));
    writeFileSync(path('small.log'), 'small\n');
    const { store } = follow(path('*.log'));
    await until(() => store.messages.includes('small'));
    expect(store.messages.length).toBeLessThan(400_000);
  });
});

describe('whatever happens to files', () => {
  it.each([1, 2, 3, 4])('reads each line once (seed %i)', { timeout: 120_000 }, async (seed) => {
    const random = randomOf(seed);
    const store = new TestStore();
    const options = { interval: 3, maxOpenFiles: 3 };
    let following = follow(path('*.log'), options, store);
    const names = ['a.log', 'b.log', 'c.log'];
    let rest: Record<string, string> = {};
    let next = 0;
    const steps: string[] = [];
    const write = (name: string, count: number): void => {
      let text = rest[name] ?? '';
      for (let index = 0; index < count; index++) text += `line ${next++} ${'x'.repeat(64 + random(300))}\n`;
      const cut = random(2) === 0 ? text.length : random(text.length + 1);
      appendFileSync(path(name), text.slice(0, cut));
      rest[name] = text.slice(cut);
    };
    const shift = (name: string): void => {
      for (let index = 150; index > 0; index--) {
        for (const end of ['', '.gz']) {
          if (existsSync(path(`${name}.${index}${end}`)))
            renameSync(path(`${name}.${index}${end}`), path(`${name}.${index + 1}${end}`));
        }
      }
    };
    for (let step = 0; step < 150; step++) {
      const name = names[random(3)] ?? '';
      const action = random(10);
      steps.push(`${action} ${name}`);
      if (action < 5 || !existsSync(path(name))) write(name, random(50));
      else if (action === 5) {
        // A writer ends its line before its file is rotated away.
        appendFileSync(path(name), rest[name] ?? '');
        rest[name] = '';
        shift(name);
        renameSync(path(name), path(`${name}.1`));
      } else if (action === 6) {
        shift(name);
        copyFileSync(path(name), path(`${name}.1`));
        appendFileSync(path(`${name}.1`), rest[name] ?? '');
        rest[name] = '';
        truncateSync(path(name));
      } else if (action === 7) {
        const rotated = readdirSync(folder).find((each) => each.startsWith(name) && /log\.\d+$/.test(each));
        if (rotated !== undefined) {
          writeFileSync(path(`${rotated}.gz.tmp`), gzipSync(readFileSync(path(rotated))));
          renameSync(path(`${rotated}.gz.tmp`), path(`${rotated}.gz`));
          unlinkSync(path(rotated));
        }
      } else if (action === 8) {
        await following.stop();
        following = follow(path('*.log'), options, store);
      } else store.failures.push('store-full');
      // Rotations are minutes apart, looks a second (here milliseconds): of a file that is rotated twice between two looks, lines that say
      // nothing of themselves may come twice.
      const isRotation = action === 5 || action === 6;
      if (isRotation) await sleep(60);
      else if (random(3) === 0) await sleep(random(30));
    }
    for (const name of names) appendFileSync(path(name), rest[name] ?? '');
    rest = {};
    await until(() => store.messages.length >= next, 20_000).catch(() => undefined);
    await sleep(100);
    const seen = new Map<number, number>();
    for (const message of store.messages) {
      const number = Number(message.split(' ')[1]);
      seen.set(number, (seen.get(number) ?? 0) + 1);
    }
    const wrong = Array.from({ length: next }, (_, index) => index).filter((index) => seen.get(index) !== 1);
    const problem = wrong.slice(0, 20).map((index) => `${index}: ${seen.get(index) ?? 0}`);
    expect(problem, `seed ${seed}, ${wrong.length} wrong: ${steps.join(', ')}`).toEqual([]);
    expect(seen.size).toBe(next);
    expect(following.notices).toEqual([]);
  });
});

describe('an audit log', () => {
  it('is told of in the words of its decoder', async () => {
    const { auditEvent } = await import('../test-collector.ts');
    const event = JSON.stringify(auditEvent());
    writeFileSync(path('audit.log'), `${event}\nnonsense\n${event.slice(0, 50)}\n`);
    const decoder = (): LineDecoder => lineDecoder('audit', '', { inlet: 'file:audit', cluster: 'c' }, {});
    const { store, refused } = follow(path('audit.log'), { decoder });
    await until(() => refused.length === 2);
    expect(store.messages).toHaveLength(1);
    expect(refused.map(({ where }) => where)).toEqual([
      `byte ${event.length + 1}`,
      `byte ${event.length + 10}`,
    ]);
  });
});

describe('names of rotated files', () => {
  it.each([
    ['/l/audit-2026-11-23T10-00-00.000.log', '/l/audit.log'],
    ['/l/audit-2026-11-23T10-00-00.000.log.gz', '/l/audit.log'],
    ['/l/0.log.20261123-100000', '/l/0.log'],
    ['/l/0.log.20261123-100000.gz', '/l/0.log'],
    ['/l/a.log.12', '/l/a.log'],
    ['/l/a.log-20261123', '/l/a.log'],
    ['/l/0.log', '/l/0.log'],
    ['/l/audit-1.log', '/l/audit-1.log'],
  ])('%s', (rotated, family) => {
    expect(familyOf(rotated)).toBe(family);
  });
});
