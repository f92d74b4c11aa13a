/**
 * Makes src/kubernetes/api-resources.generated.json: `node scripts/api-resources.mjs DISCOVERY`, where DISCOVERY is the folder
 * api/discovery of k8s.io/kubernetes (`go mod download -json k8s.io/kubernetes@VERSION` names where the module lies). It holds
 * what an API server with every API turned on answers to discovery; a row is explained in api-resources.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(dirname(fileURLToPath(import.meta.url)), '../src/kubernetes/api-resources.generated.json');
const [discovery] = process.argv.slice(2);
if (discovery === undefined) {
  process.stderr.write('usage: node scripts/api-resources.mjs DISCOVERY\n');
  process.exit(3);
}

const read = (name) => JSON.parse(readFileSync(join(discovery, name), 'utf8'));

/** Resources of a group and version, each with the subresources that the list names behind it. */
function rowsOf(group, { resources }) {
  const byName = new Map();
  for (const { name, singularName, shortNames = [], namespaced, verbs } of resources) {
    const [resource, subresource] = name.split('/');
    const row = byName.get(resource) ?? { subresources: [] };
    if (subresource === undefined) Object.assign(row, { singularName, shortNames, namespaced, verbs });
    else row.subresources.push(subresource);
    byName.set(resource, row);
  }
  return [...byName].map(([resource, { singularName, shortNames, namespaced, verbs, subresources }]) => [
    group,
    resource,
    singularName,
    shortNames,
    namespaced,
    verbs,
    subresources,
  ]);
}

const rows = rowsOf('', read('api__v1.json'));
for (const { name, versions } of read('apis.json').groups) {
  const seen = new Set();
  for (const { version } of versions) {
    for (const row of rowsOf(name, read(`apis__${name}__${version}.json`))) {
      if (!seen.has(row[1])) rows.push(row);
      seen.add(row[1]);
    }
  }
}
writeFileSync(file, `[\n${rows.map((row) => ` ${JSON.stringify(row)}`).join(',\n')}\n]\n`);
