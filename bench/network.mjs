/**
 * `npm run bench:network [-- --runs N]`: how fast the network engine loads 10,000 pods of 1,000 workloads with 2,000 policies, lists
 * all connections, and answers single questions.
 */
import { connectionsOf, explain, Network } from '../dist/engines/network.js';
import { median, option, print, printMachine, timed } from './measure.mjs';

const runs = Number(option('--runs') ?? 5);
const NAMESPACES = 50;
const WORKLOADS = 1000;
const REPLICAS = 10;
const POLICIES = 2000;
const QUESTIONS = 10_000;

/** A linear congruential generator (Numerical Recipes), so that every run asks about the same cluster. */
function generator(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

function makeObjects() {
  const random = generator(1);
  const objects = [];
  for (let i = 0; i < NAMESPACES; i++) {
    objects.push({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `ns-${i}`, labels: { team: `t${i % 10}` } },
    });
  }
  const owned = (kind, name, uid) => ({
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }],
  });
  for (let w = 0; w < WORKLOADS; w++) {
    const namespace = `ns-${w % NAMESPACES}`;
    const labels = { app: `app-${w}`, tier: ['web', 'api', 'db'][w % 3] };
    const spec = {
      containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: 8080 }] }],
    };
    const hashed = { ...labels, 'pod-template-hash': 'x' };
    objects.push(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `w-${w}`, namespace, uid: `d-${w}` },
        spec: { replicas: REPLICAS, template: { metadata: { labels }, spec } },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: `w-${w}-x`, namespace, uid: `r-${w}`, ...owned('Deployment', `w-${w}`, `d-${w}`) },
        spec: { replicas: REPLICAS, template: { metadata: { labels: hashed }, spec } },
      },
    );
    for (let p = 0; p < REPLICAS; p++) {
      objects.push({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: `w-${w}-x-${p}`,
          namespace,
          uid: `p-${w}-${p}`,
          labels: hashed,
          ...owned('ReplicaSet', `w-${w}-x`, `r-${w}`),
        },
        spec: { ...spec, nodeName: `node-${p}` },
        status: { podIP: `10.${w >> 8}.${w & 255}.${p}` },
      });
    }
  }
  for (let i = 0; i < POLICIES; i++) {
    const w = random(WORKLOADS);
    const peers = [
      { podSelector: { matchLabels: { app: `app-${random(20) * NAMESPACES + (w % NAMESPACES)}` } } },
      {
        namespaceSelector: { matchLabels: { team: `t${random(10)}` } },
        podSelector: { matchLabels: { tier: 'web' } },
      },
      { ipBlock: { cidr: `10.${random(200)}.0.0/16` } },
    ];
    const from = peers.slice(0, 1 + random(3));
    const ingress = [{ from, ports: [{ port: 'http' }, { port: 9000 + random(10) }] }];
    const egress = [{ to: peers }, { ports: [{ port: 53, protocol: 'UDP' }] }];
    objects.push({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `p-${i}`, namespace: `ns-${w % NAMESPACES}` },
      spec: {
        podSelector: { matchLabels: { app: `app-${w}` } },
        policyTypes: i % 2 === 0 ? ['Ingress', 'Egress'] : ['Ingress'],
        ingress,
        ...(i % 2 === 0 ? { egress } : {}),
      },
    });
  }
  return objects;
}

function row(what, asked, samples, show) {
  print(
    what,
    asked,
    show(median(samples.map(({ wall }) => wall))),
    show(median(samples.map(({ cpu }) => cpu))),
  );
}

const objects = makeObjects();
const loads = [];
const lists = [];
const queries = [];
let peak = 0;
for (let run = 0; run < runs; run++) {
  const load = timed(() => Network.of(objects, { isComplete: true }));
  loads.push(load);
  const network = load.result;
  lists.push(
    timed(() => {
      let count = 0;
      for (const _ of connectionsOf(network.model, network.groups, network.entries)) count++;
      return count;
    }),
  );
  const pods = [...network.pods.values()];
  const random = generator(run);
  queries.push(
    timed(() => {
      for (let i = 0; i < QUESTIONS; i++) {
        const [from, to] = [pods[random(pods.length)], pods[random(pods.length)]];
        explain(network.model, from, to, { protocol: 'TCP', port: 8080 });
      }
    }),
  );
  peak = Math.max(peak, process.memoryUsage().rss);
}

printMachine(`medians of ${runs} runs`);
print('what', 'asked', 'wall', 'CPU');
print('---', '---:', '---:', '---:');
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
row(`load ${objects.length.toLocaleString('en')} objects`, '', loads, seconds);
row(`all ${lists[0].result.toLocaleString('en')} connections`, '< 5 s with the load', lists, seconds);
row('one packet, with its argument', '< 1 ms', queries, (ms) => `${(ms / QUESTIONS).toFixed(3)} ms`);
print('memory, with the objects', '< 500 MiB', `${Math.round(peak / 2 ** 20)} MiB`, '');
