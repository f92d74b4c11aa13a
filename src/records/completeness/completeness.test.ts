import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readAuditPolicy } from '../../engines/audit-policy/index.ts';
import { type EventRecord, record } from '../record.ts';
import { openStore } from '../store/local-store.ts';
import {
  assessCompleteness,
  type CompletenessInput,
  type CompletenessOptions,
  gatherCompleteness,
  parseAuditMetrics,
} from './index.ts';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const START = 1_795_168_800 * SECOND;
const folder = mkdtempSync(join(tmpdir(), 'kubestride-completeness-'));
afterAll(() => rmSync(folder, { recursive: true }));
let stores = 0;

const event = (time: number, fields: Partial<EventRecord> = {}): EventRecord =>
  record({
    key: `${time} ${fields.audit_id ?? ''} ${fields.stage ?? ''} ${fields.name ?? ''} ${fields.inlet ?? ''}`,
    time,
    source: 'audit',
    cluster: 'prod',
    inlet: 'webhook',
    audit_id: `id-${time}`,
    stage: 'ResponseComplete',
    verb: 'get',
    raw: '{}',
    ...fields,
  });
const beat = (time: number, fields: Partial<EventRecord> = {}) =>
  event(time, { verb: 'update', resource: 'leases', name: 'node-1', ...fields });
/** One renewal of a lease every four seconds. */
const beats = (from: number, to: number, fields: Partial<EventRecord> = {}): EventRecord[] =>
  Array.from({ length: Math.floor((to - from) / (4 * SECOND)) }, (_, index) =>
    beat(from + index * 4 * SECOND, fields),
  );
const told = (verb: string, time: number, message = ''): EventRecord =>
  record({
    key: `c${verb}${time}`,
    time,
    source: 'collector',
    cluster: 'prod',
    inlet: 'collector',
    verb,
    message,
    raw: '{"run":"a"}',
  });

const metrics = (events: number, more = '') =>
  `# HELP apiserver_audit_event_total [ALPHA] Counter of audit events generated and sent to the audit backend.
# TYPE apiserver_audit_event_total counter
apiserver_audit_event_total ${events}
apiserver_audit_level_total{level="Metadata"} 5
apiserver_audit_requests_rejected_total 0
process_start_time_seconds 1.7951e+09
${more}`;

async function judge(records: readonly EventRecord[], options: CompletenessOptions = {}) {
  const store = await openStore(join(folder, `${stores++}`));
  try {
    await store.append(records);
    return assessCompleteness(await gatherCompleteness(store, options));
  } finally {
    await store.close();
  }
}

/** Two samples around all of it, that counted as many as there are. */
function counted(records: readonly EventRecord[], missing = 0, more = '') {
  const audit = records.filter(({ source }) => source === 'audit');
  const ends = audit.map(({ end }) => end);
  return [
    ...parseAuditMetrics(metrics(1000), 'a', Math.min(...ends) - 1),
    ...parseAuditMetrics(metrics(1000 + audit.length + missing, more), 'a', Math.max(...ends)),
  ];
}

describe('the counters of API servers', () => {
  it('are read out of their metrics (k8s.io/apiserver pkg/audit/metrics.go)', () => {
    const text = metrics(
      3.5e3,
      'apiserver_audit_error_total{plugin="webhook"} 12\napiserver_audit_error_total{plugin="bu\\"ffered"} 1\napiserver_audit_nonsense\nother_total 5',
    );
    expect(parseAuditMetrics(text, 'file', 7)).toEqual([
      {
        instance: 'file',
        time: 7,
        counters: {
          events: 3500,
          errors: { webhook: 12, 'bu"ffered': 1 },
          rejected: 0,
          started: 1_795_100_000_000_000,
        },
      },
    ]);
  });

  it('are told apart by instance, with their own times', () => {
    const text =
      'apiserver_audit_event_total{instance="a:6443",job="x"} 1 1795168800000\napiserver_audit_event_total{instance="b:6443"} 2';
    expect(
      parseAuditMetrics(text, 'file', 7).map(({ instance, time, counters }) => [
        instance,
        time,
        counters.events,
      ]),
    ).toEqual([
      ['a:6443', START, 1],
      ['b:6443', 7, 2],
    ]);
  });

  it('are none in other texts', () => {
    expect(parseAuditMetrics('<html>apiserver_audit_event_total 5</html>\nup 1\n', 'a', 1)).toEqual([]);
  });
});

const hour = beats(START, START + 60 * MINUTE);
const ids = ({ reasons }: { reasons: readonly { id: string; means: string }[] }) =>
  reasons.map(({ id, means }) => `${means} ${id}`);

