import { Cluster } from '../../kubernetes/cluster.ts';
import { resourceName } from '../../kubernetes/gaps.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { type Context, say } from '../context.ts';
import { ProgressLine } from '../progress.ts';
import type { SourceFlags } from '../source-flags.ts';
import { refuseClusterFlags } from '../source-flags.ts';
import { openSource } from '../sources.ts';
import { sayUnread } from '../unread.ts';
import { UsageError } from '../usage-error.ts';

export interface UsageSource {
  readonly cluster: Cluster;
  /** Something of what the question is about was not read. */
  readonly isPartial: boolean;
}

/**
 * The objects that records are compared with; undefined where no source was named.
 * @param kinds what the question is about, with their API groups: `/Secret`; undefined for everything
 */
export async function usageSource(
  context: Context,
  flags: SourceFlags,
  paths: readonly string[],
  kinds?: ReadonlySet<string>,
): Promise<UsageSource | undefined> {
  const { words } = context;
  if (!flags.cluster && paths.length === 0) {
    refuseClusterFlags(flags);
    if (flags.verifyKey !== undefined)
      throw new UsageError((said) => said.usage.flagNeeds({ flag: '--verify-key', needed: '*.kse' }));
    return undefined;
  }
  const progress = new ProgressLine(context.terminal, words);
  const { evidence } = await openSource(context, flags, paths, {
    progress,
    whole: true,
    ...(kinds === undefined ? {} : { kinds }),
  });
  progress.done();
  sayUnread(context, evidence.unread);
  const gaps = evidence.gaps.filter(({ group, kind }) => kinds?.has(`${group}/${kind}`) ?? true);
  for (const gap of gaps)
    say(context, words.warning.listNotRead({ list: resourceName(gap), reason: words.gap[gap.reason] }));
  const objects: readonly KubernetesObject[] = evidence.objects;
  return {
    cluster: new Cluster(objects, { isComplete: evidence.isComplete }),
    isPartial: evidence.unread.length > 0 || gaps.some(({ reason }) => reason !== 'not-asked'),
  };
}
