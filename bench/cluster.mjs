/**
 * `node bench/cluster.mjs [--runs N] [--lists-only]`: times reading a real API server with 10,000 running pods and 50,000 objects in all, beside
 * `kubectl get` of the same lists, and prints a table. The first run makes the cluster (testbed/, about three minutes and
 * Go); its data stay in the cache for the next.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundled } from './bundled.mjs';
import { makeFixture, NODES, PODS } from './cluster-fixture.mjs';
import { option, print, printMachine } from './measure.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = process.env.KUBESTRIDE_CACHE ?? join(homedir(), '.cache', 'kubestride');
const folder = join(cache, 'bench-cluster');
const complete = join(folder, '.complete');
const say = (line) => process.stderr.write(`${line}\n`);
const runs = Number(option('--runs') ?? '5');

if (!existsSync('/usr/bin/time')) {
  say('bench: needs GNU time at /usr/bin/time (Debian package "time").');
  process.exit(3);
}

/** Reads the cluster as a scan does, and keeps of it what a scan keeps. */
const LISTING = `
import { connect } from './src/evidence/cluster/connection/connect.ts';
import { readCluster } from './src/evidence/cluster/read-cluster.ts';
import { prune } from './src/evidence/prune.ts';
const client = await connect({ kubeconfig: process.argv[2], env: {}, cwd: process.cwd() });
const kept = [];
let objects = 0;
for await (const event of readCluster(client, { collectedAt: new Date().toISOString() })) {
  if (event.type === 'gap' && event.gap.reason !== 'not-asked') throw new Error(JSON.stringify(event.gap));
  if (event.type === 'page') for (const item of event.items) { objects++; kept.push(prune(item)); }
}
client.close();
console.log(objects);
`;

const NEEDED = `
export { discover } from './src/evidence/cluster/discovery.ts';
export { chooseListings } from './src/evidence/cluster/listings.ts';
export { connect } from './src/evidence/cluster/connection/connect.ts';
`;

const { startControlPlane } = await import(
  pathToFileURL(await bundled('testbed', "export * from './testbed/control-plane.ts'")).href
);
mkdirSync(folder, { recursive: true });
// Without controllers nothing changes while it is measured.
const plane = await startControlPlane({
  testbed: join(root, 'testbed'),
  folder,
  nodes: NODES,
  podsPerNode: PODS,
  without: ['kcm', 'scheduler'],
});
try {
  if (!existsSync(complete)) {
    say('making the cluster …');
    say(`${await makeFixture(plane.expect, say)} objects are made; waiting for the pods to run …`);
    for (;;) {
      const running = await plane.expect(
        'GET',
        '/api/v1/pods?resourceVersion=0&limit=1&fieldSelector=status.phase%21%3DRunning',
      );
      if (running.items.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    writeFileSync(complete, '');
  }
  await measureAll();
} finally {
  await plane.stop({ keep: true });
}

async function measureAll() {
  const kubectl = join(plane.programs, 'kubectl');
  const lists = await listsOf();
  printMachine(`medians of ${runs} runs`);
  print('command', 'wall s', 'CPU s', 'peak MiB', 'CPU s of the API server', 'output');
  print('---', '---:', '---:', '---:', '---:', '---');
  const listing = await bundled('listing', LISTING);
  await row('KubeStride, lists only', [process.execPath, listing, plane.kubeconfig]);
  if (process.argv.includes('--lists-only')) return;
  const scan = [
    process.execPath,
    join(root, 'bin/kubestride.js'),
    'scan',
    '--cluster',
    '--kubeconfig',
    plane.kubeconfig,
  ];
  await row('kubestride scan --cluster', scan);
  await row('kubestride scan --cluster -o json', [...scan, '-o', 'json']);
  const get = [kubectl, '--kubeconfig', plane.kubeconfig, 'get', lists, '-A', '-o', 'json'];
  await row('kubectl get -A -o json', get);
}

/** The lists that KubeStride asks this server for, in kubectl's spelling. */
async function listsOf() {
  const { discover, chooseListings, connect } = await import(
    pathToFileURL(await bundled('needs', NEEDED)).href
  );
  const client = await connect({ kubeconfig: plane.kubeconfig, env: {}, cwd: root });
  const { listings } = chooseListings(await discover(client, new Set()), { secrets: false });
  client.close();
  return listings
    .map(({ list: { group, version, resource } }) =>
      group === '' ? resource : `${resource}.${version}.${group}`,
    )
    .join(',');
}

/** Seconds of CPU that the API server has used. */
function serverSeconds() {
  const fields = readFileSync(`/proc/${plane.pids.apiserver}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function row(name, command) {
  const results = [];
  for (let i = 0; i < runs; i++) results.push(await once(command));
  const median = (field) =>
    results.map((result) => result[field]).sort((a, b) => a - b)[Math.floor(runs / 2)];
  const { bytes, start } = results[0];
  print(
    name,
    median('wall').toFixed(2),
    median('cpu').toFixed(2),
    median('mib').toFixed(0),
    median('server').toFixed(2),
    bytes < 100 ? `${start} objects` : `${(bytes / 2 ** 20).toFixed(2)} MiB`,
  );
}

/** One run of a whole process: wall and CPU seconds and peak MiB, as the kernel accounts them. */
function once(command) {
  return new Promise((resolve, reject) => {
    const before = serverSeconds();
    const child = spawn('/usr/bin/time', ['-f', '%U %S %e %M', '--', ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let bytes = 0;
    let start = '';
    let tail = '';
    child.stdout.on('data', (chunk) => {
      if (bytes < 100) start += String(chunk).slice(0, 100).trim();
      bytes += chunk.length;
    });
    child.stderr.on('data', (chunk) => {
      tail = (tail + chunk).slice(-4096);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const usage = /([\d.]+) ([\d.]+) ([\d.]+) (\d+)\s*$/.exec(tail);
      if (usage === null || code > 2) return reject(new Error(`${command.join(' ')}: exit ${code}\n${tail}`));
      const [user, system, wall, kib] = usage.slice(1).map(Number);
      resolve({ cpu: user + system, wall, mib: kib / 1024, server: serverSeconds() - before, bytes, start });
    });
  });
}
