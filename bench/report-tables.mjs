/**
 * Prints the tables of docs/corpora*.md for one report: node bench/report-tables.mjs REPORT.json [en|zh-CN]
 */
import { readFileSync } from 'node:fs';

const [file, language = 'en'] = process.argv.slice(2);
if (file === undefined || !['en', 'zh-CN'].includes(language)) {
  console.error('usage: node bench/report-tables.mjs REPORT.json [en|zh-CN]');
  process.exit(3);
}
const report = JSON.parse(readFileSync(file, 'utf8'));
const chinese = language === 'zh-CN';
const say = (english, other) => (chinese ? other : english);

const THREATS = {
  spoofing: '伪装',
  tampering: '篡改',
  repudiation: '抵赖',
  'information-disclosure': '信息泄露',
  'denial-of-service': '拒绝服务',
  'elevation-of-privilege': '提升权限',
};
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'];
const HEADS = say(SEVERITIES, ['严重', '高', '中', '低', '提示']);
const number = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  console.log(line(heads));
  console.log(line(heads.map((_, i) => (i === 0 ? '---' : '---:'))));
  for (const row of rows)
    console.log(line(row.map((cell) => (typeof cell === 'number' ? number(cell) : cell))));
  console.log('');
}

function count(items, keyOf) {
  const counts = new Map();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

const { coverage, findings, notAssessed } = report;
const total = say('**total**', '**合计**');

table(
  [say('read', '读取'), say('number', '数量')],
  [
    [say('documents', '文档'), coverage.documents],
    [say('objects assessed', '已评估的对象'), coverage.objects],
    [say('not Kubernetes', '不是 Kubernetes 对象'), coverage.notKubernetes],
    [say('not read or not assessed', '未读取或未评估'), coverage.unreadable],
    [say('questions asked of objects', '对对象提出的问题'), coverage.applicable],
    [say('of these answered', '其中已回答'), coverage.evaluated],
    [say('findings', '发现项'), findings.length],
  ],
);

const cell = (threat, severity) =>
  findings.filter((f) => (!threat || f.threat === threat) && (!severity || f.severity === severity)).length;
table(
  [say('findings', '发现项'), ...HEADS, say('total', '合计')],
  [...Object.keys(THREATS), undefined].map((threat) => [
    threat === undefined ? total : chinese ? THREATS[threat] : threat,
    ...SEVERITIES.map((severity) => cell(threat, severity)),
    cell(threat),
  ]),
);

const share = ({ evaluated, applicable }) =>
  applicable === 0 ? '–' : `${(Math.floor((1000 * evaluated) / applicable) / 10).toFixed(1)} %`;
table(
  [say('coverage', '覆盖率'), say('questions', '问题'), say('answered', '已回答'), say('share', '比例')],
  [...Object.entries(coverage.byThreat), [undefined, coverage]].map(([threat, tally]) => [
    threat === undefined ? total : chinese ? THREATS[threat] : threat,
    tally.applicable,
    tally.evaluated,
    share(tally),
  ]),
);

const reasons = count(notAssessed, ({ check, code }) =>
  check === undefined ? `\`${code}\`` : `\`${check}\`: \`${code}\``,
);
table(
  [say('not assessed, by reason', '未评估，按原因'), say('number', '数量')],
  [...reasons].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
);

const checks = count(findings, ({ check, severity }) => `${check} ${severity}`);
const byCheck = [...count(findings, ({ check }) => check)].sort(
  (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
);
table(
  [say('ten most frequent checks', '最常见的十个检查项'), ...HEADS, say('total', '合计')],
  byCheck
    .slice(0, 10)
    .map(([check, times]) => [
      `\`${check}\``,
      ...SEVERITIES.map((severity) => checks.get(`${check} ${severity}`) ?? 0),
      times,
    ]),
);
