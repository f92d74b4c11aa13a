import { asObject, type JsonObject } from '../../kubernetes/json.ts';
import { relevantKubeletConfiguration } from '../../kubernetes/kubelet-configuration.ts';
import { type ApiClient, ApiError } from './client.ts';
import { readText } from './connection/read-body.ts';
import { detailOf } from './failures.ts';

export interface KubeletConfigurations {
  /** Each configuration once, with the names of the nodes that have it. */
  readonly kubelets: JsonObject[];
  /** Entries for `spec.unseen`: each reason once. */
  readonly failed: JsonObject[];
}

const PARALLEL = 8;
const PATIENCE = 10_000;
const MAX_BYTES = 1 << 20;
/** After so many nodes without an answer, and none with one, the rest is not asked. */
const MAX_FAILURES = 16;
const NOT_ASKED = 'not asked, since no other kubelet answered';

/** Asks the kubelets for the configuration that they run with, one attempt each. Never fails. */
export async function readKubelets(
  client: ApiClient,
  nodes: readonly string[],
  signal: AbortSignal | undefined,
): Promise<KubeletConfigurations> {
  const configurations = new Map<string, { readonly nodes: string[]; readonly config: JsonObject }>();
  const failures = new Map<string, number>();
  const waiting = nodes.values();
  let failed = 0;
  const work = async () => {
    for (const node of waiting) {
      try {
        if (configurations.size === 0 && failed >= MAX_FAILURES) throw new Error(NOT_ASKED);
        const config = relevantKubeletConfiguration(await configurationOf(client, node, signal));
        const key = JSON.stringify(config);
        const known = configurations.get(key);
        if (known === undefined) configurations.set(key, { nodes: [node], config });
        else known.nodes.push(node);
      } catch (error) {
        signal?.throwIfAborted();
        failed++;
        const reason =
          error instanceof ApiError && [401, 403].includes(error.status) ? 'forbidden' : 'unavailable';
        const key = JSON.stringify([reason, detailOf(error)]);
        failures.set(key, (failures.get(key) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  const kubelets = [...configurations.values()];
  for (const each of kubelets) each.nodes.sort();
  kubelets.sort((a, b) => ((a.nodes[0] ?? '') < (b.nodes[0] ?? '') ? -1 : 1));
  return {
    kubelets: kubelets.map(({ nodes, config }) => ({ nodes, config })),
    failed: [...failures].map(([key, count]) => {
      const [reason, detail] = JSON.parse(key) as [string, string];
      return { fact: 'kubelets', reason, detail: `${count} × ${detail}` };
    }),
  };
}

async function configurationOf(
  client: ApiClient,
  node: string,
  signal: AbortSignal | undefined,
): Promise<JsonObject> {
  const { status, body } = await client.send({
    path: `/api/v1/nodes/${encodeURIComponent(node)}/proxy/configz`,
    idleTimeout: PATIENCE,
    ...(signal === undefined ? {} : { signal }),
  });
  const answer = await readText(body, MAX_BYTES);
  if (status !== 200) throw new ApiError(status, '', `status ${status}`);
  const configuration = asObject(asObject(JSON.parse(answer))?.['kubeletconfig']);
  if (configuration === undefined) throw new Error('the answer holds no kubeletconfig');
  return configuration;
}