describe('the verdict', () => {
  it('is complete where the counters agree', async () => {
    expect(await judge(hour, { samples: counted(hour) })).toEqual({
      verdict: 'complete',
      period: { from: START, to: START + 60 * MINUTE - 4 * SECOND },
      reasons: [],
    });
  });

  it('is not known without counters, and without events', async () => {
    expect(await judge(hour)).toMatchObject({ verdict: 'not-known', reasons: [{ id: 'no-counters' }] });
    expect(await judge([])).toMatchObject({
      verdict: 'not-known',
      period: undefined,
      reasons: [{ id: 'no-audit-events' }],
    });
  });

  it('is incomplete where an API server counted more, or dropped some', async () => {
    const fewer = await judge(hour, { samples: counted(hour, 100) });
    expect(fewer).toMatchObject({
      verdict: 'incomplete',
      reasons: [{ id: 'fewer-than-counted', count: 100, details: { counted: 1000, held: 900 } }],
    });
    // Events in flight are none that are missing.
    expect((await judge(hour, { samples: counted(hour, 3) })).verdict).toBe('complete');
    const dropped = await judge(hour, {
      samples: counted(hour, 0, 'apiserver_audit_error_total{plugin="buffered"} 4'),
    });
    expect(dropped).toMatchObject({
      verdict: 'incomplete',
      reasons: [{ id: 'dropped-by-api-server', count: 4, details: { plugin: 'buffered', instance: 'a' } }],
    });
  });

  it('is not known where an API server began to count anew', async () => {
    const [before, after] = counted(hour);
    const samples = [before!, { ...after!, counters: { ...after!.counters, started: START + MINUTE } }];
    expect(ids(await judge(hour, { samples }))).toContain('doubt counters-began-anew');
  });

  it('asks for the counters of all API servers', async () => {
    const servers = ['apiserver-a', 'apiserver-b', 'apiserver-c'].map((name, index) =>
      beat(START + index, { user: 'system:apiserver', namespace: 'kube-system', name, audit_id: name }),
    );
    const all = [...hour, ...servers];
    const { verdict, reasons } = await judge(all, { samples: counted(all) });
    expect(verdict).toBe('not-known');
    expect(reasons).toEqual([
      { id: 'counters-of-some-servers', means: 'doubt', count: 2 },
      { id: 'api-servers', means: 'note', cluster: 'prod', count: 3 },
    ]);
  });

  it('says when nothing came although leases are renewed every few seconds', async () => {
    const holed = [...beats(START, START + 20 * MINUTE), ...beats(START + 25 * MINUTE, START + 60 * MINUTE)];
    const { verdict, reasons } = await judge(holed);
    expect(verdict).toBe('incomplete');
    expect(reasons).toContainEqual({
      id: 'gap',
      means: 'loss',
      cluster: 'prod',
      inlet: 'webhook',
      from: START + 20 * MINUTE,
      to: START + 25 * MINUTE,
      details: { usual: 5 },
    });
  });

  it('takes silence for nothing where no leases are logged, and for quiet where the counters agree', async () => {
    const sparse = Array.from({ length: 100 }, (_, index) => event(START + index * 4 * MINUTE));
    expect(ids(await judge(sparse))).toEqual(['doubt no-counters', 'doubt irregular-traffic']);
    expect(await judge(sparse, { samples: counted(sparse) })).toMatchObject({ verdict: 'complete' });
  });

  it('knows a start of the API server behind a silence', async () => {
    const start = event(START + 25 * MINUTE + 5 * SECOND, {
      user: 'system:apiserver',
      resource: 'priorityclasses',
      name: 'system-node-critical',
    });
    const again = { ...start, key: 'again', audit_id: 'again', time: start.time + SECOND };
    const records = [
      ...beats(START, START + 20 * MINUTE),
      start,
      again,
      ...beats(START + 25 * MINUTE, START + 60 * MINUTE),
    ];
    expect(ids(await judge(records))).toEqual([
      'doubt no-counters',
      'doubt api-server-down',
      'doubt api-server-started',
    ]);
    const files = records.map((each) => ({ ...each, inlet: 'file:/var/log/audit.log' }));
    expect(ids(await judge(files))).toEqual([
      'doubt no-counters',
      'doubt api-server-down',
      'note api-server-started',
    ]);
  });

  it('knows when the collector was down, and when it crashed', async () => {
    const records = [
      told('started', START - SECOND),
      ...beats(START, START + 20 * MINUTE),
      told('stopped', START + 20 * MINUTE),
      told('started', START + 25 * MINUTE),
      ...beats(START + 25 * MINUTE, START + 40 * MINUTE),
      told('counted', START + 39 * MINUTE),
      told('started', START + 50 * MINUTE),
      ...beats(START + 50 * MINUTE, START + 60 * MINUTE),
      told('lost', START + 55 * MINUTE, 'audit.log was gone'),
    ];
    const { verdict, reasons } = await judge(records);
    expect(verdict).toBe('incomplete');
    expect(reasons).toEqual([
      { id: 'no-counters', means: 'doubt' },
      { id: 'collector-down', means: 'doubt', from: START + 20 * MINUTE, to: START + 25 * MINUTE },
      { id: 'collector-crashed', means: 'doubt', from: START + 39 * MINUTE, to: START + 50 * MINUTE },
      {
        id: 'lost-by-rotation',
        means: 'loss',
        inlet: 'collector',
        from: START + 55 * MINUTE,
        to: START + 55 * MINUTE,
        details: { message: 'audit.log was gone' },
      },
    ]);
  });

  it('finds requests without an end, but not those that may still go on', async () => {
    const long = beats(START, START + 180 * MINUTE);
    const records = [
      ...long,
      event(START + 1, { audit_id: 'watch', stage: 'ResponseStarted' }),
      event(START + 2, { audit_id: 'ended', stage: 'ResponseStarted' }),
      event(START + 3, { audit_id: 'ended' }),
      event(START + 4, { audit_id: 'gone', stage: 'RequestReceived' }),
      event(START + 5, { audit_id: 'panicked', stage: 'RequestReceived' }),
      event(START + 6, { audit_id: 'panicked', stage: 'Panic' }),
      event(START + 175 * MINUTE, { audit_id: 'young', stage: 'ResponseStarted' }),
    ];
    const { reasons } = await judge(records);
    expect(reasons.filter(({ id }) => id === 'requests-without-end')).toEqual([
      {
        id: 'requests-without-end',
        means: 'doubt',
        cluster: 'prod',
        count: 1,
        from: START + 4,
        to: START + 4,
        details: { stage: 'RequestReceived' },
      },
      {
        id: 'requests-without-end',
        means: 'doubt',
        cluster: 'prod',
        count: 1,
        from: START + 1,
        to: START + 1,
        details: { stage: 'ResponseStarted' },
      },
    ]);
  });

  it('finds truncated events, and not those whose client wrote the words', async () => {
    const raw = '{"annotations":{"audit.k8s.io/truncated":"true"}}';
    const records = [
      ...hour,
      event(START + 1, { raw }),
      event(START + 2, { raw: '{"userAgent":"audit.k8s.io/truncated"}' }),
    ];
    expect(await judge(records, { samples: counted(records) })).toMatchObject({
      verdict: 'incomplete',
      reasons: [{ id: 'truncated-events', count: 1 }],
    });
  });

  it('notes Audit-IDs that were chosen', async () => {
    const records = [
      ...hour,
      event(START + 1, { audit_id: 'mine', user: 'a' }),
      event(START + 2, { audit_id: 'mine', user: 'b' }),
    ];
    expect(await judge(records, { samples: counted(records) })).toMatchObject({
      verdict: 'complete',
      reasons: [
        { id: 'audit-ids-reused', count: 1, details: { audit_id: 'mine', stage: 'ResponseComplete' } },
      ],
    });
  });

  it('says what the audit policy leaves out', async () => {
    const { policy } = readAuditPolicy({
      kind: 'Policy',
      apiVersion: 'audit.k8s.io/v1',
      rules: [
        { level: 'None', resources: [{ group: '', resources: ['pods/exec'] }] },
        { level: 'RequestResponse' },
      ],
    });
    const { verdict, reasons } = await judge(hour, { samples: counted(hour), policy: policy! });
    expect(verdict).toBe('incomplete');
    expect(reasons).toContainEqual({
      id: 'not-audited',
      means: 'loss',
      details: expect.objectContaining({
        need: 'commands-in-pods',
        resource: 'pods/exec',
        level: 'None',
        needed: 'Metadata',
        rule: 0,
      }),
    });
  });

  it('looks only at the clusters and the time that are asked about', async () => {
    const other = beats(START, START + 5 * MINUTE, { cluster: "x' OR 1=1 --", inlet: "f'g" });
    const records = [...hour, ...other];
    const verdict = await judge(records, {
      clusters: ['prod'],
      samples: counted(hour),
      from: START,
      to: START + 61 * MINUTE,
    });
    expect(verdict).toMatchObject({ verdict: 'not-known', reasons: [{ id: 'ends-earlier' }] });
    expect(await judge(records, { clusters: ["x' OR 1=1 --"], from: START - 5 * MINUTE })).toMatchObject({
      reasons: [{ id: 'no-counters' }, { id: 'begins-later', from: START - 5 * MINUTE, to: START }],
    });
  });
});

describe('what only the store and the quarantine know', () => {
  const input: CompletenessInput = {
    asked: {},
    inlets: [],
    starts: [],
    servers: [],
    open: [],
    truncated: [],
    reused: [],
    collector: [],
    damage: [],
    refused: {},
    samples: [],
    received: [],
    policy: undefined,
  };

  it('damage of the store is a loss', () => {
    const damage = [{ part: 'segments/a.parquet', reason: 'checksum', events: 7, from: 1, to: 2 }];
    expect(assessCompleteness({ ...input, damage })).toMatchObject({
      verdict: 'incomplete',
      reasons: [
        { id: 'no-audit-events' },
        { id: 'store-damaged', count: 7, from: 1, to: 2, details: { part: 'segments/a.parquet' } },
      ],
    });
  });

  it('broken events are a loss, words of others are none', () => {
    const { reasons } = assessCompleteness({ ...input, refused: { truncated: 2, 'not-json': 9 } });
    expect(reasons.slice(1)).toEqual([
      { id: 'refused', means: 'loss', count: 2, details: { reason: 'truncated' } },
      { id: 'refused', means: 'note', count: 9, details: { reason: 'not-json' } },
    ]);
  });
});
