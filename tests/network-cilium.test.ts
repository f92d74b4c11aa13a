import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { exposureOf } from '../src/engines/network/exposure/test-exposure.ts';
import { Network, unusedOf } from '../src/engines/network/index.ts';
import type { JsonObject } from '../src/kubernetes/json.ts';
import { asker, cnp, namespace, node, np, type PodFacts, pod, policy } from './network-cilium-world.ts';

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

test('exposure: whom entities mean among pods that are not there, and Envoy that serves Ingresses', () => {
  const object = (kind: string, name: string, spec: object, apiVersion = 'v1') =>
    ({ apiVersion, kind, metadata: { namespace: 'a', name }, spec }) as JsonObject;
  const rule = {
    http: {
      paths: [{ pathType: 'Prefix', path: '/', backend: { service: { name: 's', port: { number: 80 } } } }],
    },
  };
  const there = [
    pod('a/it', { labels: { app: 'it' } }),
    object('Service', 's', { selector: { app: 'it' }, ports: [{ port: 80 }] }),
    object('Ingress', 'i', { rules: [rule] }, 'networking.k8s.io/v1'),
  ];
  const open = (spec: object) => {
    const { internet, anyNamespace } = exposureOf([...there, spec as JsonObject]).workloads.get('it')!;
    return {
      internet: [internet.allowed.has('TCP', 80), internet.unknown.has('TCP', 80)],
      every: anyNamespace.allowed.has('TCP', 80),
    };
  };
  const from = (entity: string) =>
    open(cnp({ endpointSelector: {}, ingress: [{ fromEntities: [entity] }] }, 'a'));
  expect(from('cluster').every).toBe(true);
  expect(from('none')).toEqual({ internet: [false, false], every: false });
  expect(from('ingress').internet).toEqual([false, true]);
});

test('what changes nothing: a policy that denies by default does, and of what is not certain nothing is said', () => {
  const unused = (...policies: JsonObject[]) =>
    [...unusedOf(Network.of([...WORLD, ...policies]).model)].map(({ kind, path }) => [kind, path]);
  expect(unused(cnp({ endpointSelector: {}, ingress: [{}] }))).toEqual([]);
  const peer = (key: string) =>
    cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: [{ matchLabels: { [key]: '' } }] }] });
  expect(unused(peer('io.cilium.k8s.policy.cluster'))).toEqual([]);
  expect(unused(peer('nobody'))).toEqual([['peer-matches-nothing', 'spec.ingress[0].fromEndpoints[0]']]);
});
