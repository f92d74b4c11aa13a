import type { SourceFlags } from './source-flags.ts';
import { UsageError } from './usage-error.ts';

export interface SourceArguments {
  readonly flags: SourceFlags;
  readonly paths: readonly string[];
}

const NO_CLUSTER: SourceFlags = { cluster: false, secrets: false, kubeletConfig: false };

/**
 * With --cluster, the paths are what should run and the cluster is what does; else there are two paths. Flags go along to
 * the source that they are for, which refuses those that would be without effect.
 */
export function twoSources(
  flags: SourceFlags,
  sources: readonly string[],
): [SourceArguments, SourceArguments] {
  const { verifyKey, ...others } = flags;
  const hasBundle = sources.some(isBundle);
  const ofFiles = (paths: readonly string[], rest: SourceFlags): SourceArguments => {
    const isMeant = verifyKey !== undefined && (paths.some(isBundle) || !hasBundle);
    return { flags: isMeant ? { ...rest, verifyKey } : rest, paths };
  };
  if (flags.cluster) {
    if (sources.length === 0) throw new UsageError((words) => words.usage.diffNeedsPath());
    return [ofFiles(sources, NO_CLUSTER), { flags: others, paths: [] }];
  }
  const [first, second] = sources;
  if (first === undefined || second === undefined || sources.length > 2) {
    throw new UsageError((words) => words.usage.diffNeedsTwo({ count: sources.length }));
  }
  return [ofFiles([first], others), ofFiles([second], others)];
}

function isBundle(path: string): boolean {
  return path.endsWith('.kse');
}
