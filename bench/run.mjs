/**
 * `npm run bench [-- --peers] [-- --runs N]`: times the built command as a whole process on real manifests and prints a
 * table in CPU seconds and peak memory (medians), with the peers that are on PATH in the same run where asked.
 * Needs ../shared/corpora beside the project; the large set is made from it outside of the repository.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { found, measure, option, print, printMachine } from './measure.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const corpora = join(root, '../shared/corpora');
const cache = process.env.KUBESTRIDE_CACHE ?? join(homedir(), '.cache', 'kubestride');
const large = join(cache, 'bench-large');
const TIMES = 26;

const argument = (name) => process.argv.indexOf(name);
const runs = Number(option('--runs') ?? 5);
const withPeers = argument('--peers') > 0;

if (!existsSync(corpora)) {
  process.stderr.write(`bench: ${corpora} is absent; nothing was measured. Put the corpora there.\n`);
  process.exit(2);
}
if (!existsSync(join(large, '.complete'))) {
  process.stderr.write(`making the large set in ${large} …\n`);
  mkdirSync(large, { recursive: true });
  const made = spawnSync(process.execPath, [join(root, 'bench/make-large.mjs'), large, String(TIMES)], {
    stdio: 'inherit',
  });
  if (made.status !== 0) process.exit(3);
  writeFileSync(join(large, '.complete'), '');
}

const kubestride = (...args) => [process.execPath, join(root, 'bin/kubestride.js'), ...args];

/** Command lines of peers, as they were measured in ../shared/peers.md; `folder` is replaced. */
const PEERS = [
  ['kube-linter (default checks)', ['kube-linter', 'lint', 'folder']],
  // schema-validation downloads schemas; without a network it does not end.
  [
    'kube-linter (all checks)',
    ['kube-linter', 'lint', '--add-all-built-in', '--exclude', 'schema-validation', 'folder'],
  ],
  ['kube-score', ['sh', '-c', 'find "$0" -name "*.yaml" -print0 | xargs -0 kube-score score', 'folder']],
  ['polaris', ['polaris', 'audit', '--audit-path', 'folder']],
  ['trivy', ['trivy', 'config', '--quiet', '--skip-check-update', 'folder']],
  ['checkov', ['checkov', '--quiet', '--compact', '--framework', 'kubernetes', '-d', 'folder']],
];

if (!existsSync('/usr/bin/time')) {
  process.stderr.write('bench: needs GNU time at /usr/bin/time (Debian package "time").\n');
  process.exit(3);
}

printMachine(`medians of ${runs} runs (large: ${Math.min(runs, 3)})`);

const rows = [];
print('input', 'command', 'CPU s', 'wall s', 'peak MiB', 'output KiB', 'exit');
print('---', '---', '---:', '---:', '---:', '---:', '---:');
async function row(input, name, command, times = runs) {
  const result = await measure(command, times);
  rows.push({ input, name, ...result });
  print(
    input,
    name,
    result.cpu.toFixed(2),
    result.wall.toFixed(2),
    result.mib.toFixed(0),
    (result.bytes / 1024).toFixed(0),
    String(result.code),
  );
}

await row('–', 'node -e 0', [process.execPath, '-e', '0']);
await row('–', 'kubestride --help', kubestride('--help'));
await row('one file', 'kubestride scan', kubestride('scan', join(root, 'examples/shop/web.yaml')));
for (const [input, folder, times] of [
  ['small', join(corpora, 'small'), runs],
  ['medium', join(corpora, 'medium'), runs],
  ['large', large, Math.min(runs, 3)],
]) {
  await row(input, 'kubestride scan', kubestride('scan', folder), times);
  await row(input, 'kubestride scan -o json', kubestride('scan', '-o', 'json', folder), times);
  await row(
    input,
    'kubestride pod-security -o json',
    kubestride('pod-security', '-o', 'json', folder),
    times,
  );
  if (withPeers) {
    for (const [name, command] of PEERS) {
      if (!found(command[0] === 'sh' ? 'kube-score' : command[0])) continue;
      await row(
        input,
        name,
        command.map((word) => (word === 'folder' ? folder : word)),
        times,
      );
    }
  }
}

// The large set is the medium one over and over: a share of its folders is a share of its objects.
for (const copies of [1, 6, 13]) {
  const folders = Array.from({ length: copies }, (_, copy) => join(large, `x${copy}`));
  await row(
    `${copies}/${TIMES} of large`,
    'kubestride scan',
    kubestride('scan', ...folders),
    Math.min(runs, 3),
  );
}

if (withPeers) {
  const absent = [
    ...new Set(PEERS.map(([, command]) => (command[0] === 'sh' ? 'kube-score' : command[0]))),
  ].filter((name) => !found(name));
  if (absent.length > 0) process.stdout.write(`\nNot on PATH, so not measured: ${absent.join(', ')}.\n`);
  for (const input of ['small', 'medium', 'large']) {
    const own = rows.find((entry) => entry.input === input && entry.name === 'kubestride scan');
    for (const peer of rows.filter(
      (entry) => entry.input === input && !entry.name.startsWith('kubestride'),
    )) {
      process.stdout.write(
        `${input}: kubestride scan needs ${(own.cpu / peer.cpu).toFixed(2)} of the CPU time and ${(own.mib / peer.mib).toFixed(2)} of the memory of ${peer.name}\n`,
      );
    }
  }
}
