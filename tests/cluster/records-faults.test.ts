import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { auditBody, auditID, auditLine, randomFrom } from '../../bench/records/events.ts';
import { BATCH, cast, molds } from '../../bench/records/molds.ts';
import { freePorts } from '../../testbed/processes.ts';
import { audit, COMMAND, type Service, sql, startService } from '../records-service.ts';
import { eventually } from './cluster.ts';
import { Killing } from './records-sent.ts';

const SEED = 20_261_123;
const START = 1_795_000_000_000_000;
const folder = mkdtempSync(join(tmpdir(), 'kubestride-faults-'));
const running: Service[] = [];
const ended: (() => unknown)[] = [];
let made = 0;

const newStore = (): string => join(folder, `store-${made++}`);

async function start(store: string, ...flags: string[]): Promise<Service> {
  const service = await startService(store, ...flags);
  running.push(service);
  return service;
}

afterEach(async () => {
  for (const service of running.splice(0)) await service.kill();
  for (const end of ended.splice(0)) end();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Answered {
  /** 0 where the connection broke. */
  readonly status: number;
  readonly retryAfter: string | undefined;
}

function post(url: string, body: Buffer | string): Promise<Answered> {
  return new Promise((resolve) => {
    const lost = (): void => resolve({ status: 0, retryAfter: undefined });
    const sent = request(
      `${url}/audit`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (answer) => {
        answer.resume();
        answer.on('error', lost);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] }),
        );
      },
    );
    sent.on('error', lost);
    sent.end(body);
  });
}

/** Sends until it is acknowledged. @returns the answers that it was not */
async function insist(url: string, body: Buffer | string): Promise<number[]> {
  const refusals: number[] = [];
  for (;;) {
    const { status } = await post(url, body);
    if (status >= 200 && status < 300) return refusals;
    refusals.push(status);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const [mold] = molds(1, SEED);

/** A body of BATCH events of the numbers from `first` on. */
function batch(first: number, time = START + first, step = 1): Buffer {
  return Buffer.from(cast(mold!, first, time, step));
}

function listOf(lines: readonly string[]): string {
  return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${lines.join(',')}]}`;
}

/** How many events are stored, and how many of them are different ones. */
async function counts(store: string): Promise<{ events: number; ids: number }> {
  const [row] = await sql(
    store,
    "SELECT count(*) AS events, count(DISTINCT audit_id) AS ids FROM events WHERE source = 'audit'",
  );
  return { events: Number(row?.['events']), ids: Number(row?.['ids']) };
}

const both = (count: number): { events: number; ids: number } => ({ events: count, ids: count });

describe('senders', () => {
  it('ten at once are all stored, also what they send twice', async () => {
    const store = newStore();
    const { url } = await start(store);
    const BODIES = 12;
    await Promise.all(
      Array.from({ length: 10 }, async (_, sender) => {
        for (let index = 0; index < BODIES; index++) {
          const body = batch((sender * BODIES + index) * BATCH);
          expect(await insist(url, body)).toEqual([]);
          // As a client does that has not seen the answer.
          if (index % 4 === 0) await insist(url, body);
        }
      }),
    );
    expect(await counts(store)).toEqual(both(10 * BODIES * BATCH));
  });

  it(`lose nothing that was acknowledged to kill -9 at random moments (seed ${SEED})`, async () => {
    const store = newStore();
    const address = `127.0.0.1:${await freePorts(1)}`;
    const url = `http://${address}`;
    const killing = new Killing(
      await start(store, '--listen', address),
      () => start(store, '--listen', address),
      800,
    );
    const acknowledged = new Set<number>();
    let next = 0;
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        while (killing.kills < 8) {
          const number = next++;
          await insist(url, batch(number * BATCH));
          acknowledged.add(number);
        }
      }),
    );
    await killing.end();
    expect(acknowledged.size).toBe(next);
    expect(await counts(store)).toEqual(both(next * BATCH));
    expect((await audit('store', 'verify', '--store', store)).status).toBe(0);
  });

  it('that are slow or say nothing hold nobody else up', async () => {
    const store = newStore();
    const { url } = await start(store);
    const { port } = new URL(url);
    const slow = Array.from({ length: 40 }, (_, index) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      if (index % 2 === 0)
        socket.write('POST /audit HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{"kind"');
      return socket;
    });
    const began = Date.now();
    for (let index = 0; index < 5; index++) expect(await insist(url, batch(index * BATCH))).toEqual([]);
    expect(Date.now() - began).toBeLessThan(5000);
    for (const socket of slow) socket.destroy();
    expect(await counts(store)).toEqual(both(5 * BATCH));
  });

  it('whose clocks go back, and whose events are all of one microsecond, are stored whole', async () => {
    const store = newStore();
    const { url } = await start(store);
    const DAY = 86_400_000_000;
    for (let index = 0; index < 6; index++) {
      await insist(url, batch(index * BATCH, START - index * DAY, index % 2 === 0 ? 0 : -1_000_000));
    }
    expect(await counts(store)).toEqual(both(6 * BATCH));
    const [row] = await sql(store, `SELECT count(*) AS n FROM events WHERE "time" = ${START}`);
    expect(Number(row?.['n'])).toBe(BATCH);
  });
});

