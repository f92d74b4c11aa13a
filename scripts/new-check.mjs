/**
 * Makes the folder of a new check: `npm run new-check -- THREAT ID [SUBJECT]`. What it writes is complete in form and
 * empty in content, and fails `npm test` until the gaps, each marked with FIXME, are filled.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const threats = join(root, 'src/threats');
const source = readFileSync(join(threats, 'define-check.ts'), 'utf8');
const subjectSource = readFileSync(join(root, 'src/kubernetes/subjects.ts'), 'utf8');

const THREATS = [.../THREATS = \[(.*?)\]/s.exec(source)[1].matchAll(/'([a-z-]+)'/g)].map(
  ([, threat]) => threat,
);
const SUBJECTS = [
  .../interface Subjects \{(.*?)\n\}/s.exec(subjectSource)[1].matchAll(/^ {2}(?:readonly )?'?([a-z-]+)'?:/gm),
].map(([, subject]) => subject);

function refuse(message) {
  process.stderr.write(`new-check: ${message}\n`);
  process.exit(3);
}

const [threat, id, subject = 'workload', ...rest] = process.argv.slice(2);
if (id === undefined || rest.length > 0) refuse('usage: npm run new-check -- THREAT ID [SUBJECT]');
if (!THREATS.includes(threat)) refuse(`unknown threat "${threat}"; choose from ${THREATS.join(', ')}`);
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
  refuse(`"${id}" is no id; write words in lower case joined by dashes`);
if (!SUBJECTS.includes(subject)) refuse(`unknown subject "${subject}"; choose from ${SUBJECTS.join(', ')}`);
for (const other of THREATS) {
  const folder = join(threats, other);
  if (existsSync(folder) && readdirSync(folder).includes(id))
    refuse(`src/threats/${other}/${id} exists; choose another id`);
}

const FILES = {
  'check.ts': `import { defineCheck, fail, pass } from '../../define-check.ts';

export default defineCheck({
  id: '${id}',
  threat: '${threat}',
  severity: 'medium',
  confidence: 'high',
  subject: '${subject}',
  frameworks: {},
  equivalents: {},
  messages: { found: [] },
  fix: 'none',
  evaluate(subject) {
    if (subject.object.name !== 'FIXME') return pass;
    return fail({ at: subject.path, message: 'found' });
  },
});
`,
  'en.md': document(['What it looks at', 'Why it matters', 'How to fix', 'Known limits']),
  'zh-CN.md': document(['检查内容', '为什么重要', '如何修复', '已知局限']),
  'cases.yaml': `# FIXME: mark the line of each expectation: "# fail: ${id}", "# ok: ${id}", "# unknown: ${id}"; with a near miss.
apiVersion: v1
kind: Pod
metadata:
  name: fails
`,
};

function document(headings) {
  const front = '---\ntitle: FIXME\nmessages:\n  found: FIXME\nwhy: FIXME\nremedy: FIXME\n---\n';
  return `${front}\n${headings.map((heading) => `## ${heading}\n\nFIXME\n`).join('\n')}`;
}

const folder = join(threats, threat, id);
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
process.stdout.write(
  `src/threats/${threat}/${id}: fill in ${Object.keys(FILES).join(', ')}, then run npm run generate and npm test\n`,
);
