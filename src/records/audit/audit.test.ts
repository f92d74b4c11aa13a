import { readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasTruth, truthPath } from '../../../tests/truth.ts';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import type { Json, JsonObject } from '../../kubernetes/json.ts';
import type { Decoded, Origin } from '../decoded.ts';
import { Redactions } from '../redaction/index.ts';
import { AuditLines, decodeAuditBody, decodeAuditValue, microseconds, readAuditRecords } from './index.ts';

const origin: Origin = { inlet: 'webhook', cluster: 'prod' };
const nowhere: Origin = { inlet: 'file:a', cluster: '' };
const bytes = (value: Json | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

const full = rawEvent({
  level: 'RequestResponse',
  verb: 'create',
  requestURI: '/api/v1/namespaces/shop/pods?fieldManager=kubectl',
  user: {
    username: 'system:serviceaccount:ci:builder',
    uid: '1',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:ci', 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/credential-id': ['JTI=7ee52be0-9045-4653-aa5e-0da57b8dccdc'],
      'authentication.kubernetes.io/node-name': ['node-7'],
      'authentication.kubernetes.io/pod-name': ['runner-0'],
    },
  },
  impersonatedUser: { username: 'admin', groups: ['system:masters'] },
  sourceIPs: ['203.0.113.9', '10.0.0.1'],
  objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' },
  requestObject: {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { generateName: 'web-' },
    spec: { priority: 9876543210.5 },
  },
  responseObject: { kind: 'Pod', metadata: { name: 'web-x7k2', uid: 'b0d1' } },
  responseStatus: { metadata: {}, code: 201 },
  annotations: {
    'authorization.k8s.io/decision': 'allow',
    'authorization.k8s.io/reason': 'RBAC: allowed by RoleBinding "ci/shop" of Role "deploy" to User "admin"',
  },
});
/** As Go writes the items of a list: without kind and version. */
const item = (event: JsonObject): JsonObject => {
  const { kind, apiVersion, ...rest } = event;
  return rest;
};
const list = (...events: JsonObject[]): JsonObject => ({
  kind: 'EventList',
  apiVersion: 'audit.k8s.io/v1',
  metadata: {},
  items: events.map(item),
});
const numbered = (index: number): JsonObject =>
  rawEvent({ auditID: `a-${index}`, userAgent: `agent ${index}` });

function one({ records, refused }: Decoded) {
  expect(refused).toEqual([]);
  expect(records).toHaveLength(1);
  return records[0]!;
}

