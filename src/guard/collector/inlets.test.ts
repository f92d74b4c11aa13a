import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { auditEvent, type Reply, send, startCollector, stopAll } from './test-collector.ts';

afterEach(stopAll);

const lines = (...values: readonly unknown[]): string =>
  `${values.map((value) => JSON.stringify(value)).join('\n')}\n`;

const bulk = (port: number, body: string | Uint8Array, path = '/_bulk', headers = {}): Promise<Reply> =>
  send(port, {
    path,
    body,
    headers: { 'Content-Type': 'application/x-ndjson', ...headers },
  });

const statuses = (reply: Reply): unknown[] =>
  JSON.parse(reply.text).items.map((item: Record<string, { status: number }>) => [
    Object.keys(item)[0],
    Object.values(item)[0]?.status,
  ]);

describe('the bulk API', () => {
  it('answers for each document as Elasticsearch does', async () => {
    const { port, store, quarantined } = await startCollector();
    const body = [
      '{"index":{"_index":"logs","_id":"1"}}\n{"message":"one"}\r\n',
      '\n',
      '{ "create" : { "_index" : "logs", "_id" : "2" } }\r\n{"message":"two"}\r\n',
      '{"index":{}}\nno JSON\n',
      '{"delete":{"_index":"logs","_id":"1"}}\n',
      '{"update":{"_index":"logs","_id":"1"}}\n{"doc":{}}\n',
      '{"index":{"_index":"logs"}}\n["list"]\n',
      '{"create":{"_id":7}}\n{"message":"three"}',
    ].join('');
    const reply = await bulk(port, body, '/other/_bulk');
    expect(reply.status).toBe(200);
    expect(reply.headers['x-elastic-product']).toBe('Elasticsearch');
    expect(reply.headers['content-type']).toBe('application/json');
    const answer = JSON.parse(reply.text);
    expect(Object.keys(answer)).toEqual(['took', 'errors', 'items']);
    expect(answer.errors).toBe(true);
    expect(statuses(reply)).toEqual([
      ['index', 201],
      ['create', 201],
      ['index', 400],
      ['delete', 400],
      ['update', 400],
      ['index', 400],
      ['create', 201],
    ]);
    expect(answer.items[0].index).toMatchObject({ _index: 'logs', _id: '1', result: 'created' });
    expect(answer.items[2].index).toMatchObject({
      _index: 'other',
      error: { type: 'document_parsing_exception' },
    });
    expect(answer.items[6].create).toMatchObject({ _index: 'other', _id: '7' });
    expect(store.messages).toEqual(['one', 'two', 'three']);
    expect(quarantined).toHaveLength(4);
  });

  it('knows Events of Kubernetes, as exporters ship them', async () => {
    const { port, store } = await startCollector();
    const event = {
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { name: 'web.1', namespace: 'shop', uid: 'u1', resourceVersion: '5' },
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', uid: 'p1', apiVersion: 'v1' },
      reason: 'OOMKilling',
      message: 'Memory cgroup out of memory',
      lastTimestamp: '2026-11-20T10:00:00Z',
    };
    const body = [event, { message: JSON.stringify(event) }]
      .map((document) => `{"index":{"_index":"events"}}\n${JSON.stringify(document)}\n`)
      .join('');
    expect(statuses(await bulk(port, body))).toEqual([
      ['index', 201],
      ['index', 201],
    ]);
    // Shipped in two ways, it is one.
    expect(store.of('event').map(({ verb, name }) => [verb, name])).toEqual([['OOMKilling', 'web']]);
  });

  it('tells what it has already: 409 to create, 200 to index', async () => {
    const { port, store } = await startCollector();
    const create = lines({ create: { _index: 'a', _id: 'x' } }, { message: 'm' });
    expect(statuses(await bulk(port, create))).toEqual([['create', 201]]);
    const again = await bulk(port, create);
    expect(statuses(again)).toEqual([['create', 409]]);
    expect(JSON.parse(again.text)).toMatchObject({
      errors: true,
      items: [{ create: { error: { type: 'version_conflict_engine_exception' } } }],
    });
    const index = lines({ index: { _index: 'a', _id: 'y' } }, { message: 'm' });
    expect(statuses(await bulk(port, index))).toEqual([['index', 201]]);
    expect(statuses(await bulk(port, index))).toEqual([['index', 200]]);
    expect(store.messages).toHaveLength(2);
  });

  it('keeps a document that takes the id of another', async () => {
    const { port, store } = await startCollector();
    await bulk(port, lines({ index: { _index: 'a', _id: 'x' } }, { message: 'first' }));
    await bulk(port, lines({ index: { _index: 'a', _id: 'x' } }, { message: 'second' }));
    expect(store.messages).toEqual(['first', 'second']);
  });

  it('keeps equal lines of one request, and stores a request once that is sent again', async () => {
    const { port, store } = await startCollector();
    const line = [{ index: { _index: 'a' } }, { message: 'same' }];
    const body = lines(...line, ...line, ...line);
    await bulk(port, body);
    expect(store.messages).toHaveLength(3);
    await bulk(port, body);
    expect(store.messages).toHaveLength(3);
  });

  it.each([
    ['an action that is no JSON', 'index\n{}\n'],
    ['an action that is a list', '[]\n{}\n'],
    ['an unknown action', '{"upsert":{}}\n{}\n'],
    ['an action of another kind', '{"index":"x"}\n{}\n'],
    ['an end without a document', '{"index":{"_index":"a"}}\n{"message":"m"}\n{"index":{"_index":"a"}}\n'],
  ])('refuses a request whole for %s, and keeps it in quarantine', async (_name, body) => {
    const { port, store, quarantined } = await startCollector();
    const reply = await bulk(port, body);
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text)).toMatchObject({
      status: 400,
      error: { type: 'illegal_argument_exception' },
    });
    expect(store.messages).toEqual([]);
    expect(quarantined).toHaveLength(1);
  });

  it('answers the parts that filter_path names', async () => {
    const { port } = await startCollector();
    const body = lines({ index: {} }, { message: 'a' }, { delete: {} });
    // As Filebeat asks.
    const beats = await bulk(port, body, '/_bulk?filter_path=errors%2Citems.%2A.error%2Citems.%2A.status');
    expect(JSON.parse(beats.text)).toEqual({
      errors: true,
      items: [
        { index: { status: 201 } },
        {
          delete: {
            status: 400,
            error: { type: 'action_request_validation_exception', reason: expect.any(String) },
          },
        },
      ],
    });
    const most = JSON.parse((await bulk(port, body, '/_bulk?filter_path=-items.**._shards,-took')).text);
    expect(Object.keys(most)).toEqual(['errors', 'items']);
    expect(most.items[0].index).not.toHaveProperty('_shards');
  });

  it('speaks as 8.x and earlier clients ask it to', async () => {
    const { port } = await startCollector();
    const reply = await bulk(port, lines({ index: {} }, { message: 'a' }), '/_bulk', {
      Accept: 'application/vnd.elasticsearch+json; compatible-with=8',
      'Content-Type': 'application/vnd.elasticsearch+x-ndjson; compatible-with=8',
    });
    expect(reply.headers['content-type']).toBe('application/vnd.elasticsearch+json;compatible-with=8');
  });

  it('asks to come again in the words of Elasticsearch', async () => {
    const { port, store } = await startCollector();
    store.failures = ['store-full'];
    const reply = await bulk(port, lines({ index: {} }, { message: 'a' }));
    expect(reply.status).toBe(503);
    expect(reply.headers['retry-after']).toBe('3');
    expect(JSON.parse(reply.text)).toMatchObject({ status: 503, error: { type: 'cluster_block_exception' } });
  });

  it('unpacks what is sent packed', async () => {
    const { port, store } = await startCollector();
    const body = gzipSync(lines({ index: {} }, { message: 'packed' }));
    expect((await bulk(port, body, '/_bulk', { 'Content-Encoding': 'gzip' })).status).toBe(200);
    expect(store.messages).toEqual(['packed']);
  });

  it('takes single documents', async () => {
    const { port, store } = await startCollector();
    const put = (method: string, path: string, body = '{"message":"m"}'): Promise<Reply> =>
      send(port, { method, path, body });
    expect((await put('POST', '/logs/_doc', '{\n  "message": "\\ta\\nb"\n}')).status).toBe(201);
    expect((await put('PUT', '/logs/_doc/1')).status).toBe(201);
    expect((await put('PUT', '/logs/_doc/1')).status).toBe(200);
    expect((await put('PUT', '/logs/_create/2')).status).toBe(201);
    expect((await put('PUT', '/logs/_create/2')).status).toBe(409);
    // As rsyslog sends without bulkmode.
    const system = await put('POST', '/system/events?timeout=1m');
    expect(system.status).toBe(201);
    expect(JSON.parse(system.text)).toMatchObject({ _index: 'system', result: 'created' });
    expect((await put('POST', '/logs/_doc', 'no JSON')).status).toBe(400);
    expect([...store.records.values()].filter(({ raw }) => /[\n\t]/.test(raw))).toEqual([]);
  });

  it('bounds how many documents a request has', async () => {
    const { port, store } = await startCollector();
    const reply = await bulk(port, '{"index":{}}\n{}\n'.repeat(70_000));
    expect(reply.status).toBe(413);
    expect(store.messages).toEqual([]);
  });
});

