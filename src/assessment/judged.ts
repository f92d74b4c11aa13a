import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Read } from '../kubernetes/reads.ts';
import type { Check, Severity, Verdict } from '../threats/define-check.ts';
import { beyondOwner } from './beyond-owner.ts';
import { identity, placeOf } from './fingerprint.ts';
import { type AnySubject, type NotedVerdict, ObjectFindings, undecided } from './judge.ts';
import type { Finding, Undecided } from './report.ts';
import type { ReportBuilder } from './report-builder.ts';

/** Something that a report says now and did not say before, or the other way round. */
export interface VerdictChange {
  readonly kind: 'finding' | 'undecided';
  readonly isNew: boolean;
  /** Withdrawn since what it rests on is not shown any more, which says nothing about the cluster. */
  readonly isUnseen?: boolean;
  readonly check: Check;
  readonly severity: Severity;
  readonly object: KubernetesObject;
  readonly finding?: Finding;
  readonly undecided?: Undecided;
  /** Equal for the same statement about different states of an object. */
  readonly identity: string;
}

const NO_READS: ReadonlySet<Read> = new Set();

/** What one check says of the subjects in one object. */
export class Judged {
  readonly check: Check;
  readonly object: KubernetesObject;
  /** What the verdicts rest on besides the subjects. */
  reads: ReadonlySet<Read> = NO_READS;
  #subjects: readonly AnySubject[] = [];
  #verdicts: readonly Verdict[] = [];
  #findings: readonly Finding[] = [];
  /** What was last told of it. */
  #said: readonly (Finding | Undecided)[] = [];

  constructor(check: Check, object: KubernetesObject) {
    this.check = check;
    this.object = object;
  }

  /** Judges all subjects, and returns what was looked at. */
  judge(subjects: readonly AnySubject[], ask: (subject: AnySubject) => NotedVerdict): ReadonlySet<Read> {
    let reads = NO_READS;
    const verdicts: Verdict[] = [];
    const findings = new ObjectFindings();
    for (const subject of subjects) {
      const noted = ask(subject);
      verdicts.push(noted.verdict);
      if (noted.reads.size > 0) reads = reads.size === 0 ? noted.reads : new Set([...reads, ...noted.reads]);
      if (noted.verdict.verdict !== 'fail') continue;
      for (const failure of noted.verdict.failures) findings.add(this.check, this.object, failure);
    }
    // A subject holds on to the state of the cluster that it was made from; only its place is needed further on.
    this.#subjects = subjects.map(({ path }) => ({ object: this.object, path }));
    this.#verdicts = verdicts;
    this.#findings = findings.findings;
    return reads;
  }

  /** Nothing is said, and nothing but the subjects can change that. */
  get isPlain(): boolean {
    return (
      this.reads.size === 0 &&
      this.#verdicts.every(({ verdict }) => verdict === 'pass' || verdict === 'not-applicable')
    );
  }

  get applicable(): number {
    return this.#verdicts.filter(({ verdict }) => verdict !== 'not-applicable').length;
  }

  tell(builder: ReportBuilder): void {
    this.#verdicts.forEach((verdict, index) => {
      builder.add(this.#subjects[index]!, verdict);
    });
  }

  /**
   * What is said otherwise than the last time.
   *
   * @param owner the object beside which this one is judged
   * @param ofOwner what is said of that one
   */
  said(owner: KubernetesObject | undefined, ofOwner: Judged | undefined): VerdictChange[] {
    const before = this.#said;
    let findings = this.#findings;
    let open: readonly Undecided[] = this.#undecided();
    if (owner !== undefined) {
      findings = beyondOwner(findings, owner, ofOwner === undefined ? [] : ofOwner.#findings);
      open = beyondOwner(open, owner, ofOwner === undefined ? [] : ofOwner.#undecided());
    }
    this.#said = open.length === 0 ? findings : [...findings, ...open];
    if (before.length === 0 && this.#said.length === 0) return [];
    const earlier = before.map(changeOf);
    const now = this.#said.map(changeOf);
    return [...without(earlier, now).map(withdrawn), ...without(now, earlier)];
  }

  /** Everything that was said, withdrawn because the object is gone or of another state. */
  lost(): VerdictChange[] {
    return this.#said.map((statement) => withdrawn(changeOf(statement)));
  }

  #undecided(): Undecided[] {
    return this.#verdicts.flatMap((verdict, index): Undecided[] =>
      verdict.verdict === 'unknown' ? [undecided(this.check, this.#subjects[index]!, verdict)] : [],
    );
  }
}

/** Worded when it is needed: of the many statements of a cluster few change. */
function changeOf(statement: Finding | Undecided): VerdictChange {
  const { check, object } = statement;
  if ('message' in statement) {
    const { severity } = statement;
    const of = `${severity} ${identity(statement)}`;
    return { kind: 'finding', isNew: true, check, severity, object, finding: statement, identity: of };
  }
  const { path, reason, params } = statement;
  return {
    kind: 'undecided',
    isNew: true,
    check,
    severity: check.severity,
    object,
    undecided: statement,
    identity: JSON.stringify([check.id, ...placeOf(statement), path, reason, params]),
  };
}

function withdrawn(change: VerdictChange): VerdictChange {
  return { ...change, isNew: false };
}

/** What is in `all` and not in `others`; the same statement may be there more than once. */
function without(all: readonly VerdictChange[], others: readonly VerdictChange[]): VerdictChange[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(key(other), (counts.get(key(other)) ?? 0) + 1);
  return all.filter((change) => {
    const count = counts.get(key(change)) ?? 0;
    counts.set(key(change), count - 1);
    return count <= 0;
  });
}

function key({ kind, identity: of }: VerdictChange): string {
  return `${kind} ${of}`;
}
