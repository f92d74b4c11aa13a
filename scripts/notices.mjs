import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that may be bundled into an Apache-2.0 package with no duty beyond reproducing their text. */
const ALLOWED = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD']);

/**
 * What packages contain of others and do not say in their licence. The Eclipse Public License lets a program be part of another one
 * under its own licence if the source code is offered and its contributors are freed from liability (EPL-1.0, section 3).
 */
const CONTAINED = {
  '@viz-js/viz': (folder) => {
    const metadata = readFileSync(join(folder, 'lib/metadata.js'), 'utf8');
    const version = /graphvizVersion = "([^"]+)"/.exec(metadata)[1];
    return [
      `Graphviz ${version} (EPL-1.0), Expat and parts of Emscripten (MIT) are in it as WebAssembly, unchanged.`,
      'The source code of Graphviz is available under the Eclipse Public License 1.0 at https://graphviz.org/download/source/ and',
      'https://gitlab.com/graphviz/graphviz. What KubeStride offers beyond that license, it offers alone: on behalf of all',
      'contributors to Graphviz, all warranties and conditions, express and implied, are disclaimed, and so is liability for',
      'damages, including direct, indirect, special, incidental and consequential damages, such as lost profits.',
    ].join('\n');
  },
};

/**
 * The notices that the licences of the bundled packages ask for. `inputs` are the bundler's source files, relative to
 * the root. Throws on a package without a known licence or without its text.
 */
export function notices(root, inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match !== null) folders.add(match[1]);
  }
  const sections = [...folders].sort().map((folder) => section(join(root, folder)));
  return `# Third-party notices\n\nKubeStride contains the following packages.\n\n${sections.join('\n')}`;
}

function section(folder) {
  const { name, version, license, author, repository } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  if (!ALLOWED.has(license))
    throw new Error(`${name}: licence ${JSON.stringify(license)} is not among those that may be bundled`);
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort()
    .map((file) => join(folder, file));
  // Texts that a package lacks, from the repositories of those that are in it.
  const own = join(import.meta.dirname, 'licences', name.replace('/', '+'));
  if (existsSync(own))
    files.push(
      ...readdirSync(own)
        .sort()
        .map((file) => join(own, file)),
    );
  const texts = files.map((file) => readFileSync(file, 'utf8').trim().replaceAll('\r\n', '\n'));
  const contained = CONTAINED[name]?.(folder);
  if (contained !== undefined) texts.unshift(contained);
  if (texts.length === 0) {
    // Apache-2.0 asks for a copy of the licence, which is this package's own too; other licences name their holder.
    if (license !== 'Apache-2.0') throw new Error(`${name}: its package holds no licence text`);
    texts.push(
      `${author?.name ?? author}, ${repository?.url ?? repository}\nThe text of the licence is in the file LICENSE.`,
    );
  }
  const text = texts.join('\n\n');
  return `## ${name} ${version} (${license})\n\n\`\`\`text\n${text}\n\`\`\`\n`;
}