describe('what containers write', () => {
  const event = auditEvent({ verb: 'delete' });
  const log = JSON.stringify(event);
  const auditd = 'type=EXECVE msg=audit(1700000000.123:77): argc=1 a0="id"';
  const path = '/var/log/pods/shop_evil_0c5d4f0e-93c5-4b4a-9d0c-2a1f3a4b5c6d/app/0.log';
  const kubernetes = { pod_name: 'evil', namespace_name: 'shop' };

  it.each([
    ['of Fluent Bit', { log, kubernetes }],
    ['of Fluent Bit, merged', { ...event, log, kubernetes, file: '/var/log/kubernetes/audit.log' }],
    ['of a Pod that has the name of an API server', { log, kubernetes: { pod_name: 'kube-apiserver-cp1' } }],
    ['of Filebeat', { message: log, kubernetes: { pod: { name: 'evil' } } }],
    ['of Filebeat, decoded', { ...event, container: { id: 'c1' } }],
    ['of Vector', { message: log, file: path }],
    ['of which only the stream is known', { log, stream: 'stderr' }],
    ['of which only the file is known', { message: log, log: { file: { path } } }],
    ['that looks like auditd', { log: auditd, kubernetes }],
  ])('is a line of a log: %s', async (_name, document) => {
    const { port, store } = await startCollector();
    expect(statuses(await bulk(port, lines({ index: {} }, document)))).toEqual([['index', 201]]);
    expect([...store.records.values()].filter(({ source }) => source !== 'collector')).toMatchObject([
      { source: 'log', user: '', audit_id: '' },
    ]);
  });

  it('is one in OTLP, too', async () => {
    const { port, store } = await startCollector();
    const request = {
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'k8s.pod.name', value: { stringValue: 'evil' } }] },
          scopeLogs: [{ logRecords: [{ body: { stringValue: log } }] }],
        },
      ],
    };
    const headers = { 'Content-Type': 'application/json' };
    await send(port, { path: '/v1/logs', headers, body: JSON.stringify(request) });
    // Not by the API server's way in, either.
    await send(port, { body: JSON.stringify(request) });
    await send(port, { body: JSON.stringify({ log, kubernetes }) });
    expect(store.of('audit')).toEqual([]);
    expect(store.of('log')).toMatchObject([{ pod: 'evil', message: log }]);
  });
});

