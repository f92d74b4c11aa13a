import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { readAdminPolicy } from './admin-policy.ts';
import { CalicoObjects } from './calico-objects.ts';
import { plainName, readCalicoPolicies } from './calico-policy.ts';
import { CiliumObjects } from './cilium-objects.ts';
import { readCiliumPolicies } from './cilium-policy.ts';
import { readNetworkPolicy } from './network-policy.ts';
import type { OpaquePolicy, Policy, PolicyProblem } from './policy.ts';
import { PolicyReader } from './reader.ts';
import { checkTypes } from './types.ts';
import { userNetworks } from './user-networks.ts';

interface OpaqueKind {
  readonly isClusterWide: boolean;
}

const NAMESPACED: OpaqueKind = { isClusterWide: false };
const CLUSTER_WIDE: OpaqueKind = { isClusterWide: true };
/** Read by src/engines/network/mesh. */
const OF_MESH = new Set([
  'security.istio.io/PeerAuthentication',
  'security.istio.io/AuthorizationPolicy',
  'networking.istio.io/DestinationRule',
  'policy.linkerd.io/Server',
  'policy.linkerd.io/ServerAuthorization',
  'policy.linkerd.io/AuthorizationPolicy',
  'policy.linkerd.io/MeshTLSAuthentication',
  'policy.linkerd.io/NetworkAuthentication',
]);

/** Kinds of other policies by which packets are let through or stopped, and that are not evaluated. */
const OPAQUE = new Map<string, OpaqueKind>([
  ['crd.antrea.io/NetworkPolicy', NAMESPACED],
  ['crd.antrea.io/ClusterNetworkPolicy', CLUSTER_WIDE],
]);
const EVALUATED = new Set([
  'networking.k8s.io/NetworkPolicy',
  'extensions/NetworkPolicy',
  'policy.networking.k8s.io/AdminNetworkPolicy',
  'policy.networking.k8s.io/BaselineAdminNetworkPolicy',
  'policy.networking.k8s.io/ClusterNetworkPolicy',
  'cilium.io/CiliumNetworkPolicy',
  'cilium.io/CiliumClusterwideNetworkPolicy',
  'crd.projectcalico.org/NetworkPolicy',
  'crd.projectcalico.org/GlobalNetworkPolicy',
  'projectcalico.org/NetworkPolicy',
  'projectcalico.org/GlobalNetworkPolicy',
]);

/** What policies of a kind decide: undefined where they decide nothing about packets. */
export function policyKind(group: string, kind: string): { readonly isOfMesh: boolean } | undefined {
  const key = `${group}/${kind}`;
  if (OF_MESH.has(key)) return { isOfMesh: true };
  return OPAQUE.has(key) || EVALUATED.has(key) ? { isOfMesh: false } : undefined;
}

export interface ReadPolicies {
  /** Those that the API server takes, and those of which it is plain what is meant. */
  readonly policies: readonly Policy[];
  /** What it refuses. */
  readonly problems: readonly PolicyProblem[];
  readonly opaque: readonly OpaquePolicy[];
}

/** The policies among objects; objects of other kinds are passed over. */
export function readPolicies(objects: readonly JsonObject[]): ReadPolicies {
  const policies: Policy[] = [];
  const problems: PolicyProblem[] = [];
  const calico = new CalicoObjects(objects);
  const cilium = new CiliumObjects(objects);
  const opaque: OpaquePolicy[] = [...calico.opaque, ...userNetworks(objects)];
  for (const object of objects) {
    const group = (asString(object['apiVersion']) ?? '').split('/')[0]!;
    const kind = asString(object['kind']) ?? '';
    const key = `${group}/${kind}`;
    const unread = OPAQUE.get(key);
    if (unread !== undefined) {
      opaque.push(opaquePolicy(object, kind, unread));
      continue;
    }
    if (!EVALUATED.has(key)) continue;
    const reader = new PolicyReader(object);
    const read = policiesOf(reader, group, kind, { calico, cilium });
    checkTypes(reader, group);
    problems.push(...reader.problems);
    if (!reader.problems.every(({ isReadAsMeant }) => isReadAsMeant)) continue;
    policies.push(...read);
    opaque.push(...reader.opaque);
  }
  return { policies: withoutStored(policies), problems, opaque };
}

/** Of a cluster, a policy of Calico may be seen twice: as the API shows it, and as it is stored. */
function withoutStored(policies: readonly Policy[]): readonly Policy[] {
  const keyOf = ({ kind, namespace, name, stage }: Policy) =>
    `${kind}/${namespace ?? ''}/${plainName(name, stage.name)}`;
  const isStored = ({ object }: Policy) =>
    (asString(object['apiVersion']) ?? '').startsWith('crd.projectcalico.org/');
  const ofCalico = policies.filter(({ plugin }) => plugin === 'calico');
  const shown = new Set(ofCalico.filter((policy) => !isStored(policy)).map(keyOf));
  return policies.filter((policy) => !isStored(policy) || !shown.has(keyOf(policy)));
}

function policiesOf(
  reader: PolicyReader,
  group: string,
  kind: string,
  { calico, cilium }: { readonly calico: CalicoObjects; readonly cilium: CiliumObjects },
): readonly Policy[] {
  if (group.endsWith('projectcalico.org')) return readCalicoPolicies(reader, calico);
  if (group === 'cilium.io') return readCiliumPolicies(reader, cilium);
  return [kind === 'NetworkPolicy' ? readNetworkPolicy(reader) : readAdminPolicy(reader)];
}

function opaquePolicy(object: JsonObject, kind: string, { isClusterWide }: OpaqueKind): OpaquePolicy {
  const metadata = asObject(object['metadata']);
  const own = asString(metadata?.['namespace']) || 'default';
  const name = asString(metadata?.['name']) ?? '';
  return { object, kind, namespace: isClusterWide ? undefined : own, name, isOfMesh: false };
}
