import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { account, history, seen } from '../questions/test-history.ts';
import { ArrayReader } from '../questions/test-reader.ts';
import type { Column, EventRecord } from '../record.ts';
import { csvCell, csvLine } from './csv.ts';
import { type ExportFormat, exportEvents } from './export.ts';
import { ocsfEvent } from './ocsf.ts';
import schema from './test-ocsf-1.6.0.generated.json' with { type: 'json' };

/** A reader of RFC 4180, section 2: written from its grammar. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      at++;
      for (; at < text.length; at++) {
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') cell += text[at++];
        else break;
      }
      at++;
    } else while (at < text.length && text[at] !== ',' && !text.startsWith('\r\n', at)) cell += text[at++];
    rows.at(-1)!.push(cell);
    if (text.startsWith('\r\n', at)) {
      at += 2;
      if (at < text.length) rows.push([]);
    } else at++;
  }
  return rows;
}

describe('CSV', () => {
  const SEED = 20261123;
  const hostile = fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", 'a', ' ', '＝', '|'),
  });

  it('gives back what went in, and no cell that begins a formula', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), (texts) => {
        const row = readCsv(`${texts.map(csvCell).join(',')}\r\n`);
        expect(row).toHaveLength(1);
        for (const [index, cell] of row[0]!.entries()) {
          expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
          expect(cell.startsWith("'") ? cell.slice(1) : cell).toBe(texts[index]);
        }
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it('writes numbers as numbers', () => {
    expect(csvLine([5, '=cmd|calc', -1])).toBe('5,"\'=cmd|calc",-1\r\n');
  });
});

interface Attribute {
  readonly type?: string;
  readonly object?: string;
  readonly array?: boolean;
  readonly required?: boolean;
  readonly profile?: string;
  readonly enum?: readonly number[];
}
interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] };
}
const classes = Object.values(schema.classes) as unknown as (Shape & { uid: number })[];
const objects = schema.objects as unknown as Readonly<Record<string, Shape>>;

/** What the schema has against an event. */
function complaints(value: JsonObject, shape: Shape, profiles: readonly string[], path: string): string[] {
  const all: string[] = [];
  for (const [name, { required, profile }] of Object.entries(shape.attributes)) {
    const counts = profile === undefined || profiles.includes(profile);
    if (required && counts && value[name] === undefined) all.push(`${path}${name} is required`);
  }
  const { at_least_one: some } = shape.constraints ?? {};
  if (some !== undefined && !some.some((name) => value[name] !== undefined))
    all.push(`${path} has none of ${some}`);
  for (const [name, held] of Object.entries(value)) {
    const attribute = shape.attributes[name];
    const known =
      attribute !== undefined && (attribute.profile === undefined || profiles.includes(attribute.profile));
    if (!known) all.push(`${path}${name} is unknown`);
    else all.push(...of(held!, attribute, profiles, `${path}${name}`));
  }
  return all;
}

function of(value: Json, attribute: Attribute, profiles: readonly string[], path: string): string[] {
  if (attribute.array) {
    if (!Array.isArray(value)) return [`${path} is no array`];
    return value.flatMap((item) => of(item, { ...attribute, array: false }, profiles, path));
  }
  const shape = attribute.object === undefined ? undefined : objects[attribute.object];
  if (isObject(value)) return shape === undefined ? [] : complaints(value, shape, profiles, `${path}.`);
  if (attribute.enum !== undefined && !attribute.enum.includes(value as number))
    return [`${path} is ${value}`];
  const isNumber = ['integer_t', 'long_t', 'timestamp_t'].includes(attribute.type ?? '');
  if (isNumber !== (typeof value === 'number') || (isNumber && !Number.isInteger(value)))
    return [`${path} is ${value}`];
  if (attribute.type === 'ip_t' && !/^[0-9a-fA-F.:]+$/.test(String(value))) return [`${path} is ${value}`];
  return [];
}

function problemsOf(event: JsonObject): string[] {
  const shape = classes.find(({ uid }) => uid === event['class_uid'])!;
  const profiles = ((event['metadata'] as JsonObject)['profiles'] ?? []) as string[];
  return complaints(event, shape, profiles, '');
}

