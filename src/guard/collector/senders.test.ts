import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { issueFrom, makePki } from '../../../testbed/pki.ts';
import { bytesField, varintField } from './otlp/protobuf.ts';
import { auditEvent, eventList, send, startCollector, stopAll } from './test-collector.ts';

const folder = mkdtempSync(join(tmpdir(), 'collector-'));
const pki = join(folder, 'pki');
const path = (name: string): string => join(folder, name);
let ca = '';

beforeAll(async () => {
  makePki(pki);
  ca = (await import('node:fs')).readFileSync(join(pki, 'ca.crt'), 'utf8');
});
afterEach(stopAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function serve(name: string): { certificate: string; key: string } {
  const issued = issueFrom(pki, { commonName: name, usages: ['server'], hosts: ['127.0.0.1'] });
  writeFileSync(path('tls.crt'), issued.certificate);
  writeFileSync(path('tls.key'), issued.key);
  return { certificate: path('tls.crt'), key: path('tls.key') };
}

describe('TLS', () => {
  it('lets in who has a certificate of the authority, and nobody else', async () => {
    const tls = { ...serve('collector'), clientAuthority: join(pki, 'ca.crt') };
    const { port, store } = await startCollector({ tls });
    const body = eventList([auditEvent()]);
    const client = issueFrom(pki, { commonName: 'kube-apiserver', usages: ['client'] });
    const other = issueFrom(pki, { commonName: 'kube-apiserver', usages: ['client'] }, 'etcd-ca');
    await expect(send(port, { body, tls: { ca } })).rejects.toThrow();
    await expect(
      send(port, { body, tls: { ca, cert: other.certificate, key: other.key } }),
    ).rejects.toThrow();
    await expect(send(port, { body })).rejects.toThrow();
    expect(store.of('audit')).toEqual([]);
    const reply = await send(port, { body, tls: { ca, cert: client.certificate, key: client.key } });
    expect(reply.status).toBe(200);
    expect(store.of('audit')).toHaveLength(1);
  });

  it('takes new certificates in use, and keeps the old ones while new ones do not fit', async () => {
    const tls = serve('first');
    const { port } = await startCollector({ tls }, { reloadInterval: 20 });
    const { connect } = await import('node:tls');
    const name = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', ca }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.on('error', reject);
      });
    expect(await name()).toBe('first');
    writeFileSync(tls.key, 'no key');
    await sleep(100);
    expect(await name()).toBe('first');
    serve('second');
    await sleep(100);
    expect(await name()).toBe('second');
  });
});

describe('tokens', () => {
  it('are asked for, by whichever scheme a sender knows', async () => {
    writeFileSync(path('tokens'), 'one-token\n\nother-token\n');
    const { port } = await startCollector({ tokenFile: path('tokens') });
    const ask = async (authorization?: string): Promise<number> =>
      (
        await send(port, {
          method: 'GET',
          path: '/',
          headers: authorization === undefined ? {} : { authorization },
        })
      ).status;
    expect(await ask()).toBe(401);
    for (const wrong of ['Bearer', 'Bearer x', 'Bearer one-tokenx', 'Basic one-token', 'one-token']) {
      expect([wrong, await ask(wrong)]).toEqual([wrong, 401]);
    }
    const basic = `Basic ${Buffer.from('user:other-token').toString('base64')}`;
    for (const right of ['Bearer one-token', 'ApiKey other-token', basic]) {
      expect([right, await ask(right)]).toEqual([right, 200]);
    }
    expect((await send(port, { body: eventList([auditEvent()]) })).status).toBe(401);
    expect((await send(port, { method: 'GET', path: '/metrics' })).status).toBe(401);
    expect((await send(port, { method: 'GET', path: '/readyz' })).status).toBe(200);
  });
});

describe('OTLP', () => {
  const text = (value: string): Buffer => bytesField(1, Buffer.from(value));
  const attribute = (key: string, value: string): Buffer =>
    Buffer.concat([text(key), bytesField(2, text(value))]);
  const time = Buffer.alloc(9);
  time[0] = (1 << 3) | 1;
  time.writeBigUInt64LE(1_700_000_000_000_001_000n, 1);

  /** Field numbers of opentelemetry-proto: logs.proto, common.proto, resource.proto. */
  const request = (body: string, [resource, container] = ['k8s.pod.name', 'k8s.container.name']): Buffer =>
    bytesField(
      1,
      Buffer.concat([
        bytesField(1, bytesField(1, attribute(resource!, 'web-1'))),
        bytesField(
          2,
          bytesField(
            2,
            Buffer.concat([
              time,
              varintField(2, 9),
              bytesField(5, text(body)),
              bytesField(6, attribute(container!, 'app')),
            ]),
          ),
        ),
      ]),
    );
  const json = (body: unknown): string =>
    JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'k8s.pod.name', value: { stringValue: 'web-1' } }] },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: '1700000000000001000',
                  severityNumber: 9,
                  body,
                  attributes: [{ key: 'k8s.container.name', value: { stringValue: 'app' } }],
                },
              ],
            },
          ],
        },
      ],
    });
  const post = (port: number, type: string, body: string | Uint8Array) =>
    send(port, { path: '/v1/logs', headers: { 'Content-Type': type }, body });

  it.each([
    ['application/x-protobuf', request('hello'), ''],
    ['application/json; charset=utf-8', json({ stringValue: 'hello' }), '{}'],
  ])('reads %s', async (type, body, answer) => {
    const { port, store } = await startCollector();
    for (let sent = 0; sent < 2; sent++) {
      const reply = await post(port, type, body);
      expect([reply.status, reply.text]).toEqual([200, answer]);
    }
    expect([...store.records.values()].filter(({ source }) => source === 'log')).toMatchObject([
      { time: 1_700_000_000_000_001, pod: 'web-1', container: 'app', message: 'hello', inlet: 'otlp' },
    ]);
  });

  it('finds audit events', async () => {
    const { port, store } = await startCollector();
    await post(
      port,
      'application/x-protobuf',
      request(JSON.stringify(auditEvent({ verb: 'patch' })), ['host.name', 'log.file.name']),
    );
    expect(store.of('audit')).toMatchObject([{ verb: 'patch' }]);
  });

  it('refuses what it cannot read, and asks to come again where it may', async () => {
    const { port, store } = await startCollector();
    for (let length = 1; length < request('x').length; length += 7) {
      const { status } = await post(port, 'application/x-protobuf', request('x').subarray(0, length));
      expect([200, 400]).toContain(status);
    }
    expect((await post(port, 'application/json', '{"resourceSpans":[]}')).status).toBe(400);
    expect((await post(port, 'text/plain', 'x')).status).toBe(415);
    store.failures = ['store-full'];
    const reply = await post(port, 'application/x-protobuf', request('again'));
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '3']);
  });
});
