/**
 * `npm run bench:network [-- --runs N] [-- --medium]`: how fast the network engine loads 10,000 pods of 1,000 workloads with 2,000
 * policies, lists all connections, and answers single questions; then the command as a whole beside netpol-analyzer, where that is
 * on PATH or in the cache of the project. On the medium corpus it takes minutes, and is asked for it with --medium only.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectionsOf, explain, Network } from '../dist/engines/network.js';
import { found, measure, median, option, print, printMachine, timed } from './measure.mjs';

const runs = Number(option('--runs') ?? 5);
const LARGE = { namespaces: 50, workloads: 1000, replicas: 10, policies: 2000 };
/** What the peer gets through in seconds; of workloads without their pods, as both read manifests. */
const OF_PEERS = { namespaces: 10, workloads: 100, replicas: 0, policies: 200 };
const QUESTIONS = 10_000;

/** A linear congruential generator (Numerical Recipes), so that every run asks about the same cluster. */
function generator(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

function makeObjects({ namespaces, workloads, replicas, policies }) {
  const random = generator(1);
  const objects = [];
  for (let i = 0; i < namespaces; i++) {
    objects.push({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `ns-${i}`, labels: { team: `t${i % 10}` } },
    });
  }
  const owned = (kind, name, uid) => ({
    ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }],
  });
  for (let w = 0; w < workloads; w++) {
    const namespace = `ns-${w % namespaces}`;
    const labels = { app: `app-${w}`, tier: ['web', 'api', 'db'][w % 3] };
    const spec = {
      containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: 8080 }] }],
    };
    const hashed = { ...labels, 'pod-template-hash': 'x' };
    objects.push({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `w-${w}`, namespace, uid: `d-${w}` },
      spec: { replicas, template: { metadata: { labels }, spec } },
    });
    if (replicas > 0)
      objects.push({
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: `w-${w}-x`, namespace, uid: `r-${w}`, ...owned('Deployment', `w-${w}`, `d-${w}`) },
        spec: { replicas, template: { metadata: { labels: hashed }, spec } },
      });
    for (let p = 0; p < replicas; p++) {
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
  for (let i = 0; i < policies; i++) {
    const w = random(workloads);
    const peers = [
      { podSelector: { matchLabels: { app: `app-${random(20) * namespaces + (w % namespaces)}` } } },
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
      metadata: { name: `p-${i}`, namespace: `ns-${w % namespaces}` },
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

const objects = makeObjects(LARGE);
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

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const corpora = join(root, '../shared/corpora');
const cache = process.env.KUBESTRIDE_CACHE ?? join(homedir(), '.cache', 'kubestride');
const peer = ['netpol-analyzer', join(cache, 'peers/netpol-analyzer')].find(found);

/** Both list all connections of a folder, in JSON; that of the peer beside ours, and our share of what it takes. */
async function beside(input, folder, withPeer) {
  const own = [process.execPath, join(root, 'bin/kubestride.js'), 'network', 'connections', folder];
  const ours = await measure([...own, '-o', 'json'], runs);
  const theirs =
    peer !== undefined && withPeer
      ? await measure([peer, 'list', '--dirpath', folder, '-o', 'json', '-q'], runs)
      : undefined;
  const cells = ({ cpu, wall, mib }) => [cpu.toFixed(2), wall.toFixed(2), Math.round(mib)];
  print(input, 'kubestride', ...cells(ours), ours.code, '');
  if (theirs === undefined) return;
  const ratio = ['cpu', 'wall', 'mib'].map((what) => (ours[what] / theirs[what]).toFixed(3)).join(', ');
  print(input, 'netpol-analyzer', ...cells(theirs), theirs.code, ratio);
}

if (!existsSync('/usr/bin/time')) {
  process.stdout.write('\nThe command was not measured: it needs GNU time at /usr/bin/time.\n');
} else {
  process.stdout.write('\n');
  print('input', 'command', 'CPU s', 'wall s', 'peak MiB', 'exit', 'ours of theirs: CPU, wall, memory');
  print('---', '---', '---:', '---:', '---:', '---:', '---');
  if (existsSync(corpora)) await beside('small corpus', join(corpora, 'small'), true);
  const folder = mkdtempSync(join(tmpdir(), 'kubestride-bench-network-'));
  const items = makeObjects(OF_PEERS);
  writeFileSync(join(folder, 'all.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await beside(`${OF_PEERS.workloads} workloads, ${OF_PEERS.policies} policies`, folder, true);
  rmSync(folder, { recursive: true });
  if (existsSync(corpora))
    await beside('medium corpus', join(corpora, 'medium'), process.argv.includes('--medium'));
  else process.stdout.write(`\n${corpora} is absent: the corpora were not measured.\n`);
  if (peer === undefined) {
    process.stdout.write(
      '\nnetpol-analyzer was not found, neither on PATH nor in the cache; ../shared/peers.md has it at 0.08 s and 34 MiB on small, 189 s and 595 MiB on medium.\n',
    );
  }
}
