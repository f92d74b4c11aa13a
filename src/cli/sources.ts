import { resolve } from 'node:path';
import { compareText } from '../assessment/order.ts';
import { isBundle } from '../evidence/bundle/is-bundle.ts';
import {
  locateFields,
  type Progress,
  readLines,
  readManifests,
  type Unread,
} from '../evidence/manifests/index.ts';
import type { Gap } from '../kubernetes/gaps.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { ReportInput, ReportSource } from '../reports/input.ts';
import type { Context } from './context.ts';
import type { ProgressLine } from './progress.ts';
import { refuseClusterFlags, type SourceFlags } from './source-flags.ts';
import { UsageError } from './usage-error.ts';

/** Everything that was read, from whichever source. */
export interface SourceEvidence {
  readonly objects: readonly KubernetesObject[];
  readonly documents: number;
  readonly notKubernetes: readonly { readonly file: string; readonly documents: number }[];
  readonly unread: readonly Unread[];
  readonly ignored?: number;
  readonly passedOver: readonly string[];
  readonly isComplete: boolean;
  readonly onlyNamespace?: string;
  readonly lists?: number;
  readonly gaps: readonly Gap[];
}

export interface OpenedSource {
  /** Where the context of a live cluster puts objects that name no namespace. */
  readonly defaultNamespace?: string;
  readonly evidence: SourceEvidence;
  readonly source: ReportSource;
}

export interface OpenOptions {
  readonly progress: ProgressLine;
  /** Real paths that are not read where a folder or a pattern leads to them. */
  readonly except?: ReadonlySet<string>;
  /** Keeps a cluster's objects as the server sent them. */
  readonly whole?: boolean;
  /** Reads these kinds of a live cluster alone, each with its API group: `apps/Deployment`. */
  readonly kinds?: ReadonlySet<string>;
}

/**
 * Reads what a command was pointed at: paths, or evidence bundles, or the live cluster. They are not mixed, since what runs and
 * what should run are two states of one thing; `kubestride diff` compares them.
 */
export async function openSource(
  context: Context,
  flags: SourceFlags,
  paths: readonly string[],
  options: OpenOptions,
): Promise<OpenedSource> {
  const bundles = paths.filter((path) => isBundle(resolve(context.terminal.cwd, path)));
  if (flags.cluster && paths.length > 0) throw new UsageError((words) => words.usage.clusterAndPaths());
  if (bundles.length > 0 && bundles.length < paths.length) {
    throw new UsageError((words) => words.usage.bundlesAndPaths({ bundle: bundles[0]! }));
  }
  requireCluster(flags, bundles.length > 0);
  if (flags.cluster || bundles.length > 0) {
    // Most runs read files, and need neither.
    const { fromBundles, fromCluster } = await import('./snapshot-sources.ts');
    return flags.cluster
      ? fromCluster(context, flags, options)
      : fromBundles(context, flags, bundles, options);
  }
  return fromPaths(context, paths.length === 0 ? ['.'] : paths, options);
}

/** Refuses flags that would be without effect. */
function requireCluster(flags: SourceFlags, hasBundles: boolean): void {
  if (!hasBundles && flags.verifyKey !== undefined) {
    throw new UsageError((words) => words.usage.flagNeeds({ flag: '--verify-key', needed: '*.kse' }));
  }
  if (!flags.cluster) refuseClusterFlags(flags);
}

async function fromPaths(
  { terminal }: Context,
  paths: readonly string[],
  { progress, except, whole = false }: OpenOptions,
): Promise<OpenedSource> {
  const evidence = await readManifests(paths, {
    cwd: terminal.cwd,
    // Opening the stream costs milliseconds that a scan of files need not spend.
    get stdin() {
      return terminal.stdin;
    },
    ...(except === undefined ? {} : { except }),
    limits: { whole },
    onProgress: (read: Progress) => progress.reading(read),
  });
  return {
    evidence: { ...evidence, isComplete: false, gaps: [] },
    source: { paths: [...paths].sort(compareText) },
  };
}

/** How much of a line code frames look at: one that long is JSON without line breaks. */
const LONGEST_LINE = 1 << 20;

/** Where findings stand in their files; objects of an API stand in none. */
export const places: Pick<ReportInput, 'locate' | 'readLines'> = {
  async locate(requests) {
    const inFiles = requests.filter(({ origin }) => !origin.isApi);
    const ranges = await locateFields(inFiles);
    if (inFiles.length === requests.length) return ranges;
    const answers = ranges[Symbol.iterator]();
    return requests.map(({ origin }) => (origin.isApi ? undefined : answers.next().value));
  },
  async readLines(origin, first, last) {
    return origin.isApi ? [] : readLines(origin, first, last, { maxLength: LONGEST_LINE });
  },
};
