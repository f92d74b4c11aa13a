/**
 * Puts what the built command prints on the example into README.md and README.zh-CN.md, between the capture marks: the
 * beginning and the end, with […] for what is left out. `--check` fails instead of writing where a capture is not true.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const HEAD_SECTIONS = 2;
let stale = false;

for (const [file, language] of [
  ['README.md', 'en'],
  ['README.zh-CN.md', 'zh-CN'],
]) {
  const { stdout } = spawnSync(
    process.execPath,
    ['bin/kubestride.js', 'scan', 'examples/shop', '--lang', language],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, COLUMNS: '100', NO_COLOR: '1' },
    },
  );
  const lines = stdout.trimEnd().split('\n');
  const sections = lines.flatMap((line, index) => (/^\S/.test(line) ? [index] : []));
  const table = lines.findIndex((line) => /100%|100 %/.test(line)) - 1;
  const shown = [...lines.slice(0, sections[HEAD_SECTIONS]), '[…]', '', ...lines.slice(table)];
  const path = join(root, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(
    /(<!-- capture: .* -->\n)[\s\S]*?(\n<!-- \/capture -->)/,
    (_, open, close) => `${open}\n\`\`\`text\n${shown.join('\n')}\n\`\`\`\n${close}`,
  );
  if (after === before) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${file}: is not what the command prints; run npm run capture and commit it\n`);
    stale = true;
  } else writeFileSync(path, after);
}
if (stale) process.exit(1);
