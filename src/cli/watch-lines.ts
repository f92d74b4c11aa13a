import type { VerdictChange } from '../assessment/judged.ts';
import { compareText } from '../assessment/order.ts';
import type { Report } from '../assessment/report.ts';
import type { Words } from '../locales/words.ts';
import { asIs, messageOf, objectName, partOf, reasonOf } from '../reports/describe.ts';
import { escapeText } from '../reports/escape.ts';
import { tally } from '../reports/tallies.ts';
import { SEVERITIES } from '../threats/define-check.ts';
import { type Context, say } from './context.ts';

/** Writes the changes of an assessment, one a line. */
export class ChangeWriter {
  readonly #context: Context;
  readonly #words: Words;
  readonly #format: 'text' | 'json';

  constructor(context: Context, words: Words, format: 'text' | 'json') {
    this.#context = context;
    this.#words = words;
    this.#format = format;
  }

  /** Where the watch begins. */
  async start(report: Report, counts: { objects: number; lists: number }, now: Date): Promise<void> {
    const undecided = report.notAssessed.filter(({ kind }) => kind === 'undecided').length;
    if (this.#format === 'json') {
      const { total } = tally(report.findings, report.coverage);
      const line = { time: now.toISOString(), change: 'synced', ...counts, findings: total, undecided };
      await this.#context.terminal.stdout.write(`${JSON.stringify(line)}\n`);
      return;
    }
    const findings = report.findings.length;
    say(this.#context, this.#context.words.watch.synced({ ...counts, findings, undecided }));
  }

  async write(changes: readonly VerdictChange[], now: Date): Promise<void> {
    const write = this.#format === 'json' ? this.#json : this.#text;
    // The worst first, and what is said of one object together.
    const sorted = [...changes].sort(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        compareText(objectName(a.object), objectName(b.object)) ||
        compareText(a.check.id, b.check.id),
    );
    for (const change of sorted) await this.#context.terminal.stdout.write(`${write(change, now)}\n`);
  }

  readonly #json = (change: VerdictChange, now: Date): string => {
    const { check, severity, object, finding, undecided } = change;
    const { apiVersion, kind, namespace, name } = object;
    return JSON.stringify({
      time: now.toISOString(),
      change: nameOf(change),
      check: check.id,
      threat: check.threat,
      severity,
      object: { apiVersion, kind, namespace, name },
      path: finding?.path ?? undecided?.path,
      ...(finding === undefined ? {} : { message: messageOf(finding, this.#words, asIs) }),
      ...(undecided === undefined
        ? {}
        : { reason: reasonOf(undecided, this.#words, asIs), code: undecided.reason }),
    });
  };

  readonly #text = (change: VerdictChange, now: Date): string => {
    const { check, severity, object, finding, undecided } = change;
    const said = this.#context.words.watch[nameOf(change)];
    const part = finding === undefined ? undefined : partOf(object, finding.path);
    const place = part === undefined ? objectName(object) : `${objectName(object)} › ${part}`;
    const text =
      finding === undefined
        ? undecided === undefined
          ? ''
          : reasonOf(undecided, this.#words, asIs)
        : messageOf(finding, this.#words, asIs);
    const time = now.toISOString().slice(11, 19);
    return escapeText(
      `${time}  ${said}  ${this.#words.ui.severities[severity]}  ${check.id}  ${place}  ${text}`,
    );
  };
}

function nameOf({ kind, isNew }: VerdictChange): 'appeared' | 'resolved' | 'undecided' | 'decided' {
  if (kind === 'finding') return isNew ? 'appeared' : 'resolved';
  return isNew ? 'undecided' : 'decided';
}