describe('events', () => {
  it('of 10 MB are stored as they are', async () => {
    const store = newStore();
    const { url } = await start(store);
    const body = auditBody(randomFrom(SEED));
    const large = auditLine(
      { ...body, annotations: { ...body.annotations, 'example.com/pad': '中"\\x'.repeat(1_600_000) } },
      auditID(1),
      START,
    );
    expect(Buffer.byteLength(large)).toBeGreaterThan(10_000_000);
    const small = auditLine(body, auditID(2), START);
    expect(await insist(url, listOf([large, small]))).toEqual([]);
    const rows = await sql(
      store,
      "SELECT audit_id, strlen(raw) AS bytes FROM events WHERE source = 'audit' ORDER BY audit_id",
    );
    expect(rows).toEqual([
      { audit_id: auditID(1), bytes: Buffer.byteLength(large) },
      { audit_id: auditID(2), bytes: Buffer.byteLength(small) },
    ]);
  });

  it('that are none are counted and kept aside, within bounds, and those beside them are stored', async () => {
    const store = newStore();
    const { url } = await start(store);
    const good = auditLine(auditBody(randomFrom(SEED)), auditID(1), START);
    const bad = [
      '{"kind":"Pod","apiVersion":"v1"}',
      good.replace('audit.k8s.io/v1', 'audit.k8s.io/v9'),
      good.replace('"auditID"', '"otherID"'),
      '[]',
      '17',
    ];
    await post(url, listOf([...bad, good]));
    await post(url, 'no JSON at all');
    await post(url, listOf([good]).slice(0, -40));
    for (let index = 0; index < 200; index++)
      await post(url, `{"kind":"Pod","pad":"${'x'.repeat(500_000)}"}`);
    expect(await counts(store)).toEqual(both(1));
    const size = readdirSync(store, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
    expect(size).toBeLessThan(100 << 20);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const refused = [...metrics.matchAll(/^kubestride_\w*refused\w*(?:\{[^}]*\})? (\d+)/gm)];
    expect(refused.reduce((sum, [, count]) => sum + Number(count), 0)).toBeGreaterThanOrEqual(200);
  });
});

describe('a file that is followed', () => {
  it('is stored though its lines come in pieces, cut off, or with what is none between them', async () => {
    const store = newStore();
    const file = join(folder, 'pieces.log');
    const random = randomFrom(SEED);
    const lines = Array.from({ length: 30 }, (_, index) =>
      auditLine(auditBody(random), auditID(index), START + index),
    );
    writeFileSync(file, `${lines.slice(0, 10).join('\n')}\n${lines[10]!.slice(0, 300)}`);
    const service = await start(store, '--listen', 'none', '--follow', file);
    await eventually(async () => (await counts(store)).events >= 10);
    await service.kill();
    appendFileSync(file, `${lines[10]!.slice(300)}\n${lines[11]!.slice(0, 200)}\n\u0000\u0000{"half\n`);
    await start(store, '--listen', 'none', '--follow', file);
    appendFileSync(file, `${lines.slice(12).join('\n')}\n`);
    await eventually(async () => (await counts(store)).events >= 29);
    const ids = await sql(store, "SELECT audit_id FROM events WHERE source = 'audit' ORDER BY audit_id");
    // The eleventh was cut off by its writer, and is in no file whole.
    const whole = lines.map((_, index) => auditID(index)).filter((_, index) => index !== 11);
    expect(ids.map((row) => row['audit_id'])).toEqual(whole);
  });
});

