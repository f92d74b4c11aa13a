import type { Finding, NotAssessed } from '../assessment/report.ts';
import type { UiWords } from '../locales/words.ts';
import { SEVERITIES } from '../threats/define-check.ts';
import { escapeText } from './escape.ts';
import type { ReportInput } from './input.ts';
import { groupOmissions, type Omission, omissionCounts } from './not-assessed.ts';
import { type Paint, SEVERITY_SHADES } from './style.ts';
import { countFrom, percent, readSentences, statusOf, tally } from './tallies.ts';
import { cut, displayWidth, padEnd, padStart, wrap } from './width.ts';

/** Broken files are named up to this number for each reason; of undecided questions only the first place is. */
const NAMED_FILES = 10;
/** Reasons for undecided questions, the most frequent first, and the lines that each may take. */
const UNDECIDED_REASONS = 8;
const UNDECIDED_LINES = 2;

/**
 * The end of the terminal report: counts and coverage, what to conclude, and last of all what was and was not looked
 * at, so that it is what stays on the screen.
 */
export function closing(
  input: ReportInput,
  findings: readonly Finding[],
  notAssessed: readonly NotAssessed[],
  paint: Paint,
  columns: number,
): string[] {
  return [
    ...table(input, findings, paint, columns),
    '',
    ...conclusion(input, findings, notAssessed, paint, columns),
    ...lookedAt(input, notAssessed, paint, columns),
  ];
}

function table(input: ReportInput, findings: readonly Finding[], paint: Paint, columns: number): string[] {
  const { ui } = input.words;
  const { coverage } = input.report;
  const { rows, total } = tally(findings, coverage);
  const header = [
    ui.threat,
    ...SEVERITIES.map((severity) => ui.severities[severity]),
    ui.applicable,
    ui.evaluated,
    ui.coverage,
  ];
  const body = [
    ...rows.map(({ threat, findings: counts, tally: { applicable, evaluated } }) => [
      ui.threats[threat],
      ...SEVERITIES.map((severity) => (counts[severity] === 0 ? '–' : String(counts[severity]))),
      String(applicable),
      String(evaluated),
      percent({ applicable, evaluated }),
    ]),
    [
      ui.total,
      ...SEVERITIES.map((severity) => String(total[severity])),
      String(coverage.applicable),
      String(coverage.evaluated),
      percent(coverage),
    ],
  ];
  const widths = header.map((_, column) =>
    Math.max(...[header, ...body].map((row) => displayWidth(row[column]!))),
  );
  const draw = (row: readonly string[], shade: boolean) =>
    row
      .map((cell, column) => {
        const padded = column === 0 ? padEnd(cell, widths[0]!) : padStart(cell, widths[column]!);
        const severity = SEVERITIES[column - 1];
        const counted = severity !== undefined && cell !== '–' && cell !== '0';
        return shade && counted ? paint(SEVERITY_SHADES[severity], padded) : padded;
      })
      .join('  ');
  const width = widths.reduce((sum, each) => sum + each + 2, -2);
  if (width > columns) return stacked(header, body, ui, columns);
  return [paint('bold', draw(header, false)), ...body.map((row) => draw(row, true))];
}

/** The table as lines of text, for a terminal too narrow for it. */
function stacked(
  header: readonly string[],
  body: readonly (readonly string[])[],
  ui: UiWords,
  columns: number,
): string[] {
  return body.flatMap((row) => {
    const cells = row.slice(1).map((cell, index) => `${header[index + 1]} ${cell}`);
    return wrap(ui.punctuation.labelled(row[0]!, ui.punctuation.listed(cells)), columns);
  });
}

function conclusion(
  input: ReportInput,
  findings: readonly Finding[],
  notAssessed: readonly NotAssessed[],
  paint: Paint,
  columns: number,
): string[] {
  const { report, failOn, words } = input;
  const { ui } = words;
  const { total } = tally(findings, report.coverage);
  const severity = ui.severities[failOn];
  const said = {
    findings: () => ['red', `✖ ${ui.statusFindings(countFrom(total, failOn), severity)}`] as const,
    clean: () => ['green', `✔ ${ui.statusClean(severity)}`] as const,
    incomplete: () => ['yellow', `! ${ui.statusIncomplete(severity)}`] as const,
    nothing: () => ['red', `✖ ${ui.statusNothing}`] as const,
  };
  const [shade, text] = said[statusOf(total, failOn, report.coverage, notAssessed.length)]();
  return wrap(text, columns).map((line) => paint(shade, line));
}

function lookedAt(
  input: ReportInput,
  notAssessed: readonly NotAssessed[],
  paint: Paint,
  columns: number,
): string[] {
  const { words } = input;
  const { ui } = words;
  const lines = wrap(readSentences(input), columns);
  const missed = (text: string) => wrap(ui.punctuation.labelled(ui.notAssessed, text), columns);
  if (notAssessed.length === 0) return [...lines, ...missed(ui.nothingLeftOut)];
  const counts = omissionCounts(notAssessed, words);
  lines.push(...missed(counts).map((line) => paint('yellow', line)));
  const groups = groupOmissions(notAssessed, words, escapeText, NAMED_FILES);
  for (const group of groups.filter(({ kind }) => kind === 'reading')) {
    const remedy = group.remedy === undefined ? '' : ` → ${group.remedy}`;
    lines.push(...hang('  ', wrap(`${group.count}×  ${group.what}${remedy}`, columns - 4)));
    const names = wrap(ui.punctuation.listed(group.names), columns - 6);
    if (group.names.length > 0) lines.push(...names.map((line) => `      ${line}`));
    lines.push(...group.places.map((place) => cut(`      ${place}`, columns)));
    const left = group.count - group.places.length - group.names.length;
    if (left > 0)
      lines.push(cut(`      ${ui.andMore(left)}${ui.punctuation.aside(ui.jsonListsAll)}`, columns));
  }
  const undecided = groups.filter(({ kind }) => kind === 'undecided').sort((a, b) => b.count - a.count);
  const digits = String(undecided[0]?.count ?? 0).length;
  for (const group of undecided.slice(0, UNDECIDED_REASONS))
    lines.push(...reasonLines(group, ui, columns, digits));
  const left = undecided.length - UNDECIDED_REASONS;
  if (left > 0) lines.push(cut(`  ${ui.moreReasons(left)}${ui.punctuation.aside(ui.jsonListsAll)}`, columns));
  return lines;
}

/** Why a check could not decide, and where as far as there is room: the reason matters more. */
function reasonLines(
  { count, what, places }: Omission,
  ui: UiWords,
  columns: number,
  digits: number,
): string[] {
  const head = `  ${padStart(String(count), digits)}×  `;
  const lines = (text: string) => wrap(text, columns - head.length);
  const more = count > 1 ? ` · ${ui.andMore(count - 1)}` : '';
  const [whole, alone] = [lines(`${what}${ui.punctuation.aside(`${places[0]}${more}`)}`), lines(what)];
  const chosen = whole.length <= UNDECIDED_LINES ? whole : alone;
  const rest = chosen.slice(UNDECIDED_LINES - 1).join(' ');
  const shown = [...chosen.slice(0, UNDECIDED_LINES - 1), ...(rest === '' ? [] : [rest])];
  return shown.map((line, i) => cut((i === 0 ? head : ' '.repeat(head.length)) + line, columns));
}

function hang(indent: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => (index === 0 ? indent : `${indent}${indent}`) + line);
}
