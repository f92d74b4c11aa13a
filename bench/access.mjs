/**
 * `npm run bench:access [-- --runs N] [-- --kubeconfig FILE]`: how fast the authorization engine loads 10,000 bindings of 2,000
 * roles, decides and says who can; with a cluster also beside the peers that answer this question, where they are on PATH.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  escalationGraphOf,
  escalations,
  groupsOf,
  RbacAuthorizer,
  RbacWorld,
} from '../dist/engines/authorization.js';
import { makeCluster } from './access/escalation.mjs';
import { makeObjects, makeRequests } from './access/world.mjs';
import { median, option, print, printMachine, timed } from './measure.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const runs = Number(option('--runs') ?? 7);
const kubeconfig = option('--kubeconfig');
const REQUESTS = 200_000;

/** The best run says what the engine needs where other work on the machine disturbs the rest. */
function row(what, asked, samples, show = (ms) => `${ms.toFixed(1)} ms`) {
  const walls = samples.map(({ wall }) => wall);
  const cpu = samples.map((sample) => sample.cpu);
  print(what, asked, show(median(walls)), show(median(cpu)), show(Math.min(...cpu)));
}

printMachine(`medians of ${runs} runs`);
print('what', 'asked', 'wall', 'CPU', 'CPU, best run');
print('---', '---:', '---:', '---:', '---:');

const objects = makeObjects({ roles: 2000, bindings: 10_000 });
const text = JSON.stringify(objects);
// The first run is of code that was never run before, as every command's is.
const loads = Array.from({ length: runs }, () =>
  timed(() => new RbacAuthorizer(RbacWorld.of(JSON.parse(text)))),
);
row(
  `load and index, first run (${(text.length / 2 ** 20).toFixed(1)} MiB of JSON)`,
  '< 300 ms',
  loads.slice(0, 1),
);
row('load and index', '< 300 ms', loads);

const authorizer = loads[0].result;
// As they come from a file of reviews: no string of them is one that the engine has seen.
const requests = JSON.parse(JSON.stringify(makeRequests(REQUESTS, groupsOf)));
let allowed = 0;
const decide = () => {
  allowed = 0;
  for (const request of requests) if (authorizer.authorize(request).decision === 'allow') allowed++;
};
const perSecond = (ms) => `${((REQUESTS / ms) * 1000).toLocaleString('en', { maximumFractionDigits: 0 })}/s`;
const many = REQUESTS.toLocaleString('en');
row(`${many} decisions, each of another request, for the first time`, '', [timed(decide)], perSecond);
const again = Array.from({ length: runs + 2 }, () => timed(decide)).slice(2);
row(`${many} decisions on the same requests again`, '> 2,000,000/s', again, perSecond);
// Few enough for the processor's caches, whatever else runs on the machine.
const FEW = 200;
const decideFew = () => {
  for (let i = 0; i < REQUESTS; i += FEW) {
    for (let j = 0; j < FEW; j++) authorizer.authorize(requests[j]);
  }
};
const over = Array.from({ length: runs + 2 }, () => timed(decideFew)).slice(2);
row(`${many} decisions on ${FEW} of them over and over`, '> 2,000,000/s', over, perSecond);
// What the machine gives at this moment: a decision takes nine such look-ups, most of them in smaller maps.
const names = new Map(requests.map(({ user }) => [user.name, user]));
let found = 0;
const lookUp = () => {
  for (const { user } of requests) if (names.get(user.name) !== undefined) found++;
};
const lookUps = Array.from({ length: runs + 2 }, () => timed(lookUp)).slice(2);
const size = names.size.toLocaleString('en');
row(`for comparison: one look-up of each request's user in a Map of ${size} names`, '', lookUps, perSecond);
if (found !== REQUESTS * (runs + 2)) throw new Error('a user is not among the users');