describe('OCSF', () => {
  const bot = account('shop', 'bot');
  const events = [
    ...history(
      {
        at: 0,
        user: 'alice',
        groups: ['devs'],
        verb: 'create',
        resource: 'apps/deployments:scale',
        namespace: 's',
        name: 'x',
        ips: ['192.0.2.1', '10.0.0.1'],
        code: 201,
      },
      { at: 1, user: '', verb: 'get', uri: '/healthz?x=1', ips: [], stages: ['RequestReceived'] },
      {
        at: 2,
        user: bot,
        verb: 'approve',
        resource: 'pods',
        ips: ['not an address'],
        code: 403,
        decision: 'forbid',
      },
    ),
    seen(3, {
      source: 'command',
      verb: 'execve',
      message: 'cat /etc/shadow',
      node: 'n1',
      user: 'root',
      pod: 'p',
      raw: '{"process":{"pid":7,"exe":"/usr/bin/cat"}}',
      code: 0,
    }),
    seen(4, { source: 'command', verb: 'execve', message: 'id' }),
    seen(5, { source: 'lifecycle', verb: 'oom-killed', resource: 'pods', name: 'p', namespace: 's' }),
    seen(6, { source: 'collector', verb: 'started' }),
  ];

  it('has all that the schema asks for, and nothing that it does not know', () => {
    for (const event of events)
      expect(problemsOf(ocsfEvent(event)), JSON.stringify(ocsfEvent(event))).toEqual([]);
  });

  it('would be refused by the schema if it were otherwise', () => {
    const { actor: _, ...without } = ocsfEvent(events[0]!);
    expect(problemsOf(without)).toEqual(['actor is required']);
    expect(problemsOf({ ...ocsfEvent(events[0]!), activity_id: 7, nonsense: 1 })).toEqual([
      'activity_id is 7',
      'nonsense is unknown',
    ]);
  });

  it('says what happened in the classes that are for it', () => {
    expect(ocsfEvent(events[0]!)).toMatchObject({
      class_uid: 6003,
      activity_id: 1,
      type_uid: 600301,
      time: 1795132800000,
      status_id: 1,
      api: { operation: 'create' },
      src_endpoint: { ip: '192.0.2.1', intermediate_ips: ['10.0.0.1'] },
      actor: { user: { name: 'alice', groups: [{ name: 'devs' }] } },
      resources: [{ name: 'x', namespace: 's', type: 'deployments.apps/scale' }],
    });
    expect(ocsfEvent(events[2]!)).toMatchObject({
      activity_id: 99,
      activity_name: 'approve',
      status_id: 2,
      status_code: '403',
    });
    expect(ocsfEvent(events[3]!)).toMatchObject({
      class_uid: 1007,
      type_uid: 100701,
      device: { hostname: 'n1' },
      process: { pid: 7, cmd_line: 'cat /etc/shadow' },
    });
  });
});

describe('an export', () => {
  const written = async (
    format: ExportFormat,
    records: readonly EventRecord[],
    columns?: readonly Column[],
  ) => {
    const parts: string[] = [];
    const pages = exportEvents(new ArrayReader(records), {}, format, {
      markdownCell: (text) => `[${text}]`,
      ...(columns === undefined ? {} : { columns }),
    });
    for (;;) {
      const next = await pages.next();
      if (next.done) return { text: parts.join(''), ...next.value };
      parts.push(next.value);
    }
  };
  const records = history(
    { at: 1, user: 'bob', verb: 'delete', resource: 'pods', namespace: 's', name: 'x' },
    { at: 0, user: 'alice', verb: 'create', resource: 'pods', namespace: 's', name: 'x' },
  );

  it('tells all events, the oldest first', async () => {
    const columns: Column[] = ['user', 'verb'];
    expect(await written('csv', records, columns)).toMatchObject({
      text: 'user,verb\r\nalice,create\r\nbob,delete\r\n',
      events: 2,
      isCut: false,
    });
    expect((await written('jsonl', records, columns)).text).toBe(
      '{"user":"alice","verb":"create"}\n{"user":"bob","verb":"delete"}\n',
    );
    expect((await written('markdown', records, columns)).text).toBe(
      '| user | verb |\n| --- | --- |\n| [alice] | [create] |\n| [bob] | [delete] |\n',
    );
    const lines = (await written('ocsf', records)).text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).class_uid)).toEqual([6003, 6003]);
  });

  it('leaves out the original unless it is asked for', async () => {
    expect(JSON.parse((await written('jsonl', records)).text.split('\n')[0]!)).not.toHaveProperty('raw');
    expect(JSON.parse((await written('jsonl', records, ['raw'])).text.split('\n')[0]!)).toHaveProperty('raw');
  });
});
