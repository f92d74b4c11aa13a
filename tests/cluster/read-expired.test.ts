import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiClient, ApiError, type ApiRequest } from '../../src/evidence/cluster/client.ts';
import { connect } from '../../src/evidence/cluster/connection/connect.ts';
import { listPages } from '../../src/evidence/cluster/list.ts';
import type { ResourceList } from '../../src/evidence/snapshot.ts';
import { asObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { type OwnControlPlane, startControlPlane } from '../../testbed/control-plane.ts';
import { describeWithCluster, eventually } from './cluster.ts';

const PATH = '/api/v1/namespaces/default/configmaps';
const CONFIG_MAPS: ResourceList = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const COUNT = 25;

let plane: OwnControlPlane;
let client: ApiClient;
let written = 0;

/** Asks for the second page only when the server has forgotten the moment of the first one. */
function late(): ApiClient {
  let isLate = false;
  return {
    server: client.server,
    context: client.context,
    namespace: client.namespace,
    send: (request) => client.send(request),
    close: () => {},
    async getJson(request, options) {
      if (request.query?.['continue'] !== undefined && !isLate) {
        isLate = true;
        await eventually(async () => {
          // etcd forgets what was before a change, and only the state from before the last time that it looked.
          const name = `while-listing-${written++}`;
          await plane.expect('POST', PATH, { metadata: { name } });
          return (await statusOf(request)) === 410;
        }, 60);
      }
      return client.getJson(request, options);
    },
  };
}

async function statusOf(request: ApiRequest): Promise<number> {
  try {
    await client.getJson(request);
    return 200;
  } catch (error) {
    return error instanceof ApiError ? error.status : 0;
  }
}

describeWithCluster('a list that changes while it is read, on a server that forgets soon', () => {
  beforeAll(async () => {
    plane = await startControlPlane({
      without: ['kcm', 'scheduler', 'kwok'],
      apiServerFlags: ['--etcd-compaction-interval=1s'],
    });
    client = await connect({ kubeconfig: plane.kubeconfig, env: {}, cwd: plane.folder });
    for (let index = 0; index < COUNT; index++) {
      await plane.expect('POST', PATH, { metadata: { name: `always-there-${10 + index}` } });
    }
  });
  afterAll(async () => {
    client?.close();
    await plane?.stop();
  });

  it.each([
    [false, 0],
    [true, 1],
  ])('shows all that was there all the time (consistent: %s)', async (consistent, restarts) => {
    const steps: string[] = [];
    const seen: string[] = [];
    for await (const step of listPages(late(), CONFIG_MAPS, {
      namespace: 'default',
      pageSize: 10,
      consistent,
    })) {
      steps.push(step.type);
      if (step.type === 'restart') seen.length = 0;
      if (step.type === 'page') seen.push(...step.items.map(nameOf));
    }
    expect(steps.filter((step) => step === 'restart')).toHaveLength(restarts);
    expect(steps.at(-1)).toBe('listed');
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen.filter((name) => name.startsWith('always-there-'))).toHaveLength(COUNT);
    // The later pages are of a later moment, in which there is more.
    expect(seen.some((name) => name.startsWith('while-listing-'))).toBe(true);
  });
}, []);

function nameOf(object: JsonObject): string {
  return String(asObject(object['metadata'])?.['name']);
}