describe('what documents are', () => {
  const record = async (document: unknown) => {
    const { port, store } = await startCollector({ cluster: '' });
    const reply = await bulk(port, lines({ index: { _index: 'x' } }, document));
    expect(statuses(reply)).toEqual([['index', 201]]);
    return [...store.records.values()].filter(({ source }) => source !== 'collector');
  };

  it.each([
    ['as it is', (event: unknown) => event],
    [
      'as text in a message',
      (event: unknown) => ({ '@timestamp': '2026-01-01T00:00:00Z', message: JSON.stringify(event) }),
    ],
    ['as text in a log', (event: unknown) => ({ date: 1.5e9, log: JSON.stringify(event) })],
    ["as Elastic's integration has it", (event: unknown) => ({ kubernetes: { audit: event } })],
  ])('finds audit events %s', async (_name, wrap) => {
    const event = auditEvent({ verb: 'delete' });
    const [found, ...others] = await record(wrap(event));
    expect(found).toMatchObject({
      source: 'audit',
      verb: 'delete',
      user: 'alice',
      audit_id: event['auditID'],
    });
    expect(others).toEqual([]);
  });

  it('stores an audit event once, by whatever way it comes', async () => {
    const { port, store } = await startCollector();
    const event = auditEvent();
    await bulk(
      port,
      lines({ index: {} }, event, { create: { _id: 'z' } }, { message: JSON.stringify(event) }),
    );
    expect(store.messages).toHaveLength(1);
  });

  it.each([
    [
      'Fluent Bit',
      {
        '@timestamp': '2026-11-23T10:00:00.123456Z',
        log: 'hello\n',
        stream: 'stderr',
        kubernetes: {
          pod_name: 'web-1',
          namespace_name: 'shop',
          pod_id: 'u-1',
          host: 'node-1',
          container_name: 'app',
        },
      },
    ],
    [
      'Vector',
      {
        timestamp: '2026-11-23T10:00:00.123456Z',
        message: 'hello',
        stream: 'stderr',
        kubernetes: {
          pod_name: 'web-1',
          pod_namespace: 'shop',
          pod_uid: 'u-1',
          pod_node_name: 'node-1',
          container_name: 'app',
        },
      },
    ],
    [
      'Filebeat',
      {
        '@timestamp': '2026-11-23T10:00:00.123456Z',
        message: 'hello',
        stream: 'stderr',
        host: { name: 'beats' },
        kubernetes: {
          pod: { name: 'web-1', uid: 'u-1' },
          namespace: 'shop',
          node: { name: 'node-1' },
          container: { name: 'app' },
        },
        orchestrator: { cluster: { name: 'east' } },
      },
    ],
  ])('knows the Pod of a line that %s ships', async (_name, document) => {
    const [found] = await record(document);
    expect(found).toMatchObject({
      source: 'log',
      time: Date.parse('2026-11-23T10:00:00.123Z') * 1000 + 456,
      namespace: 'shop',
      pod: 'web-1',
      uid: 'u-1',
      container: 'app',
      node: 'node-1',
      verb: 'stderr',
      raw: JSON.stringify(document),
    });
    expect(found?.message).toMatch(/^hello/);
  });

  it.each([
    [
      'kubelet',
      {
        SYSLOG_IDENTIFIER: 'kubelet',
        MESSAGE: 'm',
        _HOSTNAME: 'n',
        _SOURCE_REALTIME_TIMESTAMP: '1700000000000001',
      },
    ],
    [
      'runtime',
      {
        systemd: { unit: 'containerd.service' },
        message: 'm',
        host: { hostname: 'n' },
        '@timestamp': '2023-11-14T22:13:20.000001Z',
      },
    ],
    [
      'log',
      { syslogtag: 'sshd[12]:', message: 'm', host: 'n', timestamp: '2023-11-14T22:13:20.000001+00:00' },
    ],
  ])('knows by the program whose log a line is: %s', async (source, document) => {
    expect(await record(document)).toMatchObject([
      { source, node: 'n', message: 'm', time: 1_700_000_000_000_001 },
    ]);
  });

  it('puts the records of auditd together', async () => {
    const { port, store } = await startCollector();
    const stamp = 'msg=audit(1700000000.123:77):';
    const body = [
      `type=SYSCALL ${stamp} arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=1 pid=2 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=1 comm="cat" exe="/usr/bin/cat" key="exec"`,
      `type=EXECVE ${stamp} argc=2 a0="cat" a1="/etc/shadow"`,
      `type=EOE ${stamp}`,
    ].map((message) => ({ message, host: { name: 'node-7' } }));
    await bulk(port, lines(...body.flatMap((document) => [{ index: {} }, document])));
    const found = [...store.records.values()].filter(({ source }) => source === 'command');
    expect(found).toMatchObject([{ message: 'cat /etc/shadow', node: 'node-7', verb: 'execve' }]);
  });

  it('takes secrets out', async () => {
    const [found] = await record({
      message: 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123456789',
      password: 'hunter2-very-secret',
      nested: { list: [{ api_token: 'Zm9vYmFyYmF6cXV4' }] },
      user: 'alice',
    });
    expect(found?.raw).not.toMatch(/abcdefghij|hunter2|Zm9vYmFy/);
    expect(found?.raw).toContain('alice');
    expect(found?.redactions).toBeGreaterThanOrEqual(3);
  });
});

