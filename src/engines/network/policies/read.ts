import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { type LabelMatcher, labelSelector } from '../../../kubernetes/selectors.ts';
import { readAdminPolicy } from './admin-policy.ts';
import { readCiliumPolicies } from './cilium-policy.ts';
import { readNetworkPolicy } from './network-policy.ts';
import type { OpaquePolicy, Policy, PolicyProblem } from './policy.ts';
import { PolicyReader } from './reader.ts';

interface OpaqueKind {
  readonly isClusterWide: boolean;
  readonly isOfMesh: boolean;
}

const NAMESPACED: OpaqueKind = { isClusterWide: false, isOfMesh: false };
const CLUSTER_WIDE: OpaqueKind = { isClusterWide: true, isOfMesh: false };
const OF_MESH: OpaqueKind = { isClusterWide: false, isOfMesh: true };

/** Kinds of other policies by which packets are let through or stopped, and that are not evaluated. */
const OPAQUE = new Map<string, OpaqueKind>([
  ['crd.projectcalico.org/NetworkPolicy', NAMESPACED],
  ['crd.projectcalico.org/GlobalNetworkPolicy', CLUSTER_WIDE],
  ['projectcalico.org/NetworkPolicy', NAMESPACED],
  ['projectcalico.org/GlobalNetworkPolicy', CLUSTER_WIDE],
  ['crd.antrea.io/NetworkPolicy', NAMESPACED],
  ['crd.antrea.io/ClusterNetworkPolicy', CLUSTER_WIDE],
  ['security.istio.io/AuthorizationPolicy', OF_MESH],
  ['policy.linkerd.io/Server', OF_MESH],
  ['policy.linkerd.io/AuthorizationPolicy', OF_MESH],
]);
const EVALUATED = new Set([
  'networking.k8s.io/NetworkPolicy',
  'extensions/NetworkPolicy',
  'policy.networking.k8s.io/AdminNetworkPolicy',
  'policy.networking.k8s.io/BaselineAdminNetworkPolicy',
  'policy.networking.k8s.io/ClusterNetworkPolicy',
  'cilium.io/CiliumNetworkPolicy',
  'cilium.io/CiliumClusterwideNetworkPolicy',
]);

/** What policies of a kind decide: undefined where they decide nothing about packets. */
export function policyKind(group: string, kind: string): { readonly isOfMesh: boolean } | undefined {
  const key = `${group}/${kind}`;
  return OPAQUE.get(key) ?? (EVALUATED.has(key) ? NAMESPACED : undefined);
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
  const opaque: OpaquePolicy[] = [];
  for (const object of objects) {
    const group = (asString(object['apiVersion']) ?? '').split('/')[0]!;
    const kind = asString(object['kind']) ?? '';
    const key = `${group}/${kind}`;
    const unread = OPAQUE.get(key);
    if (unread !== undefined) {
      opaque.push(opaquePolicy(object, group, kind, unread));
      continue;
    }
    if (!EVALUATED.has(key)) continue;
    const reader = new PolicyReader(object);
    const read = policiesOf(reader, group, kind);
    problems.push(...reader.problems);
    if (!reader.problems.every(({ isReadAsMeant }) => isReadAsMeant)) continue;
    policies.push(...read);
    opaque.push(...reader.opaque);
  }
  return { policies, problems, opaque };
}

function policiesOf(reader: PolicyReader, group: string, kind: string): readonly Policy[] {
  if (group === 'cilium.io') return readCiliumPolicies(reader);
  return [kind === 'NetworkPolicy' ? readNetworkPolicy(reader) : readAdminPolicy(reader)];
}

function opaquePolicy(
  object: JsonObject,
  group: string,
  kind: string,
  { isClusterWide, isOfMesh }: OpaqueKind,
): OpaquePolicy {
  const metadata = asObject(object['metadata']);
  const own = asString(metadata?.['namespace']) || 'default';
  // Istio's root namespace holds what is meant for the whole mesh.
  const isWide = isClusterWide || (group === 'security.istio.io' && own === 'istio-system');
  const name = asString(metadata?.['name']) ?? '';
  const selects = isOfMesh ? meshSelector(asObject(object['spec'])) : undefined;
  const namespace = isWide ? undefined : own;
  return { object, kind, namespace, name, isOfMesh, ...(selects === undefined ? {} : { selects }) };
}

/** Of Istio's AuthorizationPolicy, and of Linkerd's Server. */
function meshSelector(spec: JsonObject | undefined): LabelMatcher | undefined {
  const selector = asObject(spec?.['selector']) ?? asObject(spec?.['podSelector']);
  return selector === undefined ? undefined : labelSelector(selector);
}
