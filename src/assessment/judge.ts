import type { Cluster } from '../kubernetes/cluster.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Read } from '../kubernetes/reads.ts';
import { type Check, type Failure, unknown, type Verdict } from '../threats/define-check.ts';
import type { Blindness } from './blindness.ts';
import type { Finding, Undecided } from './report.ts';

/** What every subject offers. */
export interface AnySubject {
  readonly object: KubernetesObject;
  readonly path: string;
}

/** Asks a check about a subject. A check that throws has not answered. */
export function judge(check: Check, subject: AnySubject, cluster: Cluster): Verdict {
  try {
    return check.evaluate(subject as never, cluster);
  } catch (error) {
    return unknown('check-error', { error: String(error) });
  }
}

export interface NotedVerdict {
  readonly verdict: Verdict;
  readonly reads: ReadonlySet<Read>;
}

/**
 * The same, noting what was looked at. A verdict that rests on a list that the source does not show is none: the policy that is
 * missed may be among those that may not be listed, and the exception that excuses as well.
 */
export function judgeNoting(
  check: Check,
  subject: AnySubject,
  cluster: Cluster,
  blindness: Blindness,
): NotedVerdict {
  const { result, reads } = cluster.reads.during(() => judge(check, subject, cluster));
  if (blindness.isNothing || result.verdict === 'not-applicable') return { verdict: result, reads };
  const hidden = blindness.hidden(reads);
  return {
    verdict: hidden.length === 0 ? result : unknown('list-not-read', { lists: hidden.join(', ') }),
    reads,
  };
}

const NO_PARAMS = Object.freeze({});

/** The findings of one check in one object, in the order of its subjects. */
export class ObjectFindings {
  readonly findings: Finding[] = [];
  readonly #said = new Set<string>();

  /**
   * An object with several pods, such as a Pipeline, states once what they share: then each of them fails at the same field for
   * the same reason, and that is one finding.
   */
  add(check: Check, object: KubernetesObject, failure: Failure): void {
    const { at, message, params } = failure;
    const size = this.#said.size;
    this.#said.add(JSON.stringify([at, message, params]));
    if (this.#said.size === size) return;
    this.findings.push({
      check,
      severity: failure.severity ?? check.severity,
      confidence: failure.confidence ?? check.confidence,
      object,
      path: at,
      message,
      params: params ?? NO_PARAMS,
    });
  }
}

export function undecided(
  check: Check,
  { object, path }: AnySubject,
  verdict: Verdict & { verdict: 'unknown' },
): Undecided {
  return {
    kind: 'undecided',
    check,
    object,
    path: verdict.at ?? path,
    reason: verdict.reason,
    params: verdict.params ?? NO_PARAMS,
  };
}
