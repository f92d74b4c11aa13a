import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { type LabelMatcher, labelSelector } from '../../../kubernetes/selectors.ts';
import { readAdminPolicy } from './admin-policy.ts';
import { readNetworkPolicy } from './network-policy.ts';
import type { OpaquePolicy, Policy, PolicyProblem } from './policy.ts';
import { PolicyReader } from './reader.ts';

/** Groups of other policies by which packets are let through or stopped, and their kinds that hold in the whole cluster. */
const OPAQUE = new Map<string, Readonly<Record<string, 'namespace' | 'cluster'>>>([
  ['cilium.io', { CiliumNetworkPolicy: 'namespace', CiliumClusterwideNetworkPolicy: 'cluster' }],
  ['crd.projectcalico.org', { NetworkPolicy: 'namespace', GlobalNetworkPolicy: 'cluster' }],
  ['projectcalico.org', { NetworkPolicy: 'namespace', GlobalNetworkPolicy: 'cluster' }],
  ['crd.antrea.io', { NetworkPolicy: 'namespace', ClusterNetworkPolicy: 'cluster' }],
  // Of service meshes.
  ['security.istio.io', { AuthorizationPolicy: 'namespace' }],
  ['policy.linkerd.io', { Server: 'namespace', AuthorizationPolicy: 'namespace' }],
]);
const MESHES = new Set(['security.istio.io', 'policy.linkerd.io']);
const ADMIN_KINDS = new Set(['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy']);

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
    const scope = OPAQUE.get(group)?.[kind];
    if (scope !== undefined) {
      const metadata = asObject(object['metadata']);
      const own = asString(metadata?.['namespace']) || 'default';
      // Istio's root namespace holds what is meant for the whole mesh.
      const isWide = scope === 'cluster' || (group === 'security.istio.io' && own === 'istio-system');
      const name = asString(metadata?.['name']) ?? '';
      const selects = MESHES.has(group) ? meshSelector(asObject(object['spec'])) : undefined;
      opaque.push({
        object,
        kind,
        namespace: isWide ? undefined : own,
        name,
        isOfMesh: MESHES.has(group),
        ...(selects === undefined ? {} : { selects }),
      });
      continue;
    }
    const isKubernetes =
      kind === 'NetworkPolicy' && (group === 'networking.k8s.io' || group === 'extensions');
    if (!isKubernetes && !(group === 'policy.networking.k8s.io' && ADMIN_KINDS.has(kind))) continue;
    const reader = new PolicyReader(object);
    const policy = isKubernetes ? readNetworkPolicy(reader) : readAdminPolicy(reader);
    problems.push(...reader.problems);
    if (reader.problems.every(({ isReadAsMeant }) => isReadAsMeant)) policies.push(policy);
  }
  return { policies, problems, opaque };
}

/** Of Istio's AuthorizationPolicy, and of Linkerd's Server. */
function meshSelector(spec: JsonObject | undefined): LabelMatcher | undefined {
  const selector = asObject(spec?.['selector']) ?? asObject(spec?.['podSelector']);
  return selector === undefined ? undefined : labelSelector(selector);
}
