/**
 * `node bench/watch.mjs [--seconds N] [--rate N] [--replay]`: a real API server with 10,000 objects, of which so many a
 * second change, and beside it a process that watches everything that KubeStride needs, then `kubestride watch` itself.
 * Prints a table of their CPU and memory. With `--replay` the changes are not written into etcd (watch-replay.mjs), for
 * machines that have no CPU left for that. Needs Go, for testbed/, and a build.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundled } from './bundled.mjs';
import { option, print, printMachine } from './measure.mjs';
import { startReplay } from './watch-replay.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const seconds = Number(option('--seconds') ?? 60);
const rate = Number(option('--rate') ?? 500);
const PODS = 5000;
const CONFIG_MAPS = 5000;
const NAMESPACES = 20;
const WRITERS = 16;
const say = (line) => process.stderr.write(`${line}\n`);

/** Watches, keeps of the objects what a scan keeps, and says each second what it counted. */
const READER = `
import { connect } from './src/evidence/cluster/connection/connect.ts';
import { followCluster } from './src/evidence/cluster/watch/follow-cluster.ts';
import { prune } from './src/evidence/prune.ts';
const client = await connect({ kubeconfig: process.argv[2], env: {}, cwd: process.cwd() });
const kept = new Map();
const synced = new Set();
let lists = 0;
let events = 0;
setInterval(() => {
  console.log(JSON.stringify({ events, objects: kept.size, isSynced: lists > 0 && synced.size === lists }));
}, 1000);
const nameOf = (list, { namespace = '', name }) => [list.group, list.resource, namespace, name].join('/');
for await (const batch of followCluster(client, { keep: prune })) {
  for (const event of batch) {
    if (event.type === 'lists') lists = event.lists.length;
    else if (event.type === 'synced') synced.add(event.list);
    else if (event.type === 'set') { events++; kept.set(nameOf(event.list, event.object.metadata), event.object); }
    else if (event.type === 'removed') { events++; kept.delete(nameOf(event.list, event.object)); }
    else throw new Error(JSON.stringify(event));
  }
}
`;

const { startControlPlane } = await import(
  pathToFileURL(await bundled('testbed', "export * from './testbed/control-plane.ts'")).href
);
// Whoever else would change objects, or take CPU, is left out.
const plane = await startControlPlane({
  testbed: join(root, 'testbed'),
  without: ['kcm', 'scheduler', 'kwok'],
  apiServerFlags: ['--max-mutating-requests-inflight=400'],
});
try {
  await makeObjects();
  printMachine(`${PODS + CONFIG_MAPS} objects, ${seconds} s each`);
  print(
    'what',
    'changes/s made',
    'events/s read',
    'cores',
    'MiB before',
    'MiB after',
    'peak MiB',
    'start: CPU s',
  );
  print('---', '---:', '---:', '---:', '---:', '---:', '---:', '---:');
  const replay = process.argv.includes('--replay') ? await startReplay(plane) : undefined;
  const kubeconfig = replay === undefined ? plane.kubeconfig : kubeconfigOf(replay.url);
  await row('informers', [await bundled('reader', READER), kubeconfig], replay, ({ events }) => events);
  const command = ['watch', '--kubeconfig', kubeconfig, '--fail-on', 'never', '-o', 'json'];
  await row('kubestride watch', [join(root, 'bin/kubestride.js'), ...command], replay);
  replay?.close();
} finally {
  await plane.stop();
}

/** Seconds of CPU and MiB of memory, now and at most, as the kernel accounts them. */
function usage(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, mib: mib('VmRSS'), peak: mib('VmHWM') };
}

/** @param eventsOf how many events a line of the process's output counts, where it counts them */
async function row(name, args, replay, eventsOf) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let line;
  createInterface({ input: child.stdout }).on('line', (text) => {
    line = JSON.parse(text);
  });
  const isReady = () => (eventsOf === undefined ? line !== undefined : line?.isSynced);
  do await pause(500);
  while (!isReady());
  const before = usage(child.pid);
  const eventsBefore = eventsOf?.(line);
  const start = performance.now();
  const made = await change(replay);
  // Until the last of it was read.
  await pause(2000);
  const after = usage(child.pid);
  const elapsed = (performance.now() - start) / 1000;
  const read = eventsOf === undefined ? undefined : eventsOf(line) - eventsBefore;
  print(
    name,
    (made / seconds).toFixed(0),
    read === undefined ? '–' : (read / seconds).toFixed(0),
    ((after.cpu - before.cpu) / elapsed).toFixed(2),
    before.mib.toFixed(0),
    after.mib.toFixed(0),
    after.peak.toFixed(0),
    before.cpu.toFixed(2),
  );
  if (read !== undefined && read !== made) throw new Error(`${made} changes made, ${read} read`);
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
}

function kubeconfigOf(server) {
  const path = join(plane.folder, 'replay.conf');
  const config = {
    'current-context': 'replay',
    contexts: [{ name: 'replay', context: { cluster: 'replay', user: 'replay' } }],
    clusters: [{ name: 'replay', cluster: { server } }],
    users: [{ name: 'replay', user: {} }],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** Changes pods and ConfigMaps in turn, as fast as was asked for; how many it were in the end. */
async function change(replay) {
  const end = performance.now() + seconds * 1000;
  const start = performance.now();
  let made = 0;
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (;;) {
        const number = made++;
        const due = start + (number * 1000) / rate;
        if (due >= end || performance.now() >= end) return void made--;
        if (due > performance.now()) await pause(due - performance.now());
        if (replay !== undefined) {
          replay.change(number);
          continue;
        }
        const metadata = { annotations: { turn: `${number}` } };
        await plane.expect(
          'PATCH',
          pathOf(number % (PODS + CONFIG_MAPS)),
          { metadata },
          {
            contentType: 'application/merge-patch+json',
          },
        );
      }
    }),
  );
  return made;
}

function pathOf(number) {
  const index = number >> 1;
  const [resource, name] = number % 2 === 0 ? ['pods', `pod-${index}`] : ['configmaps', `settings-${index}`];
  return `/api/v1/namespaces/team-${index % NAMESPACES}/${resource}/${name}`;
}

/** Pods of about 4 KB, and ConfigMaps of 1 KB. */
async function makeObjects() {
  for (let index = 0; index < NAMESPACES; index++) {
    await plane.expect('POST', '/api/v1/namespaces', { metadata: { name: `team-${index}` } });
    const account = { metadata: { name: 'default' } };
    await plane.expect('POST', `/api/v1/namespaces/team-${index}/serviceaccounts`, account);
  }
  let next = 0;
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (next < PODS + CONFIG_MAPS) {
        const number = next++;
        const path = pathOf(number);
        const name = path.slice(path.lastIndexOf('/') + 1);
        const object =
          number % 2 === 0 ? podOf(name) : { metadata: { name }, data: { config: 'x'.repeat(800) } };
        await plane.expect('POST', path.slice(0, path.lastIndexOf('/')), object);
        if (number % 2000 === 0) say(`${number} objects`);
      }
    }),
  );
}

function podOf(name) {
  const container = (index) => ({
    name: `c${index}`,
    image: `registry.example/team/app-${index}:1.2.3`,
    env: Array.from({ length: 12 }, (_, i) => ({ name: `SETTING_${i}`, value: `value-${i}` })),
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 5 },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  });
  return {
    metadata: { name, labels: { app: name, 'app.kubernetes.io/part-of': 'team' } },
    spec: { automountServiceAccountToken: false, containers: [container(0), container(1)] },
  };
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
