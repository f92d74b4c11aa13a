import type { Finding } from '../assessment/report.ts';
import { type Confidence, SEVERITIES } from '../threats/define-check.ts';
import { codeFrame } from './code-frame.ts';
import { messageOf, partOf, whereOf } from './describe.ts';
import { type Entry, fileName, groupByThreat, isDetailed, placeName } from './entries.ts';
import { escapeText } from './escape.ts';
import type { ReportInput, Sink, SourceRange } from './input.ts';
import { Positions, prepare } from './prepared.ts';
import { coloured, type Paint, plain, SEVERITY_SHADES } from './style.ts';
import { closing } from './terminal-closing.ts';
import { cut, displayWidth, padEnd, padStart, wrap } from './width.ts';

export interface TerminalOptions {
  readonly color: boolean;
  /** Width of the terminal; undefined where the output is none. */
  readonly columns: number | undefined;
}

/** Places of an entry that are looked up; what does not fit is counted. */
const PLACES = 12;
/** Lines that the places of one entry may take. */
const PLACE_LINES = 2;
/** Lines of why and of what to do; `kubestride explain` shows the whole page. */
const PROSE_LINES = 2;
/** Columns: text wider than this is hard to read, and narrower than this nothing fits. */
const NARROWEST = 40;
const USUAL = 100;
const WIDEST = 160;
/** Columns that a line of the list needs besides check and count to say more than those. */
const LIST_ROOM = 30;
/** Columns that a message needs behind its place to say anything. */
const SPOKEN_ROOM = 16;
const INDENT = '  ';

/** The report for a person at a terminal: an entry for each problem, however many places it has. */
export async function writeTerminal(input: ReportInput, sink: Sink, options: TerminalOptions): Promise<void> {
  const { findings, notAssessed } = prepare(input);
  const paint = options.color ? coloured : plain;
  const columns = Math.max(NARROWEST, Math.min(options.columns ?? USUAL, WIDEST));
  const threats = groupByThreat(findings);
  const entries = [...threats.values()].flat();
  const places = await locateShown(input, entries);
  const page = new Page(input, paint, columns, places, onlyFile(entries));
  for (const [threat, entries] of threats) {
    const lines = [paint('bold', input.words.ui.threats[threat])];
    for (const entry of entries.filter(isDetailed)) lines.push(...(await page.detailed(entry)), '');
    lines.push(...page.list(entries.filter((entry) => !isDetailed(entry))));
    if (lines.at(-1) !== '') lines.push('');
    await sink.write(`${lines.join('\n')}\n`);
  }
  await sink.write(`${closing(input, findings, notAssessed, paint, columns).join('\n')}\n`);
}

/** The file that all findings are in, if it is one and a detailed entry names it. */
function onlyFile(entries: readonly Entry[]): string | undefined {
  const findings = entries.flatMap((entry) => entry.findings);
  if (findings.some(({ object }) => object.origin.isApi)) return undefined;
  const files = new Set(findings.map(fileName));
  return files.size === 1 && entries.some(isDetailed) ? [...files][0] : undefined;
}

type Places = ReadonlyMap<Finding, SourceRange>;

async function locateShown(input: ReportInput, entries: readonly Entry[]): Promise<Places> {
  const shown = entries.flatMap((entry) => entry.findings.slice(0, isDetailed(entry) ? PLACES : 1));
  const positions = await Positions.of(input, shown);
  return new Map(shown.map((finding, index) => [finding, positions.at(index)]));
}

class Page {
  readonly #input: ReportInput;
  readonly #paint: Paint;
  readonly #columns: number;
  readonly #places: Places;
  readonly #onlyFile: string | undefined;

  constructor(
    input: ReportInput,
    paint: Paint,
    columns: number,
    places: Places,
    onlyFile: string | undefined,
  ) {
    this.#input = input;
    this.#paint = paint;
    this.#columns = columns;
    this.#places = places;
    this.#onlyFile = onlyFile;
  }

