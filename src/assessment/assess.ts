import { Cluster, type ClusterOptions } from '../kubernetes/cluster.ts';
import type { Gap } from '../kubernetes/gaps.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Check } from '../threats/define-check.ts';
import { Blindness } from './blindness.ts';
import { judge, judgeNoting } from './judge.ts';
import type { Coverage, Report } from './report.ts';
import { ReportBuilder, withoutPatches } from './report-builder.ts';

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
  /** True where the objects are a cluster's and not those of manifests. */
  readonly isComplete?: boolean;
  /** The one namespace of the cluster that was asked for. */
  readonly onlyNamespace?: string;
  /** How many lists of the API were read to their end. */
  readonly lists?: number;
  readonly gaps?: readonly Gap[];
}

export interface AssessOptions {
  readonly checks: readonly Check[];
  /** Checks that exist and are not asked; the report names them, so that their silence is not taken for a pass. */
  readonly leftOut?: readonly Check[];
  /** Also keep pass and not-applicable verdicts; they are only counted otherwise. */
  readonly allVerdicts?: boolean;
  /** The time of the assessment, for checks that speak of dates. */
  readonly now?: Date;
}

/** Runs checks over everything that was read. Never throws for a check's sake: a check that does is an `error` entry. */
export function assess(evidence: Evidence, options: AssessOptions): Report {
  const { objects, patches } = withoutPatches(evidence.objects);
  const cluster = new Cluster(objects, clusterOptions(evidence, options));
  const blindness = new Blindness(evidence.gaps ?? [], evidence.onlyNamespace);
  const report = new ReportBuilder(evidence, patches, options, blindness, cluster);
  for (const check of options.checks) {
    report.begin(check);
    for (const subject of cluster.subjects(check.subject)) {
      const verdict = blindness.isNothing
        ? judge(check, subject, cluster)
        : judgeNoting(check, subject, cluster, blindness).verdict;
      report.add(subject, verdict);
    }
    report.end(cluster.owners);
  }
  return report.finish();
}

export function clusterOptions(evidence: Evidence, options: AssessOptions): ClusterOptions {
  return {
    isComplete: evidence.isComplete ?? false,
    ...(options.now === undefined ? {} : { now: options.now }),
  };
}

/**
 * Share of what could be judged that was judged, in percent, for `--min-coverage`: evaluated ÷ applicable, reduced by the
 * share of objects that could not be read and of lists that were refused, since nobody knows what would apply to those. What the
 * user did not ask for does not count.
 */
export function coveragePercent(coverage: Coverage): number {
  if (coverage.applicable === 0) return 0;
  const { objects, unreadable, applicable, evaluated, lists } = coverage;
  const refused = lists?.notRead.filter(({ reason }) => reason !== 'not-asked').length ?? 0;
  const listed = lists === undefined || refused === 0 ? 1 : lists.read / (lists.read + refused);
  return (100 * evaluated * objects * listed) / (applicable * (objects + unreadable));
}
