import type { Cluster } from '../kubernetes/cluster.ts';
import { type Gap, resourceName } from '../kubernetes/gaps.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { isPatch } from '../kubernetes/patches.ts';
import { SUBJECT_KINDS } from '../kubernetes/subjects.ts';
import { type UnseenComponent, unseenComponents } from '../kubernetes/unseen-components.ts';
import { type Check, THREATS, type Threat, type Verdict } from '../threats/define-check.ts';
import type { AssessOptions, Evidence } from './assess.ts';
import { beyondOwner } from './beyond-owner.ts';
import type { Blindness } from './blindness.ts';
import { type AnySubject, ObjectFindings, undecided } from './judge.ts';
import type { Coverage, Finding, NotAssessed, OtherVerdict, Report, Tally, Undecided } from './report.ts';

type Reading = NotAssessed & { kind: 'reading' };

/** Objects to judge, and the kustomize patches among them, which are parts of objects. */
export function withoutPatches(all: readonly KubernetesObject[]): {
  objects: readonly KubernetesObject[];
  patches: readonly Reading[];
} {
  const patches = all.filter(isPatch).map(
    ({ kind, name, origin }): Reading => ({
      kind: 'reading',
      file: origin.file.path,
      line: origin.line,
      subject: `${kind}/${name}`,
      reason: 'kustomize-patch',
    }),
  );
  return { objects: patches.length === 0 ? all : all.filter((object) => !isPatch(object)), patches };
}

