import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../kubernetes/json.ts';
import type { ResourceList, SnapshotEvent } from './snapshot.ts';
import { evidenceOf } from './snapshot-evidence.ts';

const JOBS: ResourceList = { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', namespaced: true };
const PODS: ResourceList = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true };
const CONTROLLER = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'x', uid: 'x', controller: true }];

function job(name: string, conditions: unknown, owned = false): JsonObject {
  const metadata = { name, namespace: 'shop', ...(owned ? { ownerReferences: CONTROLLER } : {}) };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata, status: { conditions } } as JsonObject;
}

function pod(name: string, phase: string, owned: boolean): JsonObject {
  const metadata = { name, namespace: 'shop', ...(owned ? { ownerReferences: CONTROLLER } : {}) };
  return { apiVersion: 'v1', kind: 'Pod', metadata, status: { phase } };
}

async function judged(list: ResourceList, ...items: JsonObject[]): Promise<string[]> {
  const events: SnapshotEvent[] = [
    { type: 'source', source: { kind: 'cluster' } as never },
    { type: 'page', list, items },
  ];
  const { objects, passedOver } = await evidenceOf(
    (async function* () {
      yield* events;
    })(),
  );
  expect(passedOver).toContain('Job, Pod[ended]');
  return objects.map(({ name }) => name);
}

describe('leaves out', () => {
  test('Jobs that are complete or have failed, whoever made them', async () => {
    expect(
      await judged(
        JOBS,
        job('complete', [
          { type: 'SuccessCriteriaMet', status: 'True' },
          { type: 'Complete', status: 'True' },
        ]),
        job('failed', [{ type: 'Failed', status: 'True' }]),
        job('owned', [{ type: 'Complete', status: 'True' }], true),
      ),
    ).toEqual([]);
  });

  test('no Job that runs, waits, is about to fail or says nothing', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const conditions = [
      undefined,
      [{ type: 'Suspended', status: 'True' }],
      [{ type: 'FailureTarget', status: 'True' }],
      [{ type: 'Complete', status: 'False' }],
      'odd',
    ];
    expect(await judged(JOBS, ...names.map((name, index) => job(name, conditions[index])))).toEqual(names);
  });

  test('pods that a controller keeps for its record', async () => {
    expect(
      await judged(
        PODS,
        pod('failed', 'Failed', true),
        pod('mine', 'Succeeded', false),
        pod('runs', 'Running', true),
        pod('succeeded', 'Succeeded', true),
      ),
    ).toEqual(['mine', 'runs']);
  });
});
