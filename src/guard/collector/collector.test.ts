import { Agent } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { KubeStrideError } from '../../kubernetes/errors.ts';
import { auditEvent, eventList, send, startCollector, stopAll } from './test-collector.ts';

afterEach(stopAll);

/** What a server writes until it hangs up. */
function talk(port: number, text: string, wait = 3_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (piece) => {
      answer += piece.toString('latin1');
    });
    const timer = setTimeout(() => socket.destroy(), wait);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

describe('the audit webhook', () => {
  it('answers when a batch is stored', async () => {
    const { port, store } = await startCollector();
    store.delay = 50;
    const reply = await send(port, { body: eventList([auditEvent(), auditEvent({ verb: 'delete' })]) });
    expect(reply.status).toBe(200);
    expect(store.of('audit').map(({ verb, cluster, inlet }) => [verb, cluster, inlet])).toEqual([
      ['get', 'test', 'webhook'],
      ['delete', 'test', 'webhook'],
    ]);
  });

  it('stores a batch once that is sent again', async () => {
    const { port, store } = await startCollector();
    const body = eventList([auditEvent(), auditEvent()]);
    await send(port, { body });
    expect((await send(port, { body })).status).toBe(200);
    expect(store.of('audit')).toHaveLength(2);
  });

  it('keeps the rest of a batch in which an event is broken', async () => {
    const { port, store, quarantined } = await startCollector();
    const body = eventList([
      auditEvent(),
      { kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Metadata' },
      auditEvent(),
    ]);
    expect((await send(port, { body })).status).toBe(200);
    expect(store.of('audit')).toHaveLength(2);
    expect(quarantined.map(({ reason }) => reason)).toEqual(['missing-fields']);
  });

  it('tells the sender where nothing is understood, and keeps it in quarantine', async () => {
    const { port, store, quarantined } = await startCollector();
    for (const body of [
      'no JSON',
      '{"kind":"Pod"}',
      '[1,2]',
      '{"kind":"EventList","items":[{"kind":"Pod"}]}',
    ]) {
      quarantined.length = 0;
      const reply = await send(port, { body });
      expect([body, reply.status]).toEqual([body, 400]);
      expect(JSON.parse(reply.text)).toMatchObject({ kind: 'Status', code: 400 });
      expect(quarantined.length).toBeGreaterThan(0);
    }
    expect(store.of('audit')).toEqual([]);
  });

  it('takes an empty list', async () => {
    const { port } = await startCollector();
    expect((await send(port, { body: eventList([]) })).status).toBe(200);
  });

  it('knows clusters by the path', async () => {
    const { port, store } = await startCollector({ clusters: ['east'] });
    expect((await send(port, { path: '/k8s-audit/east', body: eventList([auditEvent()]) })).status).toBe(200);
    expect((await send(port, { path: '/audit/west', body: eventList([auditEvent()]) })).status).toBe(404);
    expect(store.of('audit').map(({ cluster }) => cluster)).toEqual(['east']);
  });

  it('takes other methods for mistakes', async () => {
    const { port } = await startCollector();
    expect((await send(port, { method: 'GET' })).status).toBe(405);
  });
});

describe('back pressure', () => {
  it('asks to come again while the store has no room, and loses nothing', async () => {
    const { port, store } = await startCollector();
    store.failures = ['store-full', 'store-unusable'];
    const body = eventList([auditEvent()]);
    for (const text of ['no room', 'cannot be written']) {
      const reply = await send(port, { body });
      expect(reply.status).toBe(503);
      expect(reply.headers['retry-after']).toBe('3');
      expect(reply.text).toContain(text);
      expect((await send(port, { method: 'GET', path: '/readyz' })).status).toBe(503);
    }
    expect((await send(port, { body })).status).toBe(200);
    expect((await send(port, { method: 'GET', path: '/readyz' })).status).toBe(200);
    expect(store.of('audit')).toHaveLength(1);
  });

  it('refuses with 429 beyond what it holds at once, and takes it later', async () => {
    const { port, store } = await startCollector(
      {},
      { maxInflightBytes: 100_000, maxInflightBytesPerClient: 100_000 },
    );
    store.delay = 200;
    const bodies = Array.from({ length: 10 }, () =>
      eventList([auditEvent({ userAgent: 'x'.repeat(40_000) })]),
    );
    let refused = 0;
    await Promise.all(
      bodies.map(async (body) => {
        for (;;) {
          const reply = await send(port, { body });
          if (reply.status === 200) return;
          expect(reply.status).toBe(429);
          expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
          refused++;
          await sleep(50);
        }
      }),
    );
    expect(refused).toBeGreaterThan(0);
    expect(store.of('audit')).toHaveLength(10);
  });

  it('takes ten senders at once, all of which send everything twice', async () => {
    const { port, store } = await startCollector();
    const senders = Array.from({ length: 10 }, async (_, sender) => {
      const agent = new Agent({ keepAlive: true });
      for (let batch = 0; batch < 10; batch++) {
        const body = eventList(
          Array.from({ length: 20 }, () => auditEvent({ user: { username: `s${sender}` } })),
        );
        for (let time = 0; time < 2; time++) expect((await send(port, { body, agent })).status).toBe(200);
      }
      agent.destroy();
    });
    await Promise.all(senders);
    expect(store.of('audit')).toHaveLength(2_000);
  });

  it('stores nothing of a sender that is cut off in the middle', async () => {
    const { port, store } = await startCollector();
    const body = eventList([auditEvent(), auditEvent()]);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `POST /audit HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -10)}`,
    );
    await sleep(100);
    socket.destroy();
    await sleep(100);
    expect(store.of('audit')).toEqual([]);
    const { text } = await send(port, { method: 'GET', path: '/metrics' });
    expect(text).toContain('refused_requests_total{inlet="webhook",reason="aborted"} 1');
    expect(text).toContain('kubestride_collector_inflight_bytes 0');
  });

  it('answers what is under way when it is stopped', async () => {
    const { port, store, collector } = await startCollector();
    store.delay = 200;
    const reply = send(port, { body: eventList([auditEvent()]) });
    await sleep(50);
    await collector.stop();
    expect((await reply).status).toBe(200);
    expect(store.of('audit')).toHaveLength(1);
    expect(store.of('collector').map(({ verb }) => verb)).toEqual(['started', 'counted', 'stopped']);
    await expect(send(port, { body: eventList([auditEvent()]) })).rejects.toThrow();
  });
});

