/**
 * Prints a sample of a report's findings to be judged by hand:
 *   node bin/kubestride.js scan FOLDER -o json=report.json; node bench/sample-findings.mjs report.json 60 SEED
 *
 * The same report and seed give the same sample. Findings are ranked by a hash of seed and finding, so a check that
 * changes leaves the rest of a sample as it was. No check takes more than one in twenty, and each severity that
 * occurs gets at least one in ten, as far as its checks allow.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [file, countText, seed] = process.argv.slice(2);
const count = Number(countText);
if (file === undefined || seed === undefined || !Number.isInteger(count) || count < 1) {
  console.error('usage: node bench/sample-findings.mjs REPORT.json N SEED');
  process.exit(3);
}

const rank = ({ fingerprint, path, source }) =>
  createHash('sha256')
    .update(JSON.stringify([seed, fingerprint, path, source]))
    .digest('hex');
const ranked = JSON.parse(readFileSync(file, 'utf8'))
  .findings.map((finding) => ({ finding, rank: rank(finding) }))
  .sort((a, b) => (a.rank < b.rank ? -1 : 1))
  .map(({ finding }) => finding);

const perCheck = Math.max(1, Math.floor(count / 20));
const perSeverity = Math.floor(count / 10);
const taken = new Set();
const timesTaken = new Map();

function take(candidates, limit) {
  let left = limit;
  for (const finding of candidates) {
    if (left <= 0) return;
    const times = timesTaken.get(finding.check) ?? 0;
    if (times >= perCheck || taken.has(finding)) continue;
    timesTaken.set(finding.check, times + 1);
    taken.add(finding);
    left--;
  }
}

for (const severity of ['critical', 'high', 'medium', 'low', 'info']) {
  take(
    ranked.filter((finding) => finding.severity === severity),
    Math.min(perSeverity, count - taken.size),
  );
}
take(ranked, count - taken.size);

let number = 0;
for (const { check, severity, confidence, object, source, path, message } of taken) {
  const name = [object.namespace, object.kind, object.name].filter(Boolean).join('/');
  console.log(
    `${++number}. ${severity}/${confidence} ${check} ${name}\n   ${source.file}:${source.line}:${source.column} ${path}\n   ${message}`,
  );
}
