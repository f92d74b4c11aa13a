import type { VerdictChange } from '../assessment/judged.ts';
import { compareText } from '../assessment/order.ts';
import type { Report } from '../assessment/report.ts';
import type { DegradedReason } from '../evidence/cluster/watch/events.ts';
import { type Gap, resourceName } from '../kubernetes/gaps.ts';
import type { Words } from '../locales/words.ts';
import { asIs, messageOf, objectName, partOf, reasonOf } from '../reports/describe.ts';
import { escapeText } from '../reports/escape.ts';
import { tally } from '../reports/tallies.ts';
import { SEVERITIES } from '../threats/define-check.ts';
import { type Context, say } from './context.ts';

/** Lists that are named where many are meant. */
const NAMED = 3;

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
    const findings = report.findings.length;
    say(this.#context, this.#context.words.watch.synced({ ...counts, findings, undecided }));
    const { total } = tally(report.findings, report.coverage);
    const notRead = report.coverage.lists?.notRead.map(({ resource, reason }) => ({ resource, reason }));
    await this.#line({ change: 'synced', ...counts, notRead, findings: total, undecided }, now);
  }

  /** A list that is not shown, from the start or any more: what is in it is out of sight, not gone. */
  async lost(gap: Gap, now: Date): Promise<void> {
    const list = resourceName(gap);
    say(this.#context, this.#context.words.watch.lost({ list, reason: this.#context.words.gap[gap.reason] }));
    await this.#line({ change: 'list-lost', list, reason: gap.reason }, now);
  }

  async back(list: string, now: Date): Promise<void> {
    say(this.#context, this.#context.words.watch.back({ list }));
    await this.#line({ change: 'list-back', list }, now);
  }

  /** Lists whose objects may be older than they seem. */
  async stale(lists: readonly string[], reason: DegradedReason, now: Date): Promise<void> {
    const named = lists.slice(0, NAMED).join(', ');
    const more = Math.max(0, lists.length - NAMED);
    say(this.#context, this.#context.words.watch.degraded({ lists: named, more, reason }));
    await this.#line({ change: 'stale', lists, reason }, now);
  }

  async fresh(now: Date): Promise<void> {
    say(this.#context, this.#context.words.watch.recovered());
    await this.#line({ change: 'fresh' }, now);
  }

  async #line(fields: object, now: Date): Promise<void> {
    if (this.#format !== 'json') return;
    await this.#context.terminal.stdout.write(`${JSON.stringify({ time: now.toISOString(), ...fields })}\n`);
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
      ...(undecided === undefined || !change.isNew
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
        ? undecided === undefined || !change.isNew
          ? ''
          : reasonOf(undecided, this.#words, asIs)
        : messageOf(finding, this.#words, asIs);
    const time = now.toISOString().slice(11, 19);
    return escapeText(
      `${time}  ${said}  ${this.#words.ui.severities[severity]}  ${check.id}  ${place}  ${text}`,
    );
  };
}

type ChangeName = 'appeared' | 'resolved' | 'unseen' | 'undecided' | 'decided';

/** A finding that can no longer be seen, or no longer be judged, has not gone away. */
function nameOf({ kind, isNew, isUnseen }: VerdictChange): ChangeName {
  if (kind === 'undecided') return isNew ? 'undecided' : 'decided';
  if (isNew) return 'appeared';
  return isUnseen === true ? 'unseen' : 'resolved';
}