describe('bodies', () => {
  it('unpacks gzip and deflate', async () => {
    const { port, store } = await startCollector();
    const { deflateSync } = await import('node:zlib');
    for (const [encoding, pack] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
    ] as const) {
      const body = pack(eventList([auditEvent()]));
      const reply = await send(port, { body, headers: { 'Content-Encoding': encoding } });
      expect([encoding, reply.status]).toEqual([encoding, 200]);
    }
    expect(store.of('audit')).toHaveLength(2);
  });

  it('bounds what a packed body becomes', async () => {
    const { port, store } = await startCollector(
      {},
      { maxBodyBytes: 1_000_000, maxInflightBytes: 2_000_000 },
    );
    const bomb = gzipSync(Buffer.alloc(100_000_000, 0x20));
    expect(bomb.length).toBeLessThan(120_000);
    const before = process.memoryUsage().rss;
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => send(port, { body: bomb, headers: { 'Content-Encoding': 'gzip' } })),
    );
    for (const { status } of replies) expect([413, 429]).toContain(status);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
    expect(store.of('audit')).toEqual([]);
    const { text } = await send(port, { method: 'GET', path: '/metrics' });
    expect(text).toContain('kubestride_collector_inflight_bytes 0');
  });

  it('refuses what is too long, declared or not', async () => {
    const { port } = await startCollector({}, { maxBodyBytes: 1000 });
    const body = 'x'.repeat(5000);
    expect((await send(port, { body })).status).toBe(413);
    expect((await send(port, { body, headers: { 'Transfer-Encoding': 'chunked' } })).status).toBe(413);
  });

  it('refuses what does not unpack, and encodings that are not known', async () => {
    const { port } = await startCollector();
    const packed = gzipSync(eventList([auditEvent()]));
    const broken = [packed.subarray(0, 30), Buffer.from('no gzip at all')];
    for (const body of broken) {
      expect((await send(port, { body, headers: { 'Content-Encoding': 'gzip' } })).status).toBe(400);
    }
    for (const encoding of ['br', 'gzip, gzip', '__proto__', 'constructor']) {
      const reply = await send(port, { body: packed, headers: { 'Content-Encoding': encoding } });
      expect([encoding, reply.status]).toEqual([encoding, 415]);
      expect(reply.headers['accept-encoding']).toContain('gzip');
    }
  });
});

