import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readBundle, writeBundle } from '../../src/evidence/bundle/index.ts';
import { connect } from '../../src/evidence/cluster/connection/connect.ts';
import { readCluster } from '../../src/evidence/cluster/read-cluster.ts';
import { collectNode } from '../../src/evidence/node/index.ts';
import type { Snapshot, SnapshotEvent } from '../../src/evidence/snapshot.ts';
import { evidenceOf } from '../../src/evidence/snapshot-evidence.ts';
import { Cluster } from '../../src/kubernetes/cluster.ts';
import { cluster, describeWithCluster, freshNamespace } from './cluster.ts';

const collectedAt = '2026-11-23T12:00:00Z';

async function* replay(events: readonly SnapshotEvent[]): Snapshot {
  yield* events;
}

async function* recorded(snapshot: Snapshot, events: SnapshotEvent[]): Snapshot {
  for await (const event of snapshot) {
    events.push(event);
    yield event;
  }
}

async function write(path: string, snapshot: Snapshot): Promise<void> {
  const pieces: Buffer[] = [];
  await writeBundle(
    [snapshot],
    { write: (bytes) => void pieces.push(Buffer.from(bytes)) },
    { tool: { name: 'kubestride', version: '0' }, temporary: tmpdir() },
  );
  writeFileSync(path, Buffer.concat(pieces));
}

describeWithCluster('a bundle', () => {
  it('of a real API server shows what the server showed, without values of Secrets', async () => {
    const namespace = await freshNamespace();
    const planted = 'planted-value-of-a-secret';
    const secret = {
      metadata: { name: 'planted', annotations: { copy: planted } },
      stringData: { password: planted },
    };
    await cluster().expect('POST', `/api/v1/namespaces/${namespace}/secrets`, secret);
    await cluster().expect('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'words' },
      data: { 'key.with.dots': '多\n字节\u2028', __proto__x: '1' },
    });
    const folder = mkdtempSync(join(tmpdir(), 'kubestride-collect-'));
    const path = join(folder, 'cluster.kse');
    const client = await connect({ kubeconfig: cluster().kubeconfig, env: {}, cwd: folder });
    try {
      const events: SnapshotEvent[] = [];
      await write(path, recorded(readCluster(client, { collectedAt, secrets: true }), events));
      const live = await evidenceOf(replay(events), { whole: true });
      const stored = await evidenceOf(readBundle(path), { whole: true });
      expect(live.objects.length).toBeGreaterThan(100);
      expect(stored.lists).toBe(live.lists);
      expect(stored.gaps).toEqual(live.gaps);
      expect(stored.objects.map(({ raw }) => raw)).toEqual(live.objects.map(({ raw }) => raw));
      expect(stored.objects.some(({ kind, name }) => kind === 'Secret' && name === 'planted')).toBe(true);
      const shown = JSON.stringify(stored.objects.map(({ raw }) => raw));
      for (const text of [planted, Buffer.from(planted).toString('base64')]) {
        expect(shown).not.toContain(text);
        expect(readFileSync(path).includes(text)).toBe(false);
      }
    } finally {
      client.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('of the machine shows the API server that runs on it, with its flags and certificates', async () => {
    const events: SnapshotEvent[] = [];
    for await (const event of collectNode({ root: '/', collectedAt, name: 'here' })) events.push(event);
    const { objects } = await evidenceOf(replay(events));
    const port = new URL(cluster().server).port;
    const servers = new Cluster(objects)
      .subjects('component')
      .filter(({ name }) => name === 'kube-apiserver');
    const own = servers.find((component) => component.flag('secure-port') === port);
    expect(own?.object.kind).toBe('NodeFacts');
    const certificate = own?.flag('tls-cert-file');
    const file = events.find((event) => event.type === 'file' && event.path === certificate);
    expect(file?.type === 'file' && Buffer.from(file.content).toString()).toBe(
      readFileSync(certificate ?? '', 'utf8'),
    );
    const shown = JSON.stringify(
      events.map((event) => (event.type === 'file' ? Buffer.from(event.content).toString() : event)),
    );
    expect(shown).not.toContain('PRIVATE KEY');
    const encryption = readFileSync(own?.flag('encryption-provider-config') ?? '', 'utf8');
    const keys = [...encryption.matchAll(/"?secret"?: ?"?([A-Za-z0-9+/=]{16,})/g)].map(([, key]) => key!);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(shown).not.toContain(key);
  });
}, []);