/** Gathers the verdicts of one check after the other into a report. */
export class ReportBuilder {
  readonly #evidence: Evidence;
  readonly #options: AssessOptions;
  readonly #blindness: Blindness;
  readonly #cluster: Cluster;
  readonly #unseen: readonly UnseenComponent[];
  readonly #reading: readonly Reading[];
  readonly #findings: Finding[] = [];
  readonly #undecided: Undecided[] = [];
  readonly #verdicts: OtherVerdict[] = [];
  readonly #byThreat = Object.fromEntries(
    THREATS.map((threat) => [threat, { applicable: 0, evaluated: 0 }]),
  ) as Record<Threat, Tally>;
  #check!: Check;
  #tally!: Tally;
  /** Of the check at hand. */
  readonly #ofCheck = new Map<KubernetesObject, ObjectFindings>();
  readonly #openOfCheck = new Map<KubernetesObject, Undecided[]>();

  constructor(
    evidence: Evidence,
    patches: readonly Reading[],
    options: AssessOptions,
    blindness: Blindness,
    cluster: Cluster,
  ) {
    this.#evidence = evidence;
    this.#options = options;
    this.#blindness = blindness;
    this.#cluster = cluster;
    this.#unseen = cluster.isComplete ? unseenComponents(cluster, !blindness.hidesAnyOf(['Pod'])) : [];
    this.#reading = [...evidence.unread.map((entry): Reading => ({ kind: 'reading', ...entry })), ...patches];
  }

  begin(check: Check): void {
    this.#check = check;
    this.#tally = this.#byThreat[check.threat];
    this.#ofCheck.clear();
    this.#openOfCheck.clear();
    if (this.#blindness.hidesAnyOf(SUBJECT_KINDS[check.subject])) this.#tally.applicable++;
    else if (this.#unseen.some((component) => isExpected(component) && isAbout(check, component))) {
      this.#tally.applicable++;
    }
  }

  add(subject: AnySubject, verdict: Verdict): void {
    const { object, path } = subject;
    if (verdict.verdict === 'pass' || verdict.verdict === 'not-applicable') {
      if (this.#options.allVerdicts) {
        this.#verdicts.push({ check: this.#check, verdict: verdict.verdict, object, path });
      }
      if (verdict.verdict === 'not-applicable') return;
    }
    this.count(1, verdict.verdict === 'unknown' ? 0 : 1);
    this.record(subject, verdict);
  }

  count(applicable: number, evaluated: number): void {
    this.#tally.applicable += applicable;
    this.#tally.evaluated += evaluated;
  }

  /** What a verdict says, without counting it. */
  record(subject: AnySubject, verdict: Verdict): void {
    const { object } = subject;
    if (verdict.verdict === 'unknown') {
      const open = this.#openOfCheck.get(object);
      const question = undecided(this.#check, subject, verdict);
      if (open === undefined) this.#openOfCheck.set(object, [question]);
      else open.push(question);
    }
    if (verdict.verdict !== 'fail') return;
    let findings = this.#ofCheck.get(object);
    if (findings === undefined) {
      findings = new ObjectFindings();
      this.#ofCheck.set(object, findings);
    }
    for (const failure of verdict.failures) findings.add(this.#check, object, failure);
  }

  /** @param owners the owners beside which pods are judged */
  end(owners: ReadonlyMap<KubernetesObject, KubernetesObject>): void {
    for (const [object, { findings }] of this.#ofCheck) {
      const owner = owners.get(object);
      const added =
        owner === undefined
          ? findings
          : beyondOwner(findings, owner, this.#ofCheck.get(owner)?.findings ?? []);
      this.#findings.push(...added);
    }
    for (const [object, open] of this.#openOfCheck) {
      const owner = owners.get(object);
      const added = owner === undefined ? open : beyondOwner(open, owner, this.#openOfCheck.get(owner) ?? []);
      this.#undecided.push(...added);
    }
  }

  finish(): Report {
    const cluster = this.#cluster;
    const evidence = this.#evidence;
    const gaps = evidence.gaps ?? [];
    const total = (field: keyof Tally) =>
      THREATS.reduce((sum, threat) => sum + this.#byThreat[threat][field], 0);
    const coverage: Coverage = {
      documents: evidence.documents,
      objects: cluster.objects.length,
      notKubernetes: evidence.notKubernetes.reduce((sum, entry) => sum + entry.documents, 0),
      unreadable: this.#reading.length,
      ignored: evidence.ignored ?? 0,
      passedOver: evidence.passedOver ?? [],
      checks: this.#options.checks.length,
      checksLeftOut: (this.#options.leftOut ?? []).map(({ id }) => id),
      ...(evidence.lists === undefined ? {} : { lists: listsOf(evidence.lists, gaps) }),
      applicable: total('applicable'),
      evaluated: total('evaluated'),
      byThreat: this.#byThreat,
    };
    return {
      findings: this.#findings,
      coverage,
      notAssessed: [
        ...this.#reading,
        ...gaps.map(gapEntry),
        ...this.#unseen.map(unseenEntry),
        ...this.#undecided,
      ],
      verdicts: this.#verdicts,
    };
  }
}

function listsOf(read: number, gaps: readonly Gap[]): NonNullable<Coverage['lists']> {
  const notRead = gaps.map((gap) => ({
    resource: resourceName(gap),
    ...(gap.namespace === undefined ? {} : { namespace: gap.namespace }),
    reason: gap.reason,
    ...(gap.detail === undefined ? {} : { detail: gap.detail }),
  }));
  return { read, notRead };
}

/** Whether a check would have had something to judge in a program that was not seen. */
function isAbout({ subject }: Check, { component }: UnseenComponent): boolean {
  return subject === 'component' || (subject === 'authorization' && component === 'kube-apiserver');
}

/** What a provider runs is the provider's to answer for. */
function isExpected({ reason }: UnseenComponent): boolean {
  return reason !== 'hidden-by-provider';
}

function unseenEntry({ component, reason, distribution }: UnseenComponent): Reading {
  return {
    kind: 'reading',
    subject: component,
    reason,
    ...(distribution === undefined ? {} : { detail: distribution }),
  };
}

function gapEntry(gap: Gap): Reading {
  const resource = resourceName(gap);
  return {
    kind: 'reading',
    subject: gap.namespace === undefined ? resource : `${resource} -n ${gap.namespace}`,
    reason: gap.reason,
    ...(gap.detail === undefined ? {} : { detail: gap.detail }),
  };
}
