/**
 * Makes a large set of manifests from real ones: node bench/make-large.mjs OUTDIR [TIMES=26]
 *
 * Repeats ../shared/corpora/medium with renamed namespaces and names, so that no two copies collide. The same input
 * gives the same bytes.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const [outFolder, timesText = '26'] = process.argv.slice(2);
const times = Number(timesText);
if (outFolder === undefined || !Number.isInteger(times) || times < 1) {
  console.error('usage: node bench/make-large.mjs OUTDIR [TIMES]');
  process.exit(3);
}
const medium = join(dirname(fileURLToPath(import.meta.url)), '../../shared/corpora/medium');

/**
 * The `name:` and `namespace:` of `metadata`, at its two usual indents, and every other `namespace:`, get a suffix:
 * what they name stays together within one copy. Values are plain words in this corpus, quoted or not.
 */
function rename(text, suffix) {
  let inMetadata = false;
  return text
    .split('\n')
    .map((line) => {
      if (/^\S/.test(line)) inMetadata = line.startsWith('metadata:');
      const key = inMetadata ? /^( {1,4})(name|namespace):/ : /^( +(?:- )?)(namespace):/;
      if (!key.test(line)) return line;
      return line.replace(/:( +)(["']?)([A-Za-z0-9._:-]+)\2( *(?:#.*)?\r?)$/, `:$1$2$3-${suffix}$2$4`);
    })
    .join('\n');
}

function* filesBelow(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (/\.ya?ml$/.test(entry.name)) yield path;
  }
}

let files = 0;
let bytes = 0;
for (const path of filesBelow(medium)) {
  const text = readFileSync(path, 'utf8');
  for (let copy = 0; copy < times; copy++) {
    const suffix = `x${copy}`;
    const target = join(outFolder, suffix, relative(medium, path));
    const renamed = copy === 0 ? text : rename(text, suffix);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, renamed);
    files++;
    bytes += Buffer.byteLength(renamed);
  }
}
console.log(`${files} files, ${(bytes / 1e6).toFixed(1)} MB`);
