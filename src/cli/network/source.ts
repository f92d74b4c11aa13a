import { Network, type OpaquePolicy } from '../../engines/network/index.ts';
import { resourceName } from '../../kubernetes/gaps.ts';
import { CLUSTER_POLICY_KINDS, POLICY_KINDS } from '../../kubernetes/network-policies.ts';
import type { NetworkFlags } from '../commands/network/flags.ts';
import type { Context } from '../context.ts';
import { ProgressLine } from '../progress.ts';
import { type OpenedSource, openSource } from '../sources.ts';
import { Places } from './places.ts';

/** A source with everything that decides what can reach what. */
export interface NetworkSource extends OpenedSource {
  readonly network: Network;
  readonly places: Places;
}

/** Where one of these lists could not be read, there may be policies or labels that change every answer. */
const DECISIVE = new Set<string>([...POLICY_KINDS, ...CLUSTER_POLICY_KINDS, 'Namespace']);

/** @param options.whole keeps what was observed of objects, such as the addresses of load balancers */
export async function openNetwork(
  context: Context,
  flags: NetworkFlags,
  paths: readonly string[],
  { whole = false }: { readonly whole?: boolean } = {},
): Promise<NetworkSource> {
  const progress = new ProgressLine(context.terminal, context.words);
  const opened = await openSource(context, flags, paths, { progress, whole });
  progress.done();
  const { objects, gaps, isComplete } = opened.evidence;
  const unseen = gaps
    .filter(({ kind, reason }) => DECISIVE.has(kind) && reason !== 'not-asked')
    .map(
      (gap): OpaquePolicy => ({
        object: {},
        kind: gap.kind,
        namespace: gap.namespace,
        name: `${resourceName(gap)} (${context.words.gap[gap.reason]})`,
        isOfMesh: false,
      }),
    );
  const network = new Network(objects, { isComplete, unseen });
  const known = new Map(objects.map((object) => [object.raw, object]));
  return { ...opened, network, places: new Places((raw) => known.get(raw)) };
}
