import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readManifest } from './manifest.ts';
import { StoreWriter } from './store-writer.ts';
import { contentsOf } from './test-contents.ts';
import type { WriterTask } from './test-writer.ts';

const ROUNDS = Number(process.env['KUBESTRIDE_KILLS'] ?? 4);
const HERE = dirname(fileURLToPath(import.meta.url));
/** Beside the installed packages, which it loads the engine from. */
const CACHE = join(HERE, '../../../node_modules/.cache/kubestride');
const PROGRAM = join(CACHE, 'kubestride-test-writer.mjs');

let folder: string;
let store: string;

beforeAll(() =>
  build({
    entryPoints: [join(HERE, 'test-writer.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@duckdb/node-api', 'fast-check'],
    outfile: PROGRAM,
    logLevel: 'error',
  }),
);

afterAll(() => rm(PROGRAM));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubestride-store-'));
  store = join(folder, 'store');
});

afterEach(() => rm(folder, { recursive: true }));

interface Running {
  readonly child: ChildProcess;
  /** Lines as they come. */
  readonly lines: string[];
  readonly ended: Promise<void>;
}

/** @param shell what a shell does before the writer takes its place */
function start(task: WriterTask, shell = ''): Running {
  const script = `${shell} exec "$0" "$@"`;
  const child = spawn('sh', ['-c', script, process.execPath, PROGRAM, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  let rest = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    const pieces = (rest + text).split('\n');
    rest = pieces.pop()!;
    lines.push(...pieces);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return { child, lines, ended };
}

async function until(running: Running, found: () => boolean): Promise<void> {
  while (!found()) {
    if (running.child.exitCode !== null) throw new Error(`ended: ${running.lines.join(' ')}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** All that was acknowledged. */
function acknowledged(lines: readonly string[]): number[] {
  const ranges = lines.map((line) => /^(\d+) (\d+)$/.exec(line)).filter((match) => match !== null);
  return ranges.flatMap(([, from, to]) => range(Number(to)).slice(Number(from))).sort((a, b) => a - b);
}

async function numbersIn(): Promise<number[]> {
  return (await contentsOf(store)).map(({ name }) => Number(name.slice(4))).sort((a, b) => a - b);
}

const range = (to: number) => Array.from({ length: to }, (_, index) => index);

describe('a writer that is killed', () => {
  test(`has stored what it acknowledged, once, in whole batches (${ROUNDS} times)`, async () => {
    let seed = 7;
    let from = 0;
    for (let round = 0; round < ROUNDS; round++) {
      seed = (seed * 48_271) % 2_147_483_647;
      const running = start({ store, from, senders: 4, journalBytes: 100_000 });
      await until(running, () => running.lines.length > 0);
      await new Promise((resolve) => setTimeout(resolve, seed % 250));
      running.child.kill('SIGKILL');
      await running.ended;
      const least = acknowledged(running.lines).at(-1)! + 1;
      const writer = await StoreWriter.open(store, { minFreeBytes: 0 });
      const end = Number(writer.positions()['end']);
      await writer.close();
      const where = `round ${round}, acknowledged ${least}`;
      expect(end, where).toBeGreaterThanOrEqual(least);
      // Batches come one after the other, so that whole ones leave no gap before the position.
      expect(await numbersIn(), where).toEqual(range(end));
      expect((await readManifest(store))!.damage, where).toEqual([]);
      // The next one begins with what this one may have stored without saying so.
      from = Math.max(0, least - 50);
    }
    expect((await readManifest(store))!.segments.length).toBeGreaterThan(0);
  });

  test('frees the store at once; until then nobody else writes', async () => {
    const running = start({ store, from: 0, senders: 1, journalBytes: 1 << 20 });
    await until(running, () => running.lines.length > 0);
    await expect(StoreWriter.open(store)).rejects.toMatchObject({
      code: 'store-locked',
      params: { path: store },
    });
    running.child.kill('SIGKILL');
    await running.ended;
    await (await StoreWriter.open(store, { minFreeBytes: 0 })).close();
  });
});

describe('a disk without room', () => {
  async function refusal(running: Running): Promise<number[]> {
    await running.ended;
    const refused = running.lines.filter((line) => line.startsWith('refused'));
    expect(refused.length).toBeGreaterThan(0);
    for (const line of refused) expect(line).toMatch(/^refused store-full \d+$/);
    expect(running.lines.at(-1)).toBe('closed');
    return acknowledged(running.lines);
  }

  test('refuses, loses nothing, and takes more when there is room again', async () => {
    // The system's limit of a file's size (setrlimit(2), RLIMIT_FSIZE, in units of 512 bytes) refuses like a full disk.
    const limited = 'trap "" XFSZ; ulimit -f 200;';
    const stored = await refusal(start({ store, from: 0, senders: 3, journalBytes: 10 << 20 }, limited));
    expect(stored.length).toBeGreaterThan(50);
    expect(await numbersIn()).toEqual(stored);
    const free = start({ store, from: 0, to: stored.at(-1)! + 500, senders: 3, journalBytes: 10 << 20 });
    await free.ended;
    expect(free.lines.at(-1)).toBe('closed');
    expect(await numbersIn()).toEqual(acknowledged(free.lines));
  });

  test('of a small file system refuses, also while journals are sealed', async ({ skip }) => {
    await mkdir(store);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'kubestride-test', store], {
        stdio: 'ignore',
      });
    } catch {
      skip('SKIPPED: a file system cannot be mounted here (not root)');
    }
    try {
      const stored = await refusal(start({ store, from: 0, senders: 3, journalBytes: 200_000 }));
      expect(await numbersIn()).toEqual(stored);
      execFileSync('mount', ['-o', 'remount,size=20m', store]);
      const to = stored.at(-1)! + 1000;
      const free = start({ store, from: 0, to, senders: 3, journalBytes: 200_000 });
      await free.ended;
      expect(free.lines.at(-1)).toBe('closed');
      expect(await numbersIn()).toEqual(acknowledged(free.lines));
    } finally {
      execFileSync('umount', [store]);
    }
  });
});
