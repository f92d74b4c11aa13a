import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Choices } from '../../../tests/random-pod.ts';
import { COLUMNS, type Column, type EventRecord, record, SOURCES } from '../record.ts';
import type { EventReader, Query, Test } from './event-store.ts';
import { readManifest } from './manifest.ts';
import { openReader } from './open-reader.ts';
import { StoreWriter } from './store-writer.ts';
import { type NaiveQuery, naiveMatches, naiveText } from './test-naive.ts';

const SEED = 20261123;
const SEALED = 13_000;
const JOURNALED = 1500;

let folder: string;
let reader: EventReader;
let records: readonly EventRecord[];

/** Words that are in nearly all, in some, and in few; with what JSON escapes. */
const WORDS = [
  ...['pods', 'Secrets', 'nginx', 'web-7', 'web-77', 'web', '10.1.2.3', '10.1.2.30', 'a', 'x1', 'exec'],
  ...['<script>', 'R&D', 'say "hi"', 'C:\\new\\table', 'line\nbreak', 'tab\there', '50%', 'under_score'],
  ...[
    'Ärger',
    'ärger',
    'naïve',
    'İstanbul',
    '\u212aelvin',
    'ſharp',
    '删除节点',
    '节点删除',
    '😀',
    '\ufdd0',
    '\0',
  ],
  ...['2026-11-23T20:17:11.123456Z', 'd41d8cd9-8f00-4204-a980-0998ecf8427e', 'path/to/7', '/', "it's"],
];

const below = (choices: Choices, end: number) => Math.floor(choices.next() * end);

/** As Go writes JSON (encoding/json: HTMLEscape). */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function madeRecord(choices: Choices, number: number): EventRecord {
  const rare = choices.chance(0.002) ? [`rare${below(choices, 20)}`, `R-${below(choices, 300)}`] : [];
  const words = [...Array.from({ length: below(choices, 5) }, () => choices.of(WORDS)), ...rare];
  const user = `user-${below(choices, 2) === 0 ? below(choices, 5) : below(choices, 900)}`;
  const name = choices.chance(0.3) ? '' : choices.of([...WORDS, `pod-${below(choices, 4000)}`]);
  const text = { words, number, user, pad: words.join(' ') };
  return record({
    key: `key-${number}`,
    // Each at its own time, in no order, mostly.
    time: 1_700_000_000_000_000 + ((number * 7919) % 20_011) * 1_000_003 + (choices.chance(0.01) ? -9e14 : 0),
    source: choices.of(SOURCES),
    cluster: choices.of(['one', 'two']),
    inlet: 'test',
    verb: choices.of(['get', 'list', 'delete']),
    user,
    name,
    namespace: choices.of(['', 'team-1', 'team-2']),
    code: choices.of([200, 403, -1]),
    message: words.join(' '),
    raw: choices.chance(0.8) ? goJson(text) : `I1123 ${number} ${words.join(' ')}`,
  });
}

async function sealed(store: string, rows: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const manifest = await readManifest(store);
    if ((manifest?.segments.reduce((sum, segment) => sum + segment.rows, 0) ?? 0) >= rows) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nothing was sealed');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubestride-reader-'));
  const store = join(folder, 'store');
  const choices = new Choices(SEED);
  records = Array.from({ length: SEALED + JOURNALED }, (_, number) => madeRecord(choices, number));
  const writer = await StoreWriter.open(store, { minFreeBytes: 0, journalEvents: SEALED / 2 });
  await writer.append(records.slice(0, SEALED / 2));
  await writer.append(records.slice(SEALED / 2, SEALED));
  await writer.append(records.slice(SEALED));
  await sealed(store, SEALED);
  await writer.close();
  reader = await openReader(store);
}, 120_000);

afterAll(async () => {
  await reader?.close();
  await rm(folder, { recursive: true });
});

const TESTED: readonly Column[] = [
  'user',
  'name',
  'namespace',
  'verb',
  'code',
  'source',
  'cluster',
  'message',
  'raw',
  'time',
];

function randomTest(choices: Choices, depth = 0): Test {
  if (depth < 2 && choices.chance(0.15)) {
    const tests = Array.from({ length: below(choices, 3) }, () => randomTest(choices, depth + 1));
    return choices.chance(0.5) ? { any: tests } : { all: tests };
  }
  const column = choices.of(TESTED);
  const value = () => choices.of(records)[column];
  const values = choices.chance(0.6) ? value() : Array.from({ length: below(choices, 4) }, value);
  const kind = below(choices, 10);
  if (kind < 6) return { column, is: values };
  if (kind < 8) return { column, not: values };
  const text = String(value());
  const from = below(choices, text.length + 1);
  return {
    column,
    like: choices.of([
      `${text.slice(0, from)}*`,
      `*${text.slice(from)}`,
      `*${text.slice(from, from + 3)}*`,
      text,
    ]),
  };
}