describe('hostile requests', () => {
  it('hangs up on slow headers and slow bodies', async () => {
    const { port, store } = await startCollector(
      {},
      { headersTimeout: 300, requestTimeout: 600, idleTimeout: 200 },
    );
    expect(await talk(port, 'POST /audit HTTP/1.1\r\nHost: x\r\n')).toContain('408');
    expect(await talk(port, 'POST /audit HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{')).toContain(
      '408',
    );
    expect(store.of('audit')).toEqual([]);
  });

  it.each([
    ['a path that climbs', 'GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['a zero byte', 'GET /%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['a broken escape', 'GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['another host', 'GET http://169.254.169.254/latest HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['a long path', `GET /${'a'.repeat(10_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
    ['a long header', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`],
    ['CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'],
    [
      'two lengths',
      'POST /audit HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a negative length', 'POST /audit HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0000\u00f4'],
    [
      'a prototype as an index',
      'PUT /__proto__ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    ],
    [
      'a prototype as a template',
      'GET /_index_template/__proto__ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ],
  ])('lives on after %s', async (_name, request) => {
    const { port, problems } = await startCollector();
    const answer = await talk(port, request, 500);
    expect(answer).not.toContain('500 Internal');
    expect((await send(port, { body: eventList([auditEvent()]) })).status).toBe(200);
    expect(problems).toEqual([]);
  });

  it('answers pipelined requests in their order', async () => {
    const { port, store } = await startCollector();
    const one = eventList([auditEvent()]);
    const request = (path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: ${one.length}\r\n\r\n${one}`;
    const last = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const probe = 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await talk(port, request('/audit') + probe + request('/audit') + last);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(
      ['200', '200', '200', '200'].map((code) => `HTTP/1.1 ${code}`),
    );
    expect(store.of('audit')).toHaveLength(1);
  });

  it('lets one client have no more connections than its share', async () => {
    const { port } = await startCollector({}, { maxConnectionsPerClient: 3 });
    const sockets = Array.from({ length: 10 }, () => connect(port, '127.0.0.1'));
    let closed = 0;
    for (const socket of sockets) socket.on('error', () => undefined).on('close', () => closed++);
    await sleep(200);
    expect(closed).toBe(7);
    for (const socket of sockets) socket.destroy();
    await sleep(50);
    expect((await send(port, { body: eventList([auditEvent()]) })).status).toBe(200);
  });

  it('nests deeper than any walk goes', async () => {
    const { port, store, quarantined } = await startCollector();
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(
      (await send(port, { body: `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${deep}]}` }))
        .status,
    ).toBe(400);
    const bulk = await send(port, { path: '/_bulk', body: `{"index":{"_index":"x"}}\n${deep}\n` });
    expect(bulk.status).toBe(200);
    expect(JSON.parse(bulk.text)).toMatchObject({ errors: true, items: [{ index: { status: 400 } }] });
    expect(quarantined.length).toBeGreaterThan(0);
    expect(store.messages).toEqual([]);
  });
});

describe('where it listens', () => {
  it('does not let events cross a network in plain text', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com']) {
      const error = await startCollector({ listen: { host, port: 0 } }).catch((each: unknown) => each);
      expect(error).toBeInstanceOf(KubeStrideError);
      expect((error as KubeStrideError).code).toBe('collector-plain');
    }
    const { port } = await startCollector({ listen: { host: '0.0.0.0', port: 0 }, allowPlain: true });
    expect((await send(port, { method: 'GET', path: '/healthz' })).status).toBe(200);
  });

  it('says which address is taken', async () => {
    const { port } = await startCollector();
    const error = await startCollector({ listen: { host: '127.0.0.1', port } }).catch(
      (each: unknown) => each,
    );
    expect(error).toMatchObject({ code: 'collector-address', params: { port, reason: 'EADDRINUSE' } });
  });
});
