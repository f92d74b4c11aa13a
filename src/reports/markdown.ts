import type { Finding, NotAssessed } from '../assessment/report.ts';
import { format, type Words } from '../locales/words.ts';
import { SEVERITIES, type Severity, type Threat } from '../threats/define-check.ts';
import { escapeParams, messageTemplate, objectName, partOf, whereOf } from './describe.ts';
import { type Entry, groupByThreat, isDetailed } from './entries.ts';
import { escapeText, markdownCode, markdownProse, splitCode } from './escape.ts';
import type { ReportInput, Sink } from './input.ts';
import { groupOmissions, omissionCounts } from './not-assessed.ts';
import { Positions, prepare } from './prepared.ts';
import { countFrom, percent, readSentences, type Status, statusOf, tally } from './tallies.ts';

/** GitHub refuses a comment above 65,536 characters; some room is left for what a workflow puts around it. */
const LIMIT = 60_000;
const PLACES = 5;
const NAMED = 10;

const MARKS: Readonly<Record<Status, string>> = {
  findings: '❌',
  clean: '✅',
  incomplete: '⚠️',
  nothing: '❌',
};

/**
 * The report as GitHub Flavored Markdown for a pull request comment. What was not assessed stands before the findings,
 * so that a cut for length never takes it.
 */
export async function writeMarkdown(input: ReportInput, sink: Sink): Promise<void> {
  const { findings, notAssessed } = prepare(input);
  const { words } = input;
  const top = [...heading(input, findings, notAssessed), ...omissions(notAssessed, words)].join('\n');
  await sink.write(`${top}\n`);
  const sections: Section[] = [];
  for (const [threat, entries] of groupByThreat(findings))
    sections.push(await sectionOf(input, threat, entries));
  const left = choose(sections, LIMIT - top.length);
  for (const { opening, blocks, closing } of sections) {
    const text = blocks.filter(({ shown }) => shown).map((block) => block.text);
    if (text.length > 0) await sink.write(`\n${[opening, ...text, closing].join('\n')}\n`);
  }
  if (left > 0) await sink.write(`\n*${words.ui.entriesLeftOut(left)}*\n`);
}

interface Block {
  readonly severity: Severity;
  readonly text: string;
  shown: boolean;
}

interface Section {
  readonly opening: string;
  readonly blocks: readonly Block[];
  readonly closing: string;
}

/** Chooses the blocks that are shown, the worst of all threats first; answers how many are not. */
function choose(sections: readonly Section[], room: number): number {
  let left = 0;
  let used = sections.reduce((sum, { opening, closing }) => sum + opening.length + closing.length + 4, 0);
  const blocks = sections.flatMap((section) => section.blocks);
  for (const severity of SEVERITIES) {
    for (const block of blocks.filter((each) => each.severity === severity)) {
      used += block.text.length + 1;
      block.shown = used <= room;
      if (!block.shown) left++;
    }
  }
  return left;
}

async function sectionOf(input: ReportInput, threat: Threat, entries: readonly Entry[]): Promise<Section> {
  const { words } = input;
  const { ui } = words;
  const shown = entries.flatMap((entry) => entry.findings.slice(0, isDetailed(entry) ? PLACES : 1));
  const positions = await Positions.of(input, shown);
  const writer = new EntryWriter(
    words,
    new Map(shown.map((finding, index) => [finding, positions.at(index).line])),
  );
  const counts = SEVERITIES.flatMap((severity) => {
    const of = entries.filter((entry) => entry.severity === severity);
    const count = of.reduce((sum, entry) => sum + entry.findings.length, 0);
    return count === 0 ? [] : [`${count} ${ui.severities[severity]}`];
  });
  return {
    opening: `<details>\n<summary>${ui.punctuation.labelled(`<b>${ui.threats[threat]}</b>`, ui.punctuation.listed(counts))}</summary>\n`,
    blocks: entries.map((entry) => ({ severity: entry.severity, text: writer.text(entry), shown: false })),
    closing: '\n</details>',
  };
}

