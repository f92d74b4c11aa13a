import type { Snapshot } from '../../records/questions/investigation.ts';
import type { Context } from '../context.ts';
import { ProgressLine } from '../progress.ts';
import { openSource } from '../sources.ts';

/** Roles, bindings and whatever else stands in sources, as of the time at which they were recorded, or now. */
export async function snapshotOf(
  context: Context,
  sources: readonly string[] | undefined,
  cluster: string,
): Promise<Snapshot | undefined> {
  if (sources === undefined) return undefined;
  const progress = new ProgressLine(context.terminal, context.words);
  const flags = { cluster: false, secrets: false, kubeletConfig: false };
  const { evidence } = await openSource(context, flags, sources, { progress, whole: true });
  progress.done();
  return { cluster, time: Date.now() * 1000, objects: evidence.objects };
}
