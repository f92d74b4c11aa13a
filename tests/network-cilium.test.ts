import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Network } from '../src/engines/network/index.ts';
import type { JsonObject } from '../src/kubernetes/json.ts';
import { asker, namespace, node, np, type PodFacts, pod, policy } from './network-cilium-world.ts';

interface Example {
  readonly name: string;
  readonly pods?: readonly (PodFacts & { readonly name: string })[];
  /** What the policies refer to. */
  readonly objects?: readonly JsonObject[];
  readonly policies: readonly {
    readonly kind: string;
    readonly namespace?: string;
    readonly spec?: object;
  }[];
  /** `from > to PROTOCOL/port` and whether it passes: yes, no or unknown. */
  readonly packets: Readonly<Record<string, string>>;
}

/** The small cluster of the examples. */
const WORLD: readonly JsonObject[] = [
  namespace('ns1'),
  namespace('ns2', { team: 'a' }),
  namespace('kube-system'),
  node('near', '10.0.0.1'),
  node('far', '10.0.0.2'),
  pod('host', { hostNetwork: true, nodeName: 'near', ip: '10.0.0.1' }),
  pod('away', { hostNetwork: true, nodeName: 'far', ip: '10.0.0.2' }),
  ...Object.entries({
    backend: { role: 'backend' },
    frontend: { role: 'frontend' },
    victim: { role: 'victim' },
    restricted: { role: 'restricted' },
    crawler: { role: 'crawler' },
    public: { role: 'public' },
    dev: { env: 'dev' },
    prod: { env: 'prod' },
    'prod-frontend': { env: 'prod', role: 'frontend' },
    service: { app: 'service' },
    mine: { app: 'myService' },
    app2: { id: 'app2' },
    plain: {},
    alliance: { org: 'alliance' },
    strict: { 'cilium.example.com/policy': 'strict' },
  }).map(([name, labels]) => pod(name, { labels, nodeName: 'near', ip: '10.1.0.9' })),
  pod('ns1/leia', { labels: { name: 'leia' }, serviceAccountName: 'leia', nodeName: 'near' }),
  pod('ns1/luke', { labels: { name: 'luke' }, serviceAccountName: 'luke', nodeName: 'near' }),
  pod('ns2/luke', { labels: { name: 'luke' }, serviceAccountName: 'luke', nodeName: 'near' }),
  pod('ns2/vader', { labels: { name: 'vader' }, nodeName: 'near' }),
  pod('ns2/frontend', { labels: { role: 'frontend' }, nodeName: 'near' }),
  pod('ns2/strict', { labels: { 'cilium.example.com/policy': 'strict' } }),
  pod('kube-system/kube-dns', { labels: { 'k8s-app': 'kube-dns' }, nodeName: 'near' }),
];

const groups: Readonly<Record<string, readonly Example[]>> = parse(
  readFileSync(new URL('network-cilium-examples.yaml', import.meta.url), 'utf8'),
);

/** What stands in the file, and what the documentation says of it. */
describe.each(Object.entries(groups))('%s', (_, examples) => {
  test.each(examples)('$name', ({ pods = [], objects: others = [], policies, packets }) => {
    const objects = [
      ...WORLD,
      ...others,
      ...pods.map(({ name, ...facts }) => pod(name, facts)),
      ...policies.map(({ kind, namespace: where = 'default', ...rest }) => {
        if (kind === 'NetworkPolicy') return np(rest.spec!, where);
        const isOfCluster = kind === 'CiliumClusterwideNetworkPolicy';
        return policy(kind, { name: 'p', ...(isOfCluster ? {} : { namespace: where }) }, rest);
      }),
    ];
    expect(Network.of(objects).problems).toEqual([]);
    const ask = asker(objects);
    const answers = Object.keys(packets).map((question) => [question, ask(question)]);
    expect(Object.fromEntries(answers)).toEqual(packets);
  });
});