describe('what senders ask before', () => {
  it.each([
    ['Vector', 'GET', '/_cluster/health', 200],
    ['Logstash', 'HEAD', '/', 200],
    ['Logstash', 'GET', '/_license', 200],
    ['an older Logstash', 'GET', '/_xpack', 200],
    ['Logstash', 'HEAD', '/_index_template/ecs-logstash', 200],
    ['Logstash', 'PUT', '/_index_template/ecs-logstash', 200],
    ['an older Logstash', 'PUT', '/_template/logstash', 200],
    ['Logstash', 'GET', '/_ilm/policy/logstash-policy', 200],
    ['Logstash', 'PUT', '/_ilm/policy/logstash-policy', 200],
    ['Logstash', 'HEAD', '/logstash', 200],
    ['Logstash', 'PUT', '/%3Clogstash-%7Bnow%2Fd%7D-000001%3E', 200],
    ['Filebeat', 'GET', '/_index_template/filebeat-8.19.0', 200],
    ['Filebeat', 'GET', '/_data_stream/filebeat-8.19.0', 200],
    ['Filebeat', 'PUT', '/_data_stream/filebeat-8.19.0', 200],
    ['Filebeat', 'PUT', '/_ingest/pipeline/filebeat-8.19.0-x', 200],
    ['Filebeat', 'GET', '/_nodes/ingest', 200],
    ['rsyslog', 'GET', '/_cat/health', 200],
    ['whoever searches', 'GET', '/logs/_search', 404],
    ['whoever searches', 'POST', '/_search', 400],
    ['whoever deletes', 'DELETE', '/logs', 405],
  ])('%s: %s %s', async (_name, method, path, status) => {
    const { port } = await startCollector();
    const reply = await send(port, { method, path, ...(method === 'PUT' ? { body: '{}' } : {}) });
    expect(reply.status).toBe(status);
    expect(reply.headers['x-elastic-product']).toBe('Elasticsearch');
  });

  it('tells the version', async () => {
    const { port } = await startCollector();
    const { text } = await send(port, { method: 'GET', path: '/' });
    expect(JSON.parse(text)).toMatchObject({
      version: { number: expect.stringMatching(/^8\./), build_flavor: 'default' },
      tagline: 'You Know, for Search',
    });
  });
});