function randomText(choices: Choices): string {
  if (choices.chance(0.4))
    return choices.of([...WORDS, 'rare3', 'r-17', 'R-170', 'PODS', 'new', 'able', 'u003c', '"words":["']);
  const text = naiveText(choices.of(records).raw);
  const from = below(choices, text.length);
  const part = text.slice(from, from + 1 + below(choices, 14));
  return `${choices.chance(0.3) ? '*' : ''}${part.replace(/^\*|\*$/g, '')}${choices.chance(0.3) ? '*' : ''}`;
}

function randomQuery(choices: Choices): NaiveQuery {
  const query: { -readonly [name in keyof Query]: Query[name] } = { order: choices.of(['newest', 'oldest']) };
  if (choices.chance(0.3)) query.from = choices.of(records).time;
  if (choices.chance(0.3)) query.to = choices.of(records).time;
  if (choices.chance(0.6))
    query.where = Array.from({ length: 1 + below(choices, 2) }, () => randomTest(choices));
  if (choices.chance(0.5))
    query.text = Array.from({ length: 1 + below(choices, 2) }, () => randomText(choices));
  if (choices.chance(0.7)) query.limit = choices.of([0, 1, 3, 50, 1000]);
  return query;
}

test('finds what a look at every record finds, in order, and tells where the limit cut', async () => {
  const choices = new Choices(SEED + 1);
  let found = 0;
  for (let round = 0; round < 120; round++) {
    const query = randomQuery(choices);
    const expected = records
      .filter((one) => naiveMatches(one, query))
      .sort((a, b) => (query.order === 'oldest' ? a.time - b.time : b.time - a.time));
    const { events, more, damage } = await reader.select({
      ...query,
      columns: Object.keys(COLUMNS) as Column[],
    });
    const message = `seed ${SEED}, round ${round}: ${JSON.stringify(query)}`;
    const limit = query.limit ?? Number.POSITIVE_INFINITY;
    expect(
      events.map(({ key }) => key),
      message,
    ).toEqual(expected.slice(0, limit).map(({ key }) => key));
    expect(events, message).toEqual(expected.slice(0, limit));
    expect(more, message).toBe(expected.length > limit);
    expect(damage).toEqual([]);
    found += events.length > 0 ? 1 : 0;
  }
  expect(found).toBeGreaterThan(50);
}, 240_000);

test('counts what a look at every record counts', async () => {
  const choices = new Choices(SEED + 2);
  for (let round = 0; round < 40; round++) {
    const query = randomQuery(choices);
    const by = choices.of<readonly Column[]>([[], ['verb'], ['user', 'verb'], ['code', 'name'], ['source']]);
    const groups = new Map<
      string,
      { by: (string | number)[]; events: number; first: number; last: number }
    >();
    for (const one of records.filter((each) => naiveMatches(each, query))) {
      const values = by.map((column) => one[column]);
      const name = JSON.stringify(values);
      const group = groups.get(name) ?? { by: values, events: 0, first: one.time, last: one.time };
      group.events++;
      group.first = Math.min(group.first, one.time);
      group.last = Math.max(group.last, one.time);
      groups.set(name, group);
    }
    const { rows } = await reader.count(query, by);
    const sorted = (all: typeof rows) =>
      [...all].sort((a, b) => (JSON.stringify(a.by) < JSON.stringify(b.by) ? -1 : 1));
    const message = `seed ${SEED}, round ${round}: ${JSON.stringify(query)}`;
    expect(sorted(rows), message).toEqual(sorted([...groups.values()]));
    const events = rows.map((row) => row.events);
    expect(events, message).toEqual([...events].sort((a, b) => b - a));
  }
}, 120_000);

test('without columns everything but the original is answered', async () => {
  const { events } = await reader.select({ where: [{ column: 'key', is: 'key-7' }] });
  expect(events).toEqual([{ ...records[7], raw: '' }]);
});

test('says what is held, also of what is in no segment yet', async () => {
  const facts = await reader.facts();
  expect(facts).toMatchObject({ events: SEALED + JOURNALED, journaled: JOURNALED, segments: 2, damage: [] });
  expect(facts.first).toBe(Math.min(...records.map(({ time }) => time)));
  expect(facts.last).toBe(Math.max(...records.map(({ time }) => time)));
  for (const holding of facts.holdings) {
    const held = records.filter(
      ({ source, cluster }) => source === holding.source && cluster === holding.cluster,
    );
    expect(holding.events).toBe(held.length);
  }
  expect(facts.holdings).toHaveLength(SOURCES.length * 2);
});
