import { Cluster } from '../kubernetes/cluster.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { isPatch } from '../kubernetes/patches.ts';
import { type Check, type Failure, type Params, THREATS, type Threat } from '../threats/define-check.ts';
import type { Coverage, Finding, NotAssessed, OtherVerdict, Report, Tally } from './report.ts';

/** What a source hands to the assessment: objects, and what could not be read. */
export interface Evidence {
  readonly objects: readonly KubernetesObject[];
  readonly documents: number;
  readonly notKubernetes: readonly { readonly documents: number }[];
  /** Files and folders that the user's own rules, such as .gitignore, left out. */
  readonly ignored?: number;
  readonly passedOver?: readonly string[];
  readonly unread: readonly {
    readonly file: string;
    readonly line?: number;
    readonly subject?: string;
    readonly reason: string;
    readonly detail?: string;
  }[];
}

export interface AssessOptions {
  readonly checks: readonly Check[];
  /** Checks that exist and are not asked; the report names them, so that their silence is not taken for a pass. */
  readonly leftOut?: readonly Check[];
  /** Also keep pass and not-applicable verdicts; they are only counted otherwise. */
  readonly allVerdicts?: boolean;
  readonly isComplete?: boolean;
}

const NO_PARAMS: Params = Object.freeze({});

/** Runs checks over everything that was read. Never throws for a check's sake: a check that does is an `error` entry. */
export function assess(evidence: Evidence, options: AssessOptions): Report {
  const objects = evidence.objects.filter((object) => !isPatch(object));
  const patches = evidence.objects.filter(isPatch).map(({ kind, name, origin }) => ({
    file: origin.file.path,
    line: origin.line,
    subject: `${kind}/${name}`,
    reason: 'kustomize-patch',
  }));
  const unread = [...evidence.unread, ...patches];
  const cluster = new Cluster(objects, { isComplete: options.isComplete ?? false });
  const findings: Finding[] = [];
  const verdicts: OtherVerdict[] = [];
  const notAssessed: NotAssessed[] = unread.map((entry) => ({ kind: 'reading', ...entry }));
  const byThreat = Object.fromEntries(
    THREATS.map((threat) => [threat, { applicable: 0, evaluated: 0 }]),
  ) as Record<Threat, Tally>;

  for (const check of options.checks) {
    const tally = byThreat[check.threat];
    const said = new Said();
    for (const subject of cluster.subjects(check.subject)) {
      const verdict = judge(check, subject as never, cluster);
      if (verdict.verdict === 'not-applicable') {
        if (options.allVerdicts) verdicts.push(other(check, 'not-applicable', subject));
        continue;
      }
      tally.applicable++;
      switch (verdict.verdict) {
        case 'pass':
          tally.evaluated++;
          if (options.allVerdicts) verdicts.push(other(check, 'pass', subject));
          break;
        case 'fail':
          tally.evaluated++;
          for (const failure of verdict.failures) {
            if (said.again(subject.object, failure)) continue;
            findings.push({
              check,
              severity: failure.severity ?? check.severity,
              confidence: failure.confidence ?? check.confidence,
              object: subject.object,
              path: failure.at,
              message: failure.message,
              params: failure.params ?? NO_PARAMS,
            });
          }
          break;
        case 'unknown':
          notAssessed.push({
            kind: 'undecided',
            check,
            object: subject.object,
            path: verdict.at ?? subject.path,
            reason: verdict.reason,
            params: verdict.params ?? NO_PARAMS,
          });
          break;
      }
    }
  }

  const total = (field: keyof Tally) => THREATS.reduce((sum, threat) => sum + byThreat[threat][field], 0);
  const coverage: Coverage = {
    documents: evidence.documents,
    objects: objects.length,
    notKubernetes: evidence.notKubernetes.reduce((sum, entry) => sum + entry.documents, 0),
    unreadable: unread.length,
    ignored: evidence.ignored ?? 0,
    passedOver: evidence.passedOver ?? [],
    checks: options.checks.length,
    checksLeftOut: (options.leftOut ?? []).map(({ id }) => id),
    applicable: total('applicable'),
    evaluated: total('evaluated'),
    byThreat,
  };
  return { findings, coverage, notAssessed, verdicts };
}

/**
 * What one check has said of the object at hand. An object with several pods, such as a Pipeline, states once what they share:
 * then each of them fails at the same field for the same reason, and that is one finding.
 */
class Said {
  #object: KubernetesObject | undefined;
  readonly #failures = new Set<string>();

  again(object: KubernetesObject, { at, message, params }: Failure): boolean {
    if (object !== this.#object) {
      this.#object = object;
      this.#failures.clear();
    }
    const size = this.#failures.size;
    this.#failures.add(JSON.stringify([at, message, params]));
    return this.#failures.size === size;
  }
}

function judge(check: Check, subject: never, cluster: Cluster): ReturnType<Check['evaluate']> {
  try {
    return check.evaluate(subject, cluster);
  } catch (error) {
    return { verdict: 'unknown', reason: 'check-error', params: { error: String(error) } };
  }
}

function other(
  check: Check,
  verdict: OtherVerdict['verdict'],
  subject: { object: KubernetesObject; path: string },
): OtherVerdict {
  return { check, verdict, object: subject.object, path: subject.path };
}

/**
 * Share of what could be judged that was judged, in percent, for `--min-coverage`: evaluated ÷ applicable, reduced by the
 * share of objects that could not be read, since nobody knows what applies to those.
 */
export function coveragePercent(coverage: Coverage): number {
  if (coverage.applicable === 0) return 0;
  const { objects, unreadable, applicable, evaluated } = coverage;
  return (100 * evaluated * objects) / (applicable * (objects + unreadable));
}