const QUESTIONS = [
  [
    'who can get secrets in a namespace',
    { verb: 'get', apiGroup: '', resource: 'secrets', namespace: 'namespace-7' },
  ],
  ['who can get secrets anywhere', { verb: 'get', apiGroup: '', resource: 'secrets', namespace: undefined }],
  ['who can delete nodes', { verb: 'delete', apiGroup: '', resource: 'nodes', namespace: '' }],
];
for (const [what, parts] of QUESTIONS) {
  const question = { isResourceRequest: true, subresource: '', name: '', path: '', ...parts };
  const samples = Array.from({ length: runs }, () => {
    const fresh = new RbacAuthorizer(RbacWorld.of(objects));
    fresh.whoCan({ ...question, verb: 'watch', resource: 'leases', apiGroup: 'coordination.k8s.io' });
    return timed(() => fresh.whoCan(question));
  });
  row(
    `${what}: ${samples[0].result.length.toLocaleString('en')} subjects, never asked before`,
    '< 5 ms',
    samples,
    (ms) => `${ms.toFixed(2)} ms`,
  );
}

const cluster = makeCluster({ subjects: 20_000, nodes: 1000, pods: 30_000 });
let subjects = 0;
let paths = 0;
const closures = [];
const shortest = [];
for (let run = 0; run < Math.min(runs, 5); run++) {
  let graph;
  closures.push(
    timed(() => {
      graph = escalationGraphOf(cluster, { isComplete: true, bootstrap: true });
      const closure = graph.closure();
      subjects = [...graph.subjects()].filter(({ at }) => closure.sizeOf(at) >= 0).length;
    }),
  );
  shortest.push(
    timed(() => {
      paths = escalations(graph).length;
    }),
  );
}
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
row(
  `whom each of ${subjects.toLocaleString('en')} subjects can become, from the objects on`,
  '< 5 s',
  closures,
  seconds,
);
row(
  `shortest paths of the ${paths.toLocaleString('en')} of them that come to a target`,
  '',
  shortest,
  seconds,
);
process.stdout.write(`\n${allowed.toLocaleString('en')} of the requests are allowed.\n`);

const folder = mkdtempSync(join(tmpdir(), 'kubestride-bench-'));
const file = join(folder, 'access.json');
writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
const question = ['get', 'secrets', '-n', 'namespace-7'];
const kubestride = [process.execPath, join(root, 'bin/kubestride.js'), 'access', 'who-can', ...question];
/** Whole processes. The peers read no files: they are asked, and KubeStride beside them, where a cluster is named. */
const commands = [['kubestride, a file of all objects', [...kubestride, file]]];
if (kubeconfig !== undefined) {
  commands.push(
    ['kubestride, the cluster', [...kubestride, '--cluster', '--kubeconfig', kubeconfig]],
    ['kubectl-who-can, the cluster', ['kubectl-who-can', ...question]],
    ['rbac-tool, the cluster', ['rbac-tool', 'who-can', 'get', 'secrets']],
  );
}
const onPath = (command) => spawnSync('sh', ['-c', 'command -v "$0"', command]).status === 0;
process.stdout.write('\n');
print('who-can as a command', 'wall s', 'exit');
print('---', '---:', '---:');
for (const [name, [program, ...words]] of commands) {
  if (!onPath(program)) continue;
  const env = kubeconfig === undefined ? process.env : { ...process.env, KUBECONFIG: kubeconfig };
  const samples = Array.from({ length: Math.min(runs, 5) }, () => {
    const start = performance.now();
    const { status } = spawnSync(program, words, { stdio: 'ignore', env });
    return { wall: performance.now() - start, status };
  });
  print(name, (median(samples.map(({ wall }) => wall)) / 1000).toFixed(2), samples[0].status);
}
const absent = ['kubectl-who-can', 'rbac-tool'].filter((program) => !onPath(program));
if (absent.length > 0) process.stdout.write(`\nNot on PATH, so not measured: ${absent.join(', ')}.\n`);
rmSync(folder, { recursive: true });