function heading(
  input: ReportInput,
  findings: readonly Finding[],
  notAssessed: readonly NotAssessed[],
): string[] {
  const { report, failOn, words } = input;
  const { ui } = words;
  const { coverage } = report;
  const { rows, total } = tally(findings, coverage);
  const status = statusOf(total, failOn, coverage, notAssessed.length);
  const severity = ui.severities[failOn];
  const said: Record<Status, string> = {
    findings: ui.statusFindings(countFrom(total, failOn), severity),
    clean: ui.statusClean(severity),
    incomplete: ui.statusIncomplete(severity),
    nothing: ui.statusNothing,
  };
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const counts = (of: typeof total) => SEVERITIES.map((each) => (of[each] === 0 ? '–' : of[each]));
  return [
    `## KubeStride: ${ui.reportTitle}`,
    '',
    `**${MARKS[status]} ${said[status]}**`,
    '',
    markdownProse(readSentences(input)),
    '',
    row([
      ui.threat,
      ...SEVERITIES.map((each) => ui.severities[each]),
      ui.applicable,
      ui.evaluated,
      ui.coverage,
    ]),
    row(['---', ...SEVERITIES.map(() => '--:'), '--:', '--:', '--:']),
    ...rows.map(({ threat, findings: of, tally: t }) =>
      row([ui.threats[threat], ...counts(of), t.applicable, t.evaluated, percent(t)]),
    ),
    row([`**${ui.total}**`, ...counts(total), coverage.applicable, coverage.evaluated, percent(coverage)]),
    '',
  ];
}

function omissions(notAssessed: readonly NotAssessed[], words: Words): string[] {
  const { ui } = words;
  if (notAssessed.length === 0) return [ui.punctuation.labelled(ui.notAssessed, ui.nothingLeftOut)];
  const counts = omissionCounts(notAssessed, words);
  const lines = [`**${ui.punctuation.labelled(ui.notAssessed, counts)}**`, ''];
  for (const group of groupOmissions(notAssessed, words, markdownCode, NAMED)) {
    const remedy = group.remedy === undefined ? '' : ` → ${markdownProse(group.remedy)}`;
    lines.push(`- ${group.count}× ${group.what}${remedy}`);
    const shown = group.places.slice(0, group.kind === 'reading' ? NAMED : PLACES);
    if (group.names.length > 0) lines.push(`  - ${ui.punctuation.listed(group.names)}`);
    lines.push(...shown.map((place) => `  - ${place}`));
    const left = group.count - shown.length - group.names.length;
    if (left > 0) lines.push(`  - ${ui.andMore(left)}${ui.punctuation.aside(ui.jsonListsAll)}`);
  }
  return lines;
}

class EntryWriter {
  readonly #words: Words;
  readonly #lines: ReadonlyMap<Finding, number>;

  constructor(words: Words, lines: ReadonlyMap<Finding, number>) {
    this.#words = words;
    this.#lines = lines;
  }

  text(entry: Entry): string {
    return isDetailed(entry) ? this.#detailed(entry) : this.#item(entry);
  }

  #detailed(entry: Entry): string {
    const { ui } = this.#words;
    const { why, remedy, title } = this.#words.check(entry.check.id);
    const shown = entry.findings.slice(0, PLACES);
    const left = entry.findings.length - shown.length;
    const count = entry.findings.length === 1 ? '' : ` (${entry.findings.length}×)`;
    return [
      `#### ${ui.severities[entry.severity]}: ${markdownProse(title)} — \`${entry.check.id}\`${count}`,
      '',
      ...shown.map((finding) => `- ${this.#place(finding)} — ${messageMarkdown(finding, this.#words)}`),
      ...(left > 0 ? [`- ${ui.andMore(left)}${ui.punctuation.aside(ui.jsonListsAll)}`] : []),
      '',
      `**${ui.whyHeading}.** ${markdownProse(why)}`,
      '',
      `**${ui.remedyHeading}.** ${markdownProse(remedy)}`,
      '',
    ].join('\n');
  }

  #item(entry: Entry): string {
    const { ui } = this.#words;
    const first = entry.findings[0]!;
    const title = markdownProse(this.#words.check(entry.check.id).title);
    const count = entry.findings.length === 1 ? '' : ` ${entry.findings.length}×,`;
    return `- ${ui.severities[entry.severity]} \`${entry.check.id}\`: ${title};${count} ${this.#place(first)}`;
  }

  #place(finding: Finding): string {
    const part = partOf(finding.object, finding.path);
    const name = part === undefined ? objectName(finding.object) : `${objectName(finding.object)} › ${part}`;
    const where = whereOf(finding, this.#lines.get(finding)!);
    return where === '' ? markdownCode(name) : `${markdownCode(name)} ${markdownCode(where)}`;
  }
}

/** What was seen, each value from the manifest in a code span of its own. */
function messageMarkdown(finding: Finding, words: Words): string {
  return splitCode(messageTemplate(finding, words))
    .map(({ code, text }) =>
      code
        ? markdownCode(format(text, escapeParams(finding.params, escapeText)))
        : format(markdownProse(text), escapeParams(finding.params, markdownCode)),
    )
    .join('');
}