describe('the record of an event', () => {
  it('has what the API server tells (k8s.io/apiserver pkg/apis/audit/v1)', () => {
    expect(one(decodeAuditBody(bytes(list(full)), origin))).toEqual({
      key: expect.stringMatching(/^[\w-]{22}$/),
      // 2026-11-20T10:00:00Z is 1,795,168,800 s after the epoch.
      time: 1_795_168_800_123_456,
      end: 1_795_168_800_133_456,
      source: 'audit',
      cluster: 'prod',
      inlet: 'webhook',
      audit_id: 'c5f1a7b2-0000-4000-8000-000000000001',
      stage: 'ResponseComplete',
      level: 'RequestResponse',
      verb: 'create',
      user: 'system:serviceaccount:ci:builder',
      groups: 'system:serviceaccounts\nsystem:serviceaccounts:ci\nsystem:authenticated',
      impersonated: 'admin',
      user_agent: 'kubectl/v1.37.2',
      source_ip: '203.0.113.9',
      source_ips: '203.0.113.9\n10.0.0.1',
      uri: '/api/v1/namespaces/shop/pods?fieldManager=kubectl',
      api_group: '',
      api_version: 'v1',
      resource: 'pods',
      subresource: '',
      namespace: 'shop',
      name: 'web-x7k2',
      uid: 'b0d1',
      code: 201,
      decision: 'allow',
      reason: 'RBAC: allowed by RoleBinding "ci/shop" of Role "deploy" to User "admin"',
      credential: 'token JTI=7ee52be0-9045-4653-aa5e-0da57b8dccdc',
      pod: 'runner-0',
      node: 'node-7',
      container: '',
      message: '',
      redactions: 0,
      raw: JSON.stringify(item(full)),
    });
  });

  it('keeps the original as it came, numbers and escapes too', () => {
    const text = JSON.stringify(full)
      .replace('9876543210.5', '12345678901234567890')
      .replace('web-x7k2', 'web\\u002dx7k2');
    expect(text).toContain('12345678901234567890');
    expect(one(new AuditLines(origin).read(text, 'line 1')).raw).toBe(text);
    const laidOut = text.replace('{"kind"', '{\n\t "kind"').replace('"verb":', '"verb" :\t');
    expect(one(decodeAuditBody(bytes(laidOut), origin)).raw).toBe(text);
  });

  it('leaves no key that parsers pass over', () => {
    const hidden = JSON.stringify(full).replace(
      '"requestObject":{',
      '"requestObject":{"data":{"x":"c2VjcmV0c2VjcmV0"},"data":{},',
    );
    const { raw } = one(new AuditLines(origin).read(hidden, ''));
    expect(raw).not.toContain('c2VjcmV0c2VjcmV0');
    expect(JSON.parse(raw)).toEqual(JSON.parse(hidden));
  });

  it('tells the command of an exec, and why a request failed', () => {
    const exec = rawEvent({
      verb: 'create',
      requestURI:
        '/api/v1/namespaces/shop/pods/web-0/exec?command=sh&command=-c&command=cat+%2Fetc%2Fshadow&container=web',
      objectRef: {
        resource: 'pods',
        subresource: 'exec',
        namespace: 'shop',
        name: 'web-0',
        apiVersion: 'v1',
      },
      responseStatus: { code: 101 },
    });
    expect(one(decodeAuditBody(bytes(exec), origin)).message).toBe("sh -c 'cat /etc/shadow'");
    const failed = rawEvent({
      responseStatus: { code: 403, status: 'Failure', message: 'pods is\nforbidden' },
    });
    expect(one(decodeAuditBody(bytes(failed), origin))).toMatchObject({
      code: 403,
      message: 'pods is forbidden',
    });
  });

  it('names the object by the path where the event does not', () => {
    const event = rawEvent({
      requestURI: '/apis/apps/v1/namespaces/shop/deployments/web/scale',
      objectRef: undefined,
    });
    expect(one(decodeAuditBody(bytes(event), origin))).toMatchObject({
      api_group: 'apps',
      resource: 'deployments',
      subresource: 'scale',
      namespace: 'shop',
      name: 'web',
    });
    expect(
      one(decodeAuditBody(bytes(rawEvent({ requestURI: '/readyz', objectRef: undefined })), origin)),
    ).toMatchObject({
      resource: '',
      uri: '/readyz',
    });
  });

  it('reads v1alpha1, with one time and the group in the version', () => {
    const old = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1alpha1',
      metadata: { creationTimestamp: '2017-09-11T19:55:05Z' },
      timestamp: '2017-09-11T19:55:05Z',
      level: 'Metadata',
      auditID: 'x',
      stage: 'ResponseComplete',
      requestURI: '/apis/apps/v1beta1/namespaces/shop/deployments',
      verb: 'list',
      user: { username: 'bob' },
      objectRef: { resource: 'deployments', namespace: 'shop', apiVersion: 'apps/v1beta1' },
    };
    expect(one(decodeAuditBody(bytes(old), origin))).toMatchObject({
      time: Date.UTC(2017, 8, 11, 19, 55, 5) * 1000,
      api_group: 'apps',
      api_version: 'v1beta1',
      code: -1,
    });
  });

  it('takes certificates for certificates, and keeps line breaks out of lists', () => {
    const event = rawEvent({
      user: {
        username: 'jane',
        groups: ['a\nsystem:masters', 'b'],
        extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=ab'] },
      },
    });
    expect(one(decodeAuditBody(bytes(event), origin))).toMatchObject({
      groups: 'a system:masters\nb',
      credential: 'certificate X509SHA256=ab',
    });
  });

  it('counts what was taken out of it', () => {
    const tally = new Redactions();
    const { records } = decodeAuditBody(
      bytes(list(rawEvent({ userAgent: 'x token=abc123def456' }), rawEvent({ auditID: 'b' }))),
      origin,
      tally,
    );
    expect(records.map(({ redactions, user_agent }) => [redactions, user_agent])).toEqual([
      [1, 'x token=[redacted]'],
      [0, 'kubectl/v1.37.2'],
    ]);
    expect(records[0]!.raw).not.toContain('abc123def456');
    expect(tally.byKind).toEqual({ 'named-value': 1 });
  });
});