describe('the store', () => {
  it('is written by one at a time, and the second is told so', async () => {
    const store = newStore();
    const { url } = await start(store);
    await insist(url, batch(0));
    const second = await start(store).then(
      () => 'started',
      (error: Error) => error.message,
    );
    expect(second).toContain('ended with 3');
    expect(second).toContain('is being written by another process');
    const ingest = await audit(
      'ingest',
      '--store',
      store,
      join(import.meta.dirname, 'records-audit-policy.yaml'),
    );
    expect(ingest.status).toBe(3);
    await insist(url, batch(BATCH));
    expect(await counts(store)).toEqual(both(2 * BATCH));
  });

  it('tells which segment is corrupt, and answers from the rest', async () => {
    const store = newStore();
    let service = await start(store);
    // More than what is made a segment of at once.
    const BODIES = 130;
    for (let index = 0; index < BODIES; index++) await insist(service.url, batch(index * BATCH));
    const segments = (): string[] =>
      readdirSync(join(store, 'segments'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.columns.parquet'),
      );
    await eventually(async () => segments().length > 0);
    expect(await service.stop()).toBe(0);
    const [broken = ''] = segments().sort();
    const path = join(store, 'segments', broken);
    const bytes = readFileSync(path);
    bytes.fill(0xff, bytes.length >> 2, bytes.length >> 1);
    writeFileSync(path, bytes);

    const verified = await audit('store', 'verify', '--store', store);
    expect(verified.status).not.toBe(0);
    expect(`${verified.stdout}${verified.stderr}`).toContain(broken.replace(/\.columns\.parquet$/, ''));
    service = await start(store);
    await insist(service.url, batch(BODIES * BATCH));
    const { stdout, stderr, status } = await audit(
      'events',
      '--store',
      store,
      '--oldest',
      '--limit',
      '1',
      '-o',
      'json',
    );
    expect(status).toBe(2);
    expect(stderr).toContain(broken.replace(/\.columns\.parquet$/, ''));
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
    'on a full disk refuses with 429 or 503, and takes everything when there is room again',
    async () => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m', 'tmpfs', disk]);
      try {
        const store = join(disk, 'store');
        const filler = join(disk, 'filler');
        const service = await start(store);
        await insist(service.url, batch(0));
        writeFileSync(filler, Buffer.alloc(150 << 20));
        const refused: Answered[] = [];
        let next = 1;
        while (refused.length < 10) {
          const answered = await post(service.url, batch(next * BATCH));
          if (answered.status === 200) next++;
          else refused.push(answered);
          expect(next).toBeLessThan(2000);
        }
        expect(refused.every(({ status }) => status === 429 || status === 503)).toBe(true);
        expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true);
        // What is stored can be read meanwhile, and the service says how it is.
        expect(await counts(store)).toEqual(both(next * BATCH));
        expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
        rmSync(filler);
        await insist(service.url, batch(next * BATCH));
        expect(await counts(store)).toEqual(both((next + 1) * BATCH));
        // No room at all, not even for what the service keeps free: then kill -9.
        const { bavail, bsize } = await import('node:fs').then(({ statfsSync }) => statfsSync(disk));
        writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 4096)));
        expect([429, 503]).toContain((await post(service.url, batch((next + 1) * BATCH))).status);
        await service.kill();
        rmSync(filler);
        const again = await start(store);
        await insist(again.url, batch((next + 1) * BATCH));
        expect(await counts(store)).toEqual(both((next + 2) * BATCH));
      } finally {
        for (const service of running.splice(0)) await service.kill();
        execFileSync('umount', [disk]);
      }
    },
  );

  it('is read by who stands still while it is written, and nothing is missing when he goes on', async () => {
    const store = newStore();
    const { url } = await start(store);
    // What happened long before it came is not told of by --follow.
    const now = Date.now() * 1000;
    const recent = (index: number): Buffer => batch(index * BATCH, now + index * BATCH);
    await insist(url, recent(0));
    const reader = spawn(
      process.execPath,
      [
        COMMAND,
        'audit',
        'events',
        '--store',
        store,
        '--follow',
        '--since',
        '1h',
        '--source',
        'audit',
        '-o',
        'json',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    ended.push(() => reader.kill('SIGKILL'));
    let lines = 0;
    reader.stdout.on('data', (part: Buffer) => {
      for (const byte of part) if (byte === 10) lines++;
    });
    await eventually(async () => lines >= BATCH);
    reader.kill('SIGSTOP');
    const BODIES = 200;
    for (let index = 1; index <= BODIES; index++) expect(await insist(url, recent(index))).toEqual([]);
    reader.kill('SIGCONT');
    await eventually(async () => lines >= (BODIES + 1) * BATCH, 60).catch(() => undefined);
    expect(lines).toBe((BODIES + 1) * BATCH);
    reader.kill('SIGTERM');
    await once(reader, 'exit');
  });

  it('holds a million events of one microsecond', async () => {
    const store = newStore();
    const { url } = await start(store);
    const EVENTS = 1_000_000;
    const EACH = 4000;
    let next = 0;
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        while (next < EVENTS) {
          const first = next;
          next += EACH;
          const events = Array.from(
            { length: EACH },
            (_, index) =>
              `{"level":"Metadata","auditID":"${auditID(first + index)}","stage":"ResponseComplete","requestURI":"/api","verb":"get","user":{"username":"a"},"sourceIPs":["192.0.2.1"],"responseStatus":{"code":200},"requestReceivedTimestamp":"2026-11-23T10:00:00.000001Z","stageTimestamp":"2026-11-23T10:00:00.000002Z"}`,
          );
          await insist(url, listOf(events));
        }
      }),
    );
    expect(await counts(store)).toEqual(both(EVENTS));
    const [row] = await sql(
      store,
      `SELECT min("time") AS first, max("time") AS last FROM events WHERE source = 'audit'`,
    );
    expect(row?.['first']).toBe(row?.['last']);
    const { stdout } = await audit('events', '--store', store, '--limit', '3', '-o', 'json');
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });
});
