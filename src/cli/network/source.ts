import { Network, type OpaquePolicy, policyKind } from '../../engines/network/index.ts';
import { resourceName } from '../../kubernetes/gaps.ts';
import type { NetworkFlags } from '../commands/network/flags.ts';
import type { Context } from '../context.ts';
import { Places } from '../places.ts';
import { ProgressLine } from '../progress.ts';
import { type OpenedSource, openSource } from '../sources.ts';

/** A source with everything that decides what can reach what. */
export interface NetworkSource extends OpenedSource {
  readonly network: Network;
  readonly places: Places;
}

/** What policies speak of by its labels or its name, and networks of their own: without it, every answer may be another one. */
const REFERRED_TO = new Set([
  '/Namespace',
  'cilium.io/CiliumCIDRGroup',
  ...['projectcalico.org', 'crd.projectcalico.org'].flatMap((group) =>
    ['NetworkSet', 'GlobalNetworkSet', 'Tier'].map((kind) => `${group}/${kind}`),
  ),
  'k8s.ovn.org/UserDefinedNetwork',
  'k8s.ovn.org/ClusterUserDefinedNetwork',
]);

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
  const unseen = gaps.flatMap((gap): OpaquePolicy[] => {
    const { group, kind, namespace, reason } = gap;
    // What is for hosts leaves open what reaches pods on their network alone.
    const isOfHosts = kind === 'HostEndpoint' && group.endsWith('projectcalico.org');
    const isReferredTo = isOfHosts || REFERRED_TO.has(`${group}/${kind}`);
    const what = isReferredTo ? { isOfMesh: false } : policyKind(group, kind);
    if (what === undefined || reason === 'not-asked') return [];
    const name = `${resourceName(gap)} (${context.words.gap[reason]})`;
    return [{ object: {}, kind, namespace, name, isOfMesh: what.isOfMesh, isOfHosts }];
  });
  const network = new Network(objects, { isComplete, unseen });
  const known = new Map(objects.map((object) => [object.raw, object]));
  return { ...opened, network, places: new Places((raw) => known.get(raw)) };
}