describe('what a client does to keep his deed out of the records', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
  const patch = (body: string) =>
    JSON.stringify(rawEvent({ verb: 'patch', requestObject: 'BODY' })).replace('"BODY"', body);

  it.each([
    ['a body that is too deep', `{"spec":{"replicas":0},"junk":${nested(9000)}}`],
    [
      'a text that is JSON too deep',
      `{"spec":{"replicas":0},"junk":${JSON.stringify(`{"token":${nested(9000)}}`)}}`,
    ],
    ['data too deep', `{"kind":"Secret","spec":{"replicas":0},"data":${nested(9000)}}`],
  ])('%s is cut off, and the rest is kept', (_, body) => {
    for (const { records, refused } of [
      new AuditLines(origin).read(patch(body), ''),
      decodeAuditBody(bytes(JSON.parse(patch(body))), origin),
    ]) {
      expect(refused).toEqual([]);
      expect(records).toMatchObject([{ verb: 'patch', redactions: 1 }]);
      expect(JSON.parse(records[0]!.raw)).toMatchObject({ requestObject: { spec: { replicas: 0 } } });
      expect(records[0]!.raw).toContain('[redacted');
    }
  });

  it('broken characters beside a secret cost neither the event nor the others', () => {
    const uri = '/api/v1/pods?note=\ud800%20token=abc123def456';
    const { records } = decodeAuditBody(bytes(list(rawEvent({ requestURI: uri }), rawEvent())), origin);
    expect(records).toHaveLength(2);
    expect(records[0]!.raw).not.toContain('abc123def456');
  });
});

describe('a body of very many', () => {
  it.each([
    [
      'empty items',
      `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${'{},'.repeat(100_000)}{}]}`,
    ],
    ['lines', '{}\n'.repeat(100_000)],
    ['words', 'a\n'.repeat(100_000)],
    ['packed lines', gzipSync('{}\n'.repeat(100_000))],
  ])('%s is refused whole', (_, body) => {
    const { records, refused } = decodeAuditBody(Buffer.from(body), origin);
    expect(records).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'too-long' }]);
  });
});

