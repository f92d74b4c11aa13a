import { type Agent, type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Refused } from '../../records/decoded.ts';
import { Collector } from './collector.ts';
import type { CollectorOptions, Limits } from './options.ts';
import { TestStore } from './test-store.ts';

export interface Running {
  readonly store: TestStore;
  readonly collector: Collector;
  readonly port: number;
  readonly quarantined: Refused[];
  readonly problems: unknown[];
}

const running: Collector[] = [];

/** A collector on a free port of this machine, stopped by `stopAll`. */
export async function startCollector(
  options: Partial<CollectorOptions> = {},
  limits: Partial<Limits> = {},
): Promise<Running> {
  const store = new TestStore();
  const quarantined: Refused[] = [];
  const problems: unknown[] = [];
  const collector = new Collector({
    store,
    quarantine: { add: (refused) => void quarantined.push(...refused) },
    cluster: 'test',
    listen: { host: '127.0.0.1', port: 0 },
    problem: (error) => problems.push(error),
    ...options,
    limits: { stopTimeout: 500, ...limits },
  });
  running.push(collector);
  const { port = 0 } = await collector.start();
  return { store: (options.store as TestStore | undefined) ?? store, collector, port, quarantined, problems };
}

export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((collector) => collector.stop()));
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly agent?: Agent;
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
}

export function send(port: number, sent: Sent): Promise<Reply> {
  const { method = 'POST', path = '/audit', headers = {}, body, agent, tls } = sent;
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      headers,
      ...(agent === undefined ? {} : { agent }),
    };
    const make =
      tls === undefined ? plainRequest(options) : secureRequest({ ...options, ...tls, agent: false });
    make.on('response', (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(pieces).toString('utf8'),
        }),
      );
      response.on('error', reject);
    });
    make.on('error', reject);
    make.end(body);
  });
}

let serial = 0;

/** An audit event as an API server writes it. */
export function auditEvent(
  fields: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  serial++;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/default/pods/web',
    verb: 'get',
    user: { username: 'alice', groups: ['system:authenticated'] },
    sourceIPs: ['10.0.0.1'],
    userAgent: 'kubectl/v1.37.2',
    objectRef: { resource: 'pods', namespace: 'default', name: 'web', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: '2026-11-23T10:00:00.000000Z',
    stageTimestamp: '2026-11-23T10:00:00.001000Z',
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    ...fields,
  };
}

export function eventList(items: readonly unknown[]): string {
  return JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items });
}