  /** An entry with its first line of code, its places, and what to think and do about it. */
  async detailed(entry: Entry): Promise<string[]> {
    const { words } = this.#input;
    const first = entry.findings[0]!;
    const { title, why, remedy } = words.check(entry.check.id);
    const spoken = messageOf(first, words, escapeText);
    const alike = entry.findings.every((finding) => messageOf(finding, words, escapeText) === spoken);
    const said = beyondPlace(first);
    const flowing = alike || entry.findings.every((finding) => beyondPlace(finding) === said);
    return [
      ...this.#title(entry, alike ? spoken : title),
      ...(await this.#frame(entry, first)),
      ...(flowing ? this.#flowingPlaces(entry) : this.#spokenPlaces(entry)),
      ...this.#labelled(words.ui.why, why),
      ...this.#labelled(words.ui.remedy, remedy),
    ];
  }

  #title(entry: Entry, text: string): string[] {
    const { ui } = this.#input.words;
    const severity = ui.severities[entry.severity];
    const head = `${severity}  ${entry.check.id}  `;
    const count = entry.findings.length === 1 ? '' : `${entry.findings.length}×  `;
    const confidence = entry.findings.map((finding) => finding.confidence).reduce(lower);
    const doubt = confidence === 'high' ? '' : ` [${ui.confidences[confidence]}]`;
    const [first = '', ...rest] = wrap(head + count + text + doubt, this.#columns - 2 * INDENT.length);
    const shade = SEVERITY_SHADES[entry.severity];
    const coloured = first.startsWith(head.trimEnd())
      ? this.#paint(shade, this.#paint('bold', severity)) +
        first.slice(severity.length, head.length).replace(entry.check.id, (id) => this.#paint('bold', id)) +
        first.slice(head.length)
      : first;
    return [INDENT + coloured, ...rest.map((line) => `${INDENT}${INDENT}${line}`)];
  }

  async #frame(entry: Entry, finding: Finding): Promise<string[]> {
    const range = this.#places.get(finding)!;
    const context = entry.severity === 'medium' ? 0 : 1;
    const numbers = String(range.line + context).length;
    const gutter = INDENT.length * 2 + numbers + 3;
    const columns = this.#columns - gutter;
    const frame = await codeFrame(this.#input, finding, range, { context, columns });
    return frame.flatMap(({ number, text, marked }) => {
      const head = `${INDENT}${INDENT}${padStart(String(number), numbers)} │ `;
      if (marked === undefined) return [this.#paint('dim', head + text)];
      const under = `${INDENT}${INDENT}${' '.repeat(numbers)} │ ${' '.repeat(marked.from)}`;
      const carets = this.#paint(SEVERITY_SHADES[entry.severity], '^'.repeat(marked.width));
      return [this.#paint('dim', head) + text, this.#paint('dim', under) + carets];
    });
  }

  /** Places one after the other, those of one object merged, a file named where it changes. */
  #flowingPlaces(entry: Entry): string[] {
    const { ui } = this.#input.words;
    const label = this.#label(ui.at);
    const columns = this.#columns - displayWidth(label);
    const shown: string[] = [];
    let taken = 0;
    let file: string | undefined;
    for (const finding of entry.findings.slice(0, PLACES)) {
      const at = fileName(finding);
      const line = `:${this.#places.get(finding)!.line}`;
      const place = finding.object.origin.isApi ? finding.path : at === file ? line : at + line;
      const piece = `${placeName(finding)} ${escapeText(place)}`.trimEnd();
      const left = entry.findings.length - taken - 1;
      const more = left > 0 ? [this.#more(left)] : [];
      if (taken > 0 && flow([...shown, piece, ...more], columns).length > PLACE_LINES) break;
      shown.push(cut(piece, columns * PLACE_LINES));
      file = at;
      taken++;
    }
    const left = entry.findings.length - taken;
    if (left > 0) shown.push(this.#more(left));
    return this.#hang(label, flow(shown, columns));
  }

  #spokenPlaces(entry: Entry): string[] {
    const { words } = this.#input;
    const label = this.#label(words.ui.at);
    const columns = this.#columns - displayWidth(label);
    const shown = entry.findings.length <= PLACE_LINES + 1 ? entry.findings.length : PLACE_LINES;
    const lines = entry.findings.slice(0, shown).map((finding) => {
      const where = escapeText(whereOf(finding, this.#places.get(finding)!.line));
      const at = cutStart(where, Math.floor(columns * 0.6));
      const place = `${cut(placeName(finding), columns - displayWidth(at) - 1)} ${at}`;
      const room = columns - displayWidth(place) - 2;
      return room < SPOKEN_ROOM ? place : `${place}  ${cut(messageOf(finding, words, escapeText), room)}`;
    });
    const left = entry.findings.length - shown;
    return this.#hang(label, left > 0 ? [...lines, this.#more(left)] : lines);
  }

  #more(count: number): string {
    const { ui } = this.#input.words;
    return `${ui.andMore(count)}${ui.punctuation.aside(ui.jsonListsAll)}`;
  }

  #labelled(name: string, text: string): string[] {
    const label = this.#label(name);
    const columns = this.#columns - displayWidth(label);
    const lines = wrap(text.replace(/\s+/g, ' ').trim(), columns);
    if (lines.length <= PROSE_LINES) return this.#hang(label, lines);
    const last = lines.slice(PROSE_LINES - 1).join(' ');
    return this.#hang(label, [...lines.slice(0, PROSE_LINES - 1), cut(last, columns)]);
  }

  #label(name: string): string {
    const { ui } = this.#input.words;
    const width = Math.max(...[ui.at, ui.why, ui.remedy].map(displayWidth));
    return `${INDENT}${INDENT}${padEnd(name, width)}  `;
  }

  #hang(label: string, lines: readonly string[]): string[] {
    const indent = ' '.repeat(displayWidth(label));
    return lines.map((line, index) => (index === 0 ? this.#paint('dim', label) : indent) + line);
  }

  /** A line for each entry of little weight. */
  list(entries: readonly Entry[]): string[] {
    const { words } = this.#input;
    const severities = Math.max(
      0,
      ...SEVERITIES.map((severity) => displayWidth(words.ui.severities[severity])),
    );
    const ids = Math.max(0, ...entries.map((entry) => entry.check.id.length));
    const counts = Math.max(0, ...entries.map((entry) => `${entry.findings.length}`.length));
    const room = this.#columns - INDENT.length - severities - ids - counts - 9;
    const texts = entries.map((entry) => this.#listed(entry));
    const longest = Math.max(0, ...texts.map(displayWidth));
    const places = entries.map((entry) => this.#listedPlace(entry));
    const widest = Math.min(Math.max(0, ...places.map(displayWidth)), Math.floor(room / 3));
    const said = Math.min(longest, room - widest);
    return entries.map((entry, index) => {
      const name = words.ui.severities[entry.severity];
      const severity = this.#paint(SEVERITY_SHADES[entry.severity], padEnd(name, severities));
      const count = `${padStart(String(entry.findings.length), counts)}×`;
      if (room < LIST_ROOM) {
        const narrow = cut(`${count} ${entry.check.id}`, this.#columns - INDENT.length - severities - 2);
        return `${INDENT}${severity}  ${narrow}`;
      }
      const at = cutStart(places[index]!, room - said);
      const text = padEnd(cut(texts[index]!, said), said);
      return `${INDENT}${severity}  ${padEnd(entry.check.id, ids)}  ${count}  ${text}  ${this.#paint('dim', at)}`;
    });
  }

  /** The first place; where the report speaks of one file, which the detailed entries name, its line. */
  #listedPlace(entry: Entry): string {
    const first = entry.findings[0]!;
    if (first.object.origin.isApi) return placeName(first);
    const line = `:${this.#places.get(first)!.line}`;
    return this.#onlyFile === fileName(first) ? line : fileName(first) + line;
  }

  /** What was seen where it is one thing, else what such things are called. */
  #listed(entry: Entry): string {
    const { words } = this.#input;
    if (entry.findings.length > 1) return words.check(entry.check.id).title;
    return messageOf(entry.findings[0]!, words, escapeText);
  }
}

/** What a finding says that its place does not. */
function beyondPlace({ object, path, message, params }: Finding): string {
  const part = partOf(object, path);
  const beyond = Object.entries(params).filter(([, value]) => value !== part && value !== object.name);
  return JSON.stringify([message, beyond]);
}

/** Pieces separated by `·`, a line ending only between pieces where they fit. */
function flow(pieces: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    const joined = line === '' ? piece : `${line} · ${piece}`;
    if (line !== '' && displayWidth(joined) > columns) {
      lines.push(line);
      line = piece;
    } else {
      line = joined;
    }
  }
  return [...lines, line].flatMap((each) => wrap(each, columns));
}

/** Keeps the end: of a path, the file matters more than the folders. */
function cutStart(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  for (const character of Array.from(text).reverse()) {
    if (displayWidth(character + kept) >= columns) break;
    kept = character + kept;
  }
  return `…${kept}`;
}

const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'low'];

function lower(a: Confidence, b: Confidence): Confidence {
  return CONFIDENCES.indexOf(a) > CONFIDENCES.indexOf(b) ? a : b;
}