describe('the key of an event', () => {
  const key = (changes: JsonObject) => one(decodeAuditBody(bytes(rawEvent(changes)), origin)).key;

  it('differs where a client chose the Audit-ID of another', () => {
    const keys = [
      {},
      { stage: 'ResponseStarted' },
      { requestReceivedTimestamp: '2026-11-20T10:00:00.123457Z' },
      { stageTimestamp: '2026-11-20T10:00:00.133457Z' },
      { verb: 'delete' },
      { requestURI: '/api/v1/namespaces/shop/pods/web-1' },
      { user: { username: 'mallory' } },
      { impersonatedUser: { username: 'mallory' } },
      { auditID: 'c5f1a7b2-0000-4000-8000-00000000000', stage: '1ResponseComplete' },
    ].map(key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is one for the same event, whatever way it came', () => {
    const text = JSON.stringify(full);
    const ways: Decoded[] = [
      decodeAuditBody(bytes(list(full)), origin),
      new AuditLines(nowhere).read(text, ''),
      new AuditLines(nowhere).read(`2026-11-20T10:00:00.2Z stdout F ${text}`, ''),
      decodeAuditBody(
        bytes({ events: [{ logStreamName: 'kube-apiserver-audit-1', timestamp: 1, message: text }] }),
        nowhere,
      ),
      decodeAuditBody(bytes(JSON.stringify(list(full), null, 2)), nowhere),
    ];
    expect(new Set(ways.map((way) => one(way).key)).size).toBe(1);
  });
});

describe('times', () => {
  it.each([
    ['2026-11-20T10:00:00.123456Z', 1_795_168_800_123_456],
    ['2026-11-20T10:00:00Z', 1_795_168_800_000_000],
    ['2026-11-20T10:00:00.1Z', 1_795_168_800_100_000],
    ['2026-11-20T10:00:00.1234567Z', 1_795_168_800_123_456],
    ['2026-11-20T10:00:00.123456789Z', 1_795_168_800_123_456],
    ['2026-11-20T12:00:00.123456+02:00', 1_795_168_800_123_456],
    ['2026-11-20T04:30:00.123456-05:30', 1_795_168_800_123_456],
    ['2026-11-20 10:00:00.123Z', 1_795_168_800_123_000],
    ['0001-01-01T00:00:00Z', undefined],
    ['9999-01-01T00:00:00Z', undefined],
    ['2026-11-20T10:00:00', undefined],
    ['2026-11-20T10:00:00.Z', undefined],
    ['2026-11-20T10:00:00.12x456Z', undefined],
    ['2026-13-20T10:00:00Z', undefined],
    ['yesterday, at about ten', undefined],
    [null, undefined],
  ])('%s', (text, expected) => {
    expect(microseconds(text)).toBe(expected);
  });
});

describe('what events come in', () => {
  const text = JSON.stringify(full);
  const gzipped = (value: Json) => gzipSync(JSON.stringify(value)).toString('base64');
  const subscription = {
    messageType: 'DATA_MESSAGE',
    owner: '1',
    logGroup: '/aws/eks/prod-eu/cluster',
    logStream: 'kube-apiserver-audit-0',
    subscriptionFilters: ['a'],
    logEvents: [{ id: '1', timestamp: 1, message: text }],
  };
  const aks =
    '/SUBSCRIPTIONS/1/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD-EU';
  const row = {
    TenantId: '1',
    TimeGenerated: '2026-11-20T10:00:00.123456Z',
    Level: full['level']!,
    AuditId: full['auditID']!,
    Stage: full['stage']!,
    RequestUri: full['requestURI']!,
    Verb: full['verb']!,
    User: JSON.stringify(full['user']),
    ImpersonatedUser: full['impersonatedUser']!,
    SourceIps: JSON.stringify(full['sourceIPs']),
    UserAgent: full['userAgent']!,
    ObjectRef: full['objectRef']!,
    ResponseStatus: JSON.stringify(full['responseStatus']),
    RequestReceivedTime: '2026-11-20T10:00:00.1234560Z',
    StageReceivedTime: '2026-11-20T10:00:00.1334560Z',
    Annotations: JSON.stringify(full['annotations']),
    PodName: 'kube-apiserver-1',
    Type: 'AKSAudit',
    _ResourceId: aks.toLowerCase(),
  };
  const otlp = (body: Json) => ({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'k8s.cluster.name', value: { stringValue: 'prod-eu' } }] },
        scopeLogs: [{ scope: {}, logRecords: [{ timeUnixNano: '1', body }] }],
      },
    ],
  });
  const anyValue = (value: Json | undefined): JsonObject => {
    if (typeof value === 'string') return { stringValue: value };
    if (typeof value === 'number') return { intValue: String(value) };
    if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
    const entries = Object.entries((value ?? {}) as JsonObject);
    return { kvlistValue: { values: entries.map(([key, each]) => ({ key, value: anyValue(each) })) } };
  };
  const small = rawEvent();

  it.each<[string, Json | Buffer, string]>([
    [
      'CloudWatch, FilterLogEvents',
      { events: [{ message: text, timestamp: 1, eventId: '1' }], searchedLogStreams: [] },
      '',
    ],
    ['CloudWatch, a subscription', subscription, 'prod-eu'],
    ['CloudWatch, a subscription, compressed', gzipSync(JSON.stringify(subscription)), 'prod-eu'],
    ['Lambda', { awslogs: { data: gzipped(subscription) } }, 'prod-eu'],
    [
      'Data Firehose',
      { requestId: '1', timestamp: 1, records: [{ data: gzipped(subscription) }] },
      'prod-eu',
    ],
    ['Kinesis', { Records: 0, records: [{ kinesis: { data: gzipped(subscription) } }] }, 'prod-eu'],
    [
      'CloudWatch Logs Insights, API',
      {
        results: [
          [
            { field: '@timestamp', value: '2026-11-20 10:00:00.133' },
            { field: '@message', value: text },
            { field: '@log', value: '1:/aws/eks/prod-eu/cluster' },
          ],
        ],
        status: 'Complete',
      },
      'prod-eu',
    ],
    ['CloudWatch Logs Insights, console', [{ '@timestamp': 'x', '@message': full }], ''],
    [
      'Azure Event Hubs',
      {
        records: [
          { category: 'kube-audit', resourceId: aks, properties: { log: text, stream: 'stdout', pod: 'p' } },
        ],
      },
      'prod-eu',
    ],
    ['Log Analytics, AKSAudit', [row], 'prod-eu'],
    ['Log Analytics, AzureDiagnostics', { Category: 'kube-audit', log_s: text, ResourceId: aks }, 'prod-eu'],
    ['Elasticsearch', { hits: { total: 1, hits: [{ _index: 'audit', _source: full }] } }, ''],
    [
      'Filebeat',
      { '@timestamp': 'x', message: text, orchestrator: { cluster: { name: 'prod-eu' } } },
      'prod-eu',
    ],
    ['Filebeat, decoded', { '@timestamp': 'x', ...full }, ''],
    ['Elastic Agent', { '@timestamp': 'x', kubernetes: { audit: full } }, ''],
    ['Fluent Bit', { date: 1, log: `${text}\n`, filename: '/var/log/audit.log' }, ''],
    ['Vector', { file: '/var/log/audit.log', host: 'a', message: text, source_type: 'file' }, ''],
    ['rsyslog', { msg: ` ${text}`, host: 'a' }, ''],
    ['OTLP, text', otlp({ stringValue: text }), 'prod-eu'],
    ['OTLP, values', otlp(anyValue(small)), 'prod-eu'],
  ])('%s', (_, content, cluster) => {
    const body = Buffer.isBuffer(content) ? content : bytes(content as Json);
    const found = one(decodeAuditBody(body, nowhere));
    expect(found).toMatchObject({ audit_id: full['auditID'], time: 1_795_168_800_123_456, cluster });
    // What the operator calls it goes before what the envelope does.
    expect(one(decodeAuditBody(body, origin)).cluster).toBe('prod');
  });

  it('a row of AKS gives the same key and columns as the event, as far as it has them', () => {
    const own = one(
      new AuditLines(nowhere).read(
        JSON.stringify({
          ...full,
          impersonatedUser: undefined,
          requestObject: undefined,
          responseObject: undefined,
        }),
        '',
      ),
    );
    const { raw, cluster, inlet, ...columns } = one(
      decodeAuditBody(bytes([{ ...row, ImpersonatedUser: null }]), nowhere),
    );
    expect(own).toMatchObject(columns);
  });

  it('an entry of Cloud Logging (google.cloud.audit.AuditLog)', () => {
    const entry = {
      insertId: '8f7a',
      logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        authenticationInfo: { principalEmail: 'jane@shop.example' },
        authorizationInfo: [
          {
            granted: true,
            permission: 'io.k8s.core.v1.secrets.create',
            resource: 'core/v1/namespaces/shop/secrets/db',
          },
        ],
        methodName: 'io.k8s.core.v1.secrets.create',
        request: { '@type': 'core.k8s.io/v1.Secret', data: { password: 'aHVudGVyMmh1bnRlcjI=' } },
        requestMetadata: { callerIp: '203.0.113.9', callerSuppliedUserAgent: 'kubectl/v1.29' },
        resourceName: 'core/v1/namespaces/shop/secrets/db',
        serviceName: 'k8s.io',
      },
      resource: {
        type: 'k8s_cluster',
        labels: { cluster_name: 'prod-eu', location: 'europe-west1', project_id: 'p' },
      },
      operation: { id: 'c5f1a7b2', first: true, last: true, producer: 'k8s.io' },
      timestamp: '2026-11-20T10:00:00.123456789Z',
    };
    const found = one(decodeAuditBody(bytes({ entries: [entry] }), nowhere));
    expect(found).toMatchObject({
      cluster: 'prod-eu',
      audit_id: 'c5f1a7b2',
      time: 1_795_168_800_123_456,
      user: 'jane@shop.example',
      user_agent: 'kubectl/v1.29',
      source_ip: '203.0.113.9',
      verb: 'create',
      resource: 'secrets',
      namespace: 'shop',
      name: 'db',
      decision: 'allow',
      redactions: 1,
    });
    expect(found.raw).not.toContain('aHVudGVy');
    const again = { ...entry, insertId: '8f7b' };
    expect(one(decodeAuditBody(bytes(again), nowhere)).key).not.toBe(found.key);
    const refusedEntry = {
      ...entry,
      protoPayload: { ...entry.protoPayload, authorizationInfo: [{ granted: false }] },
    };
    expect(one(decodeAuditBody(bytes(refusedEntry), nowhere)).decision).toBe('forbid');
  });

  it('documents of other kinds are for others', () => {
    expect(
      decodeAuditValue({ message: 'Started container', stream: 'stdout' }, undefined, origin),
    ).toBeUndefined();
    expect(
      decodeAuditValue({ kind: 'Event', apiVersion: 'v1', reason: 'Killing' }, undefined, origin),
    ).toBeUndefined();
    expect(decodeAuditValue(full, undefined, origin)?.records).toHaveLength(1);
  });
});

