/**
 * `node bench/records.mjs [--seconds N] [--events N] [--runs N] [--only ingest|questions]`: sends audit events to `kubestride audit
 * record` as API servers do (TLS with client certificates, 400 events a body, 1.4 KB an event) for a minute or more, and counts what is
 * stored; then asks a store of ten million events, which it makes once in the cache, what shared/engine.md asked other engines. Prints
 * tables. Needs GNU time and a build.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundled } from './bundled.mjs';
import { measure, median, option, print, printMachine } from './measure.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const command = join(root, 'bin/kubestride.js');
const cache = process.env.KUBESTRIDE_CACHE ?? join(homedir(), '.cache', 'kubestride');
const seconds = Number(option('--seconds') ?? 60);
const HELD = Number(option('--events') ?? 10_000_000);
const runs = Number(option('--runs') ?? 5);
const only = option('--only');
const CONNECTIONS = 8;
/** The held events lie in so many days before this time. */
const DAYS = 30;
const END = Date.UTC(2026, 10, 23) * 1000;
const say = (line) => process.stderr.write(`${line}\n`);

const work = mkdtempSync(join(tmpdir(), 'kubestride-bench-records-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const certificates = await makeCertificates();
const sender = await bundled('records-sender', "import './bench/records/sender.ts'");

async function makeCertificates() {
  const testbed = "export * from './testbed/pki.ts'";
  const { makePki, issueFrom } = await import(pathToFileURL(await bundled('pki', testbed)).href);
  const pki = join(work, 'pki');
  makePki(pki);
  for (const [name, usage] of [
    ['collector', 'server'],
    ['sender', 'client'],
  ]) {
    const issued = issueFrom(pki, { commonName: name, hosts: ['127.0.0.1'], usages: [usage] });
    writeFileSync(join(pki, `${name}.crt`), issued.certificate);
    writeFileSync(join(pki, `${name}.key`), issued.key);
  }
  return pki;
}

/** The service on a store, from its start to its end. */
async function startService(store) {
  const tls = [
    '--tls-cert',
    join(certificates, 'collector.crt'),
    '--tls-key',
    join(certificates, 'collector.key'),
  ];
  const child = spawn(
    process.execPath,
    [
      command,
      ...['audit', 'record', '--store', store, '--listen', '127.0.0.1:0', '--cluster-name', 'bench'],
      ...[...tls, '--client-ca', join(certificates, 'ca.crt')],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  const url = await new Promise((resolve, reject) => {
    let said = '';
    const hear = (part) => {
      said += part;
      const found = /listening on (\S+?),/.exec(said);
      if (found !== null) resolve(found[1]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then((code) => reject(new Error(`audit record ended with ${code}: ${said}`)));
  });
  return {
    url,
    usage: () => usage(child.pid),
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      if (code !== 0) throw new Error(`audit record ended with ${code}`);
    },
  };
}

/** Seconds of CPU of the process and of its thread that runs JavaScript, and the peak MiB of memory so far, as the kernel accounts them. */
function usage(pid) {
  const cpuOf = (stat) => {
    const fields = readFileSync(stat, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
  const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
  return {
    cpu: cpuOf(`/proc/${pid}/stat`),
    main: cpuOf(`/proc/${pid}/task/${pid}/stat`),
    peak: Number(peak) / 1024,
  };
}

/** Sends from a process of its own. @returns what it says at its end */
async function send(url, settings) {
  const all = {
    url: `${url}/audit`,
    ca: join(certificates, 'ca.crt'),
    certificate: join(certificates, 'sender.crt'),
    key: join(certificates, 'sender.key'),
    connections: CONNECTIONS,
    events: Number.MAX_SAFE_INTEGER,
    seconds: Number.MAX_SAFE_INTEGER,
    first: 0,
    seed: 1,
    from: END,
    step: 50,
    rate: 0,
    ...settings,
  };
  const child = spawn(process.execPath, [sender, JSON.stringify(all)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (part) => {
    said += part;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the sender ended with ${code}`);
  return JSON.parse(said);
}

async function ask(store, statement) {
  const child = spawn(
    process.execPath,
    [command, 'audit', 'sql', statement, '--store', store, '--limit', '10000000', '-o', 'json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (part) => {
    said += part;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`audit sql ended with ${code}`);
  return said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function bytesOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath ?? file.path, file.name)).size, 0);
}

async function ingest() {
  const store = join(work, 'store');
  const service = await startService(store);
  const sent = await send(service.url, { seconds });
  const { cpu, main, peak } = service.usage();
  await service.stop();
  const [{ events, ids }] = await ask(
    store,
    "SELECT count(*) AS events, count(DISTINCT audit_id) AS ids FROM events WHERE source = 'audit'",
  );
  if (Number(events) !== sent.events || Number(ids) !== sent.events) {
    throw new Error(`${sent.events} events were acknowledged, ${events} are stored, ${ids} different ones`);
  }
  printMachine(
    `webhook over TLS, ${CONNECTIONS} connections, ${Math.round(sent.bytes / sent.events)} bytes an event`,
  );
  print(
    'events',
    'seconds',
    'events/s',
    'MB/s',
    'service: CPU µs/event',
    'of its JavaScript',
    'peak MiB',
    'sender: CPU µs/event',
    'answer: median ms',
    'p99 ms',
    'told to wait',
    'lost',
    'bytes/event on disk',
  );
  print(...Array.from({ length: 13 }, () => '---:'));
  print(
    sent.events,
    sent.seconds.toFixed(1),
    (sent.events / sent.seconds).toFixed(0),
    (sent.bytes / sent.seconds / 1e6).toFixed(1),
    ((cpu * 1e6) / sent.events).toFixed(1),
    ((main * 1e6) / sent.events).toFixed(1),
    peak.toFixed(0),
    ((sent.cpu * 1e6) / sent.events).toFixed(1),
    sent.median.toFixed(0),
    sent.p99.toFixed(0),
    sent.refused,
    0,
    (bytesOf(store) / sent.events).toFixed(0),
  );
  process.stdout.write('\n');
  rmSync(store, { recursive: true });
}

/** The store of the held events, made by the service from what a sender sends, once for each version of what makes it. */
async function heldStore() {
  const hash = createHash('sha256').update(String(HELD));
  for (const source of [
    'bench/records/events.ts',
    'bench/records/molds.ts',
    'src/records/store/manifest.ts',
  ]) {
    hash.update(readFileSync(join(root, source)));
  }
  const folder = join(cache, `bench-records-${hash.digest('hex').slice(0, 12)}`);
  const store = join(folder, 'store');
  if (existsSync(join(folder, 'complete'))) return store;
  say(`Making a store of ${HELD} events in ${folder}, once.`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const service = await startService(store);
  const step = Math.floor((DAYS * 86_400_000_000) / HELD);
  const from = END - HELD * step;
  const began = performance.now();
  // In parts, so that names and addresses do not repeat over all of the time.
  const PARTS = 10;
  const part = Math.ceil(HELD / PARTS / 400) * 400;
  for (let index = 0; index < PARTS; index++) {
    const first = index * part;
    const { events } = await send(service.url, {
      events: part,
      first,
      seed: 100 + index * 10,
      from: from + first * step,
      step,
    });
    say(`${first + events} events, ${((performance.now() - began) / 1000).toFixed(0)} s`);
    if (index === 6) await postSpecial(service.url, from + (first + part) * step);
  }
  const { cpu, peak } = service.usage();
  await service.stop();
  say(`${cpu.toFixed(0)} s of CPU, peak ${peak.toFixed(0)} MiB`);
  // As the service does each hour.
  const compaction = await measure(
    [process.execPath, command, 'audit', 'store', 'compact', '--store', store],
    1,
  );
  say(
    `brought together in ${compaction.wall.toFixed(0)} s, ${compaction.cpu.toFixed(0)} s of CPU, ${compaction.mib.toFixed(0)} MiB`,
  );
  writeFileSync(join(folder, 'complete'), '');
  return store;
}

/** The few events that are looked for: a Deployment's deletion with a word in it that is nowhere else. */
async function postSpecial(url, time) {
  const events = "export * from './bench/records/events.ts'";
  const { auditLine, SPECIAL } = await import(pathToFileURL(await bundled('events', events)).href);
  const line = auditLine(SPECIAL, '00000000-0000-4000-9000-000000000001', time);
  const { request } = await import('node:https');
  const status = await new Promise((resolve, reject) => {
    const sent = request(
      `${url}/audit`,
      {
        method: 'POST',
        ca: readFileSync(join(certificates, 'ca.crt')),
        cert: readFileSync(join(certificates, 'sender.crt')),
        key: readFileSync(join(certificates, 'sender.key')),
        headers: { 'content-type': 'application/json' },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    sent.on('error', reject);
    sent.end(`{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${line}]}`);
  });
  if (status !== 200) throw new Error(`the special event was answered with ${status}`);
}

/** What is asked: by the command line as users do, and of the reader in a process that has it open; engine.md's figure of DuckDB beside it. */
const WORD = 'quarterlyledgermigration';
const HOURS = '"time" // 3600000000';
const QUESTIONS = [
  {
    name: 'who deleted X',
    args: ['ask', 'who', 'payments/deployments/ledger'],
    warm: (reader) =>
      reader.select({
        where: [
          { column: 'resource', is: 'deployments' },
          { column: 'namespace', is: 'payments' },
          { column: 'name', is: 'ledger' },
          { column: 'verb', is: 'delete' },
        ],
        limit: 100,
      }),
    duckdb: '107 ms',
  },
  {
    name: 'secrets by user',
    args: [
      'events',
      '--resource',
      'secrets',
      '--user',
      'system:serviceaccount:team-07:app-3',
      '--limit',
      '100',
      '-o',
      'json',
    ],
    warm: (reader) =>
      reader.select({
        where: [
          { column: 'resource', is: 'secrets' },
          { column: 'user', is: 'system:serviceaccount:team-07:app-3' },
        ],
        order: 'newest',
        limit: 100,
      }),
    duckdb: '33 ms',
  },
  {
    name: '403 per user and hour',
    sql: `SELECT "user", ${HOURS} AS hour, count(*) AS n FROM events WHERE code = 403 GROUP BY ALL ORDER BY n DESC LIMIT 100`,
    duckdb: '9 ms',
  },
  {
    name: 'exec/attach',
    args: [
      'sql',
      `SELECT "time", "user", namespace, name FROM events WHERE subresource IN ('exec', 'attach') ORDER BY "time" DESC LIMIT 100`,
    ],
    warm: (reader) =>
      reader.select({
        where: [{ column: 'subresource', is: ['exec', 'attach'] }],
        order: 'newest',
        limit: 100,
      }),
    duckdb: '175 ms',
  },
  {
    name: 'verbs and resources per service account',
    sql: `SELECT "user", verb, resource, count(*) AS n FROM events WHERE "user" LIKE 'system:serviceaccount:%' GROUP BY ALL ORDER BY n DESC LIMIT 100`,
    duckdb: '52 ms',
  },
  {
    name: 'text in a time window of an hour',
    args: [
      'events',
      '--text',
      'app-3',
      '--since',
      '2026-11-10T10:00:00Z',
      '--until',
      '2026-11-10T11:00:00Z',
      '--limit',
      '100',
      '-o',
      'json',
    ],
    warm: (reader) =>
      reader.select({
        from: Date.UTC(2026, 10, 10, 10) * 1000,
        to: Date.UTC(2026, 10, 10, 11) * 1000,
        text: ['app-3'],
        order: 'newest',
        limit: 100,
      }),
    duckdb: '2 ms',
  },
  {
    name: 'a rare word in all originals',
    args: ['events', '--text', WORD, '-o', 'json'],
    warm: (reader) => reader.select({ text: [WORD], order: 'newest', limit: 100 }),
    duckdb: '4,123 ms',
    rows: 1,
  },
  {
    name: 'a part of a rare word in all originals',
    args: ['events', '--text', '*lyledgermigr*', '-o', 'json'],
    warm: (reader) => reader.select({ text: ['*lyledgermigr*'], order: 'newest', limit: 100 }),
    duckdb: '4,123 ms',
    rows: 1,
  },
  {
    name: 'a word that is nowhere',
    args: ['events', '--text', 'nowheretobefound', '-o', 'json'],
    warm: (reader) => reader.select({ text: ['nowheretobefound'], order: 'newest', limit: 100 }),
    duckdb: '–',
  },
  {
    name: 'why and how of an event',
    args: ['ask', 'how', 'event:00000000-0000-4000-9000-000000000001'],
    duckdb: '–',
  },
];

async function questions(store) {
  const reader = "export { openReader } from './src/records/store/open-reader.ts'";
  const { openReader } = await import(
    pathToFileURL(await bundled('reader', reader, ['@duckdb/node-api'])).href
  );
  const opening = performance.now();
  const open = await openReader(store);
  const facts = await open.facts();
  const opened = performance.now() - opening;
  printMachine(
    `${facts.events} events in ${facts.segments} segments, ${Math.round(facts.bytes / 1e6)} MB, ${Math.round(bytesOf(store) / facts.events)} bytes an event; opened in ${opened.toFixed(0)} ms`,
  );
  print(
    'question',
    'a fresh command: ms',
    'CPU s',
    'MiB',
    'reader open: ms',
    'DuckDB on 1 M events, busy machine (engine.md)',
  );
  print('---', '---:', '---:', '---:', '---:', '---:');
  for (const { name, args, sql, warm, duckdb, rows } of QUESTIONS) {
    const fresh = await measure(
      [process.execPath, command, 'audit', ...(args ?? ['sql', sql]), '--store', store],
      runs,
    );
    const asked = sql === undefined ? warm : (reader) => reader.sql(sql, 100);
    const times = [];
    for (let run = 0; asked !== undefined && run < runs + 1; run++) {
      const start = performance.now();
      const answer = await asked(open);
      times.push(performance.now() - start);
      if (rows !== undefined && answer.events.length !== rows)
        throw new Error(`${name}: ${answer.events.length} events`);
    }
    print(
      name,
      (fresh.wall * 1000).toFixed(0),
      fresh.cpu.toFixed(2),
      fresh.mib.toFixed(0),
      times.length === 0 ? '–' : median(times.slice(1)).toFixed(0),
      duckdb,
    );
  }
  await open.close();
}

if (only !== 'questions') await ingest();
if (only !== 'ingest') await questions(await heldStore());
