import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Gap } from '../../kubernetes/gaps.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { ResourceList, Snapshot, SnapshotEvent } from '../snapshot.ts';
import type { BundleIndex } from './format.ts';
import { type WriteOptions, writeBundle } from './write-bundle.ts';

export const SOURCE: SnapshotEvent = {
  type: 'source',
  source: {
    kind: 'cluster',
    context: 'shop',
    server: 'https://192.0.2.1:6443',
    collectedAt: '2026-11-23T11:00:00Z',
  },
};

export const PODS: ResourceList = {
  group: '',
  version: 'v1',
  resource: 'pods',
  kind: 'Pod',
  namespaced: true,
};
export const SECRETS: ResourceList = { ...PODS, resource: 'secrets', kind: 'Secret' };

export function pod(name: string, more: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, ...more };
}

/** What every kind of event looks like. */
export function someEvents(): SnapshotEvent[] {
  const gap: Gap = { group: 'apps', resource: 'deployments', kind: 'Deployment', reason: 'forbidden' };
  return [
    SOURCE,
    { type: 'page', list: PODS, items: [pod('a'), pod('b', { spec: { nodeName: '节点' } })] },
    { type: 'page', list: PODS, items: [pod('c')] },
    { type: 'listed', list: PODS, resourceVersion: '4711' },
    { type: 'gap', gap },
    {
      type: 'facts',
      facts: { apiVersion: 'kubestride.evidence/v1', kind: 'ClusterFacts', metadata: { name: 'cluster' } },
    },
    {
      type: 'file',
      node: 'node-1',
      path: '/etc/kubernetes/manifests/kube-apiserver.yaml',
      content: new TextEncoder().encode('apiVersion: v1\nkind: Pod\n'),
    },
  ];
}

export async function* snapshotOf(events: readonly SnapshotEvent[]): Snapshot {
  yield* events;
}

/** A folder for one test, removed after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubestride-bundle-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export interface Written {
  readonly bytes: Buffer;
  readonly index: BundleIndex;
}

export async function bundleOf(
  events: readonly SnapshotEvent[],
  options: Partial<WriteOptions> = {},
): Promise<Written> {
  const pieces: Buffer[] = [];
  const index = await writeBundle(
    [snapshotOf(events)],
    { write: (bytes) => void pieces.push(Buffer.from(bytes)) },
    { tool: { name: 'kubestride', version: '0.0.0' }, temporary: tmpdir(), ...options },
  );
  return { bytes: Buffer.concat(pieces), index };
}

export async function collected(snapshot: Snapshot): Promise<SnapshotEvent[]> {
  const events: SnapshotEvent[] = [];
  for await (const event of snapshot) events.push(event);
  return events;
}
