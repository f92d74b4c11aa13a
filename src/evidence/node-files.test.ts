import { expect, test } from 'vitest';
import { EVIDENCE_API_VERSION } from '../kubernetes/object.ts';
import type { Snapshot } from './snapshot.ts';
import { evidenceOf } from './snapshot-evidence.ts';

const NOT_READ = [
  { path: '/etc/kubernetes/pki', reason: 'refused', detail: 'EACCES' },
  { path: '/etc/kubernetes/x.yaml', reason: 'not-understood' },
  { path: '/big', reason: 'too-large' },
];

async function* node(): Snapshot {
  yield { type: 'source', source: { kind: 'node', collectedAt: '2026-11-23T11:00:00Z' } };
  yield {
    type: 'facts',
    facts: {
      apiVersion: EVIDENCE_API_VERSION,
      kind: 'NodeFacts',
      metadata: { name: 'cp' },
      spec: { notRead: NOT_READ },
    },
  };
  const file = (path: string, text: string) =>
    ({ type: 'file', node: 'cp', path, content: new TextEncoder().encode(text) }) as const;
  yield file('/etc/kubernetes/pki/ca.crt', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');
  yield file('/etc/kubernetes/manifests/etcd.yaml', '\napiVersion: v1\nkind: Pod\nmetadata: {name: etcd}\n');
}

test('files of a node are read as manifests, certificates are not, and what could not be read is named', async () => {
  const { objects, unread, documents, isComplete } = await evidenceOf(node());
  expect(
    objects.map(({ kind, name, origin }) => `${kind} ${name} ${origin.file.path}:${origin.line}`),
  ).toEqual(['Pod etcd cp:/etc/kubernetes/manifests/etcd.yaml:1', 'NodeFacts cp NodeFacts/cp:0']);
  expect(unread).toEqual([
    { file: 'cp:/etc/kubernetes/pki', reason: 'unreadable-file', detail: 'EACCES' },
    { file: 'cp:/etc/kubernetes/x.yaml', reason: 'invalid-yaml', detail: 'not-understood' },
    { file: 'cp:/big', reason: 'too-large', detail: 'too-large' },
  ]);
  expect(documents).toBe(4);
  expect(isComplete).toBe(false);
});