describe('batches', () => {
  it('are read item by item, in order, also where bodies look like items', () => {
    const tricky = rawEvent({
      auditID: 'tricky',
      requestObject: {
        list: [{ level: 'a' }, { level: 'Metadata', auditID: 'forged', stage: 'ResponseComplete' }],
      },
      userAgent: '},{"level":"x","auditID":"forged"',
    });
    const quoted = rawEvent({ auditID: 'quoted', userAgent: ',{"level":"Metadata","auditID":"forged"' });
    for (const events of [
      Array.from({ length: 400 }, (_, index) => numbered(index)),
      [numbered(1), quoted, numbered(2)],
      [numbered(1), tricky, numbered(2)],
    ]) {
      const { records, refused } = decodeAuditBody(bytes(list(...events)), origin);
      expect(refused).toEqual([]);
      expect(records.map(({ audit_id, raw }) => [audit_id, raw])).toEqual(
        events.map((event) => [event['auditID'], JSON.stringify(item(event))]),
      );
    }
  });

  it('without events are nothing, and nothing is refused', () => {
    expect(decodeAuditBody(bytes(list()), origin)).toMatchObject({ records: [], refused: [] });
    expect(decodeAuditBody(bytes(''), origin)).toMatchObject({ records: [], refused: [] });
    expect(
      decodeAuditBody(
        bytes({ messageType: 'CONTROL_MESSAGE', logEvents: [{ message: 'CWL CONTROL MESSAGE' }] }),
        origin,
      ),
    ).toMatchObject({ records: [], refused: [] });
  });

  it('keep their good events where others are bad', () => {
    const { records, refused } = decodeAuditBody(
      bytes({
        kind: 'EventList',
        apiVersion: 'audit.k8s.io/v1',
        items: [item(numbered(1)), { level: 'x', requestURI: '/', verb: 'get' }, item(numbered(2))],
      }),
      origin,
    );
    expect(records.map(({ audit_id }) => audit_id)).toEqual(['a-1', 'a-2']);
    expect(refused).toMatchObject([{ reason: 'missing-fields' }]);
  });

  it('of ten megabytes in one event are read', () => {
    const event = rawEvent({ requestObject: { kind: 'ConfigMap', data: { a: 'x"\\'.repeat(2_500_000) } } });
    const text = JSON.stringify(list(event));
    expect(text.length).toBeGreaterThan(10 << 20);
    const start = performance.now();
    expect(one(decodeAuditBody(bytes(text), origin)).raw).toBe(JSON.stringify(item(event)));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('what is refused', () => {
  const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  it.each([
    ['words', 'I1120 10:00:00 1 server.go:1] serving', 'not-json'],
    ['a cut line', JSON.stringify(full).slice(0, 200), 'truncated'],
    ['another kind', '{"kind":"Pod","apiVersion":"v1","metadata":{}}', 'not-an-event'],
    ['a Kubernetes Event', '{"kind":"Event","apiVersion":"v1","reason":"Killing"}', 'not-an-event'],
    ['a later version', JSON.stringify({ ...full, apiVersion: 'audit.k8s.io/v2' }), 'unsupported-version'],
    ['no Audit-ID', JSON.stringify({ ...full, auditID: undefined }), 'missing-fields'],
    [
      'no time',
      JSON.stringify({ ...full, requestReceivedTimestamp: null, stageTimestamp: null }),
      'missing-fields',
    ],
    [
      'a reference too deep, which no API server writes',
      JSON.stringify(full)
        .replace('"objectRef":{', `"objectRef":{"x":${deep(200_000)},`)
        .replace('kubectl/', 'token=abc123def456 '),
      'too-deep',
    ],
    ['only depth', deep(200_000), 'not-an-event'],
    [
      'a cut message',
      JSON.stringify({ '@timestamp': 'x', message: JSON.stringify(full).slice(0, 300) }),
      'truncated',
    ],
  ])('%s', (_, line, reason) => {
    for (const { records, refused } of [
      new AuditLines(origin).read(line, 'line 7'),
      decodeAuditBody(bytes(line), origin),
    ]) {
      expect(records).toEqual([]);
      expect(refused.map((each) => each.reason)).toEqual([reason]);
      expect(refused[0]!.head.length).toBeLessThanOrEqual(4096);
      expect(line.startsWith(refused[0]!.head.slice(0, 50))).toBe(true);
    }
  });

  it('a bomb', () => {
    const { records, refused } = decodeAuditBody(gzipSync(Buffer.alloc(70 << 20)), origin);
    expect(records).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'too-long' }]);
  });

  it('half a compressed body', () => {
    const body = gzipSync(JSON.stringify(full));
    expect(decodeAuditBody(body.subarray(0, body.length - 20), origin).refused).toMatchObject([
      { reason: 'truncated' },
    ]);
  });
});

describe('files', () => {
  it('are read in chunks that wait for what takes them', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => JSON.stringify(numbered(index)));
    lines.splice(5, 0, 'serving');
    const text = Buffer.from(`${lines.join('\n')}\n`);
    const pieces = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, at) =>
      text.subarray(at * 65_536, (at + 1) * 65_536),
    );
    const seen: string[] = [];
    const reasons: string[] = [];
    let running = 0;
    const { bytes: read } = await readAuditRecords(['-'], {
      cwd: '.',
      stdin: Readable.from(pieces),
      cluster: 'prod',
      onDecoded: async ({ records, refused }, file) => {
        expect(++running).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        expect(file).toBe('-');
        seen.push(...records.map(({ audit_id, inlet }) => `${inlet} ${audit_id}`));
        reasons.push(...refused.map(({ reason, where }) => `${reason} ${where}`));
      },
    });
    expect(seen).toEqual(Array.from({ length: 3000 }, (_, index) => `stdin a-${index}`));
    expect(reasons).toEqual(['not-json line 6']);
    expect(read).toBe(text.length);
  });
});

const TRACES = 'data/test/trace_files/k8s_audit';
if (!hasTruth('falco-k8saudit')) console.warn('SKIPPED: ../shared/truth absent');
describe.skipIf(!hasTruth('falco-k8saudit'))('real events, of clusters from 2018 to 2022', () => {
  const folder = truthPath('falco-k8saudit', TRACES);
  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s', (name) => {
    const content = readFileSync(`${folder}/${name}`, 'utf8');
    const { records, refused } = decodeAuditBody(Buffer.from(content), nowhere);
    expect(refused).toEqual([]);
    const lines = content.split('\n').filter((line) => line.trim() !== '');
    const events = lines.flatMap((line) => {
      const value = JSON.parse(line) as JsonObject;
      return (value['items'] as JsonObject[] | undefined) ?? [value];
    });
    expect(
      records.map(({ audit_id, stage, verb, user, uri }) => ({ audit_id, stage, verb, user, uri })),
    ).toEqual(
      events.map((event) => ({
        audit_id: event['auditID'],
        stage: event['stage'],
        verb: event['verb'],
        user: (event['user'] as JsonObject)['username'] ?? '',
        uri: event['requestURI'],
      })),
    );
  });
});
