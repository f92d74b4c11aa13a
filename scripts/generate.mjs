/**
 * Makes what follows from the check folders: src/threats/generated/ (registry, words, pages; not committed) and the reference
 * tables docs/checks.md and docs/checks.zh-CN.md (committed). Fails, naming the file, where a check lacks a document, a
 * translation, a message or cases. `--check` fails instead of writing when a committed table would change; `--no-tables`
 * leaves the tables alone, so that a build never changes committed files.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const threatsFolder = join(root, 'src/threats');
const generated = join(threatsFolder, 'generated');
const LANGUAGES = ['en', 'zh-CN'];
const HEADINGS = {
  en: ['What it looks at', 'Why it matters', 'How to fix', 'Known limits'],
  'zh-CN': ['检查内容', '为什么重要', '如何修复', '已知局限'],
};
const THREATS = [
  'spoofing',
  'tampering',
  'repudiation',
  'information-disclosure',
  'denial-of-service',
  'elevation-of-privilege',
];
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'];

const problems = [];

function write(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const folders = THREATS.flatMap((threat) => {
  const path = join(threatsFolder, threat);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ threat, id: entry.name, path: join(path, entry.name) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
});

write(
  join(generated, 'registry.ts'),
  `${folders.map(({ threat, id }, i) => `import c${i} from '../${threat}/${id}/check.ts';`).join('\n')}
import type { Check } from '../define-check.ts';

/** Every check, in the order of STRIDE and then of ids. Made by scripts/generate.mjs. */
export const checks: readonly Check[] = [${folders.map((_, i) => `c${i}`).join(', ')}];
`,
);

const bundle = join(root, 'node_modules/.cache/kubestride/registry.mjs');
await build({
  entryPoints: [join(generated, 'registry.ts')],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  logLevel: 'error',
});
const { checks } = await import(`${pathToFileURL(bundle)}?${Date.now()}`);

/** Splits a document into its front matter and its page, and holds the page to the fixed headings. */
function readDocument(folder, language) {
  const file = join(folder.path, `${language}.md`);
  const name = file.slice(root.length + 1);
  if (!existsSync(file)) {
    problems.push(`${name}: is missing`);
    return undefined;
  }
  const match = /^---\n(.*?)\n---\n(.*)$/s.exec(readFileSync(file, 'utf8'));
  if (match === null) {
    problems.push(`${name}: has no front matter between --- lines`);
    return undefined;
  }
  let front;
  try {
    front = parse(match[1]);
  } catch (error) {
    problems.push(`${name}: front matter does not parse: ${error.message.split('\n')[0]} (quote the text)`);
    return undefined;
  }
  const headings = [...match[2].matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  if (headings.join('|') !== HEADINGS[language].join('|')) {
    problems.push(`${name}: headings must be ${HEADINGS[language].map((h) => `"## ${h}"`).join(', ')}`);
  }
  for (const key of ['title', 'why', 'remedy']) {
    if (typeof front[key] !== 'string' || front[key].trim() === '')
      problems.push(`${name}: front matter needs ${key}`);
  }
  if (/TODO|FIXME/.test(match[0])) problems.push(`${name}: is unfinished`);
  return { name, words: front, page: match[2].trim() };
}

function compareWords(name, what, declared, spoken) {
  for (const [id, parameters] of Object.entries(declared ?? {})) {
    const template = spoken?.[id];
    if (typeof template !== 'string') {
      problems.push(`${name}: ${what} lacks ${id}`);
      continue;
    }
    const used = new Set([...template.matchAll(/\{([A-Za-z0-9_-]+)\}/g)].map(([, parameter]) => parameter));
    for (const parameter of used) {
      if (!parameters.includes(parameter))
        problems.push(`${name}: ${what}.${id} uses {${parameter}}, which check.ts does not declare`);
    }
  }
  for (const id of Object.keys(spoken ?? {})) {
    if (!Object.hasOwn(declared ?? {}, id))
      problems.push(`${name}: ${what}.${id} is not declared in check.ts`);
  }
}

const words = Object.fromEntries(LANGUAGES.map((language) => [language, {}]));
const pages = Object.fromEntries(LANGUAGES.map((language) => [language, {}]));
const seen = new Set();
folders.forEach((folder, index) => {
  const check = checks[index];
  const place = `src/threats/${folder.threat}/${folder.id}`;
  if (check.id !== folder.id)
    problems.push(`${place}/check.ts: id is "${check.id}", the folder is "${folder.id}"`);
  if (check.threat !== folder.threat)
    problems.push(`${place}/check.ts: threat is "${check.threat}", the folder is "${folder.threat}"`);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(check.id))
    problems.push(`${place}/check.ts: id is not kebab-case`);
  if (!SEVERITIES.includes(check.severity)) problems.push(`${place}/check.ts: unknown severity`);
  for (const id of [check.id, ...(check.aliases ?? [])]) {
    if (seen.has(id)) problems.push(`${place}/check.ts: id or alias ${id} is taken`);
    seen.add(id);
  }
  if (!existsSync(join(folder.path, 'cases.yaml'))) problems.push(`${place}/cases.yaml: is missing`);
  if (check.fix !== 'none' && !existsSync(join(folder.path, 'fixed.yaml')))
    problems.push(`${place}/fixed.yaml: is missing`);
  for (const language of LANGUAGES) {
    const document = readDocument(folder, language);
    if (document === undefined) continue;
    compareWords(document.name, 'messages', check.messages, document.words.messages);
    compareWords(document.name, 'reasons', check.reasons, document.words.reasons);
    const { title, why, remedy, messages = {}, reasons = {} } = document.words;
    words[language][check.id] = { title, why, remedy, messages: messages ?? {}, reasons: reasons ?? {} };
    pages[language][check.id] = document.page;
  }
});

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exit(1);
}

for (const language of LANGUAGES) {
  write(
    join(generated, `words.${language}.ts`),
    `import type { CheckWords } from '../../locales/words.ts';\n\nconst words: Readonly<Record<string, CheckWords>> = ${JSON.stringify(words[language], null, 1)};\n\nexport default words;\n`,
  );
  write(
    join(generated, `pages.${language}.ts`),
    `const pages: Readonly<Record<string, string>> = ${JSON.stringify(pages[language], null, 1)};\n\nexport default pages;\n`,
  );
}

const TABLES = {
  en: {
    file: 'docs/checks.md',
    title: 'Checks',
    note: `Made by \`npm run generate\` from the check folders; do not edit.`,
    threats: [
      'Spoofing',
      'Tampering',
      'Repudiation',
      'Information disclosure',
      'Denial of service',
      'Elevation of privilege',
    ],
    columns: ['Check', 'Severity', 'Subject', 'What', 'Frameworks', 'Other tools'],
  },
  'zh-CN': {
    file: 'docs/checks.zh-CN.md',
    title: '检查项',
    note: '由 `npm run generate` 根据各检查项目录生成，请勿手工编辑。',
    threats: ['伪装', '篡改', '抵赖', '信息泄露', '拒绝服务', '提升权限'],
    columns: ['检查项', '严重性', '对象', '内容', '框架', '其他工具'],
  },
};

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
const ids = (record) =>
  Object.entries(record)
    .map(([name, values]) => `${name} ${values.join(', ')}`)
    .join('; ');
let stale = false;
for (const language of process.argv.includes('--no-tables') ? [] : LANGUAGES) {
  const { file, title, note, threats, columns } = TABLES[language];
  const lines = [`# ${title} (${checks.length})`, '', note, ''];
  THREATS.forEach((threat, i) => {
    const own = checks.filter((check) => check.threat === threat);
    lines.push(
      `## ${threats[i]} (${own.length})`,
      '',
      `| ${columns.join(' | ')} |`,
      `|${' --- |'.repeat(columns.length)}`,
    );
    for (const check of own) {
      const link = `[\`${check.id}\`](../src/threats/${threat}/${check.id}/${language}.md)`;
      lines.push(
        `| ${[link, check.severity, check.subject, cell(words[language][check.id].title), cell(ids(check.frameworks)), cell(ids(check.equivalents))].join(' | ')} |`,
      );
    }
    lines.push('');
  });
  const path = join(root, file);
  const text = lines.join('\n');
  if (process.argv.includes('--check')) {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      process.stderr.write(
        `${file}: is not what the check folders say; run npm run generate and commit it\n`,
      );
      stale = true;
    }
  } else {
    write(path, text);
  }
}
if (stale) process.exit(1);
