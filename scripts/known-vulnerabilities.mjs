/**
 * Brings the date of src/kubernetes/known-vulnerabilities.json forward: `node scripts/known-vulnerabilities.mjs VULNDB`, a git
 * checkout of golang/vulndb. The table is written by hand from the announcements (issues of kubernetes/kubernetes), because
 * only they name the program and the rating; the script says which vulnerabilities of module k8s.io/kubernetes it lacks, or
 * fixes of which it has otherwise, and sets `until` to the date of the checkout once there are none.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULE = 'k8s.io/kubernetes';

/** What golang/vulndb lists and the table leaves out on purpose. */
const LEFT_OUT = {
  'CVE-2021-25736': 'kube-proxy of Windows nodes, whose version no API tells',
  'CVE-2021-25743': 'kubectl, which runs elsewhere',
  'CVE-2024-0793': 'no vulnerability announced by Kubernetes',
};

const file = join(dirname(fileURLToPath(import.meta.url)), '../src/kubernetes/known-vulnerabilities.json');
const [vulndb] = process.argv.slice(2);
if (vulndb === undefined) {
  process.stderr.write('usage: node scripts/known-vulnerabilities.mjs VULNDB\n');
  process.exit(3);
}

function git(...args) {
  return execFileSync('git', ['-C', vulndb, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
}

const text = readFileSync(file, 'utf8');
const table = JSON.parse(text);
const known = new Map(table.vulnerabilities.map((entry) => [entry.id, entry]));
const firstYear = Number(table.since.slice(0, 4));
const problems = [];

const reports = git('grep', '-l', '-F', `"name": "${MODULE}"`, 'HEAD', '--', 'data/osv').trim().split('\n');
for (const name of reports) {
  const report = JSON.parse(git('show', name));
  const id = report.aliases?.find((alias) => alias.startsWith('CVE-'));
  if (id === undefined || report.withdrawn !== undefined || LEFT_OUT[id] !== undefined) continue;
  if (Number(id.split('-')[1]) < firstYear) continue;
  const fixed = report.affected
    .filter((each) => each.package.name === MODULE)
    .flatMap((each) => each.ranges.flatMap(({ events }) => events.flatMap((event) => event.fixed ?? [])));
  // What no version fixes is a matter of configuration, of which other checks speak.
  if (fixed.length === 0) continue;
  const own = known.get(id)?.ranges.map(([, version]) => version);
  if (own === undefined) problems.push(`${id} is missing: ${report.summary}`);
  else if ([...own].sort().join() !== fixed.sort().join())
    problems.push(`${id}: fixed in ${own.join(', ')} here, in ${fixed.join(', ')} there`);
}

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}
const until = git('log', '-1', '--format=%cI').slice(0, 10);
writeFileSync(file, text.replace(/"until": "[0-9-]+"/, `"until": "${until}"`));
process.stdout.write(`${known.size} vulnerabilities, complete until ${until}\n`);
