import { compileCalicoSelector } from './calico-selector.ts';
import { isOfIdentity, NAMESPACE, OWN_PREFIX, parseCiliumKey } from './cilium-labels.ts';
import { asArray, asObject, asString, type JsonObject } from './json.ts';
import { governs } from './namespaces.ts';
import type { KubernetesObject } from './object.ts';
import { compileLabelSelector, type LabelMatcher, labelSelector, type Requirement } from './selectors.ts';
import type { Workload } from './workload.ts';

/** Kinds of `NetworkPolicy.of` that hold in their own namespace. */
export const POLICY_KINDS = ['NetworkPolicy', 'CiliumNetworkPolicy'] as const;
/** Kinds of `NetworkPolicy.of` that hold everywhere. */
export const CLUSTER_POLICY_KINDS = [
  'CiliumClusterwideNetworkPolicy',
  'GlobalNetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
] as const;

/** What is known of a policy's grip on a workload; `unknown` where its selector is in a language that is not evaluated. */
export type Selection = 'selected' | 'not-selected' | 'unknown';

/**
 * A policy that isolates pods: `networking.k8s.io` NetworkPolicy, or one of Cilium's, Calico's or the SIG's own kinds,
 * reduced to whom it selects and in which directions it isolates them.
 */
export class NetworkPolicy {
  readonly object: KubernetesObject;
  readonly path = '';
  readonly ingress: boolean;
  readonly egress: boolean;
  readonly #clusterWide: boolean;
  readonly #matches: LabelMatcher | undefined;
  /** What the selector demands of a pod's labels; undefined where its language is not evaluated. */
  readonly requirements: readonly Requirement[] | undefined;

  /** @param facts.selector undefined where its language is not evaluated */
  constructor(
    object: KubernetesObject,
    facts: {
      clusterWide: boolean;
      ingress: boolean;
      egress: boolean;
      selector: JsonObject | LabelMatcher | undefined;
    },
  ) {
    this.object = object;
    this.ingress = facts.ingress;
    this.egress = facts.egress;
    this.#clusterWide = facts.clusterWide;
    const { selector } = facts;
    if (typeof selector === 'function') {
      this.#matches = selector;
      return;
    }
    const compiled = selector === undefined ? undefined : compileLabelSelector(selector);
    const understood = compiled === undefined || 'refused' in compiled ? undefined : compiled;
    this.#matches = understood?.matches;
    this.requirements = understood?.requirements === 'nothing' ? undefined : understood?.requirements;
  }

  /** Undefined for objects that are no network policy. */
  static of(object: KubernetesObject): NetworkPolicy | undefined {
    switch (`${object.group}/${object.kind}`) {
      case 'networking.k8s.io/NetworkPolicy':
      case 'extensions/NetworkPolicy':
        return kubernetesPolicy(object);
      case 'cilium.io/CiliumNetworkPolicy':
      case 'cilium.io/CiliumClusterwideNetworkPolicy':
        return ciliumPolicy(object);
      case 'crd.projectcalico.org/NetworkPolicy':
      case 'projectcalico.org/NetworkPolicy':
      case 'crd.projectcalico.org/GlobalNetworkPolicy':
      case 'projectcalico.org/GlobalNetworkPolicy':
        return calicoPolicy(object);
      case 'policy.networking.k8s.io/AdminNetworkPolicy':
      case 'policy.networking.k8s.io/BaselineAdminNetworkPolicy':
      case 'policy.networking.k8s.io/ClusterNetworkPolicy':
        return new NetworkPolicy(object, {
          clusterWide: true,
          ingress: object.spec['ingress'] !== undefined,
          egress: object.spec['egress'] !== undefined,
          // Whether such a policy denies by default depends on its rules' actions; the network engine decides that.
          selector: undefined,
        });
      default:
        return undefined;
    }
  }

  get isClusterWide(): boolean {
    return this.#clusterWide;
  }

  get namespace(): string {
    return this.object.namespace ?? 'default';
  }

  selects(workload: Workload): Selection {
    if (!this.#clusterWide && workload.namespace !== this.namespace) return 'not-selected';
    if (this.#matches === undefined) return 'unknown';
    if (!this.#matches(workload.podLabels)) return 'not-selected';
    // A selector that names labels finds its pods wherever they stand; one that takes every pod means those applied with it.
    const takesAll = !this.#clusterWide && this.#matches(undefined);
    return takesAll && !governs(this.object, workload.object) ? 'not-selected' : 'selected';
  }
}

/** NetworkPolicySpec: without `policyTypes`, ingress always and egress where there is a rule for it. */
function kubernetesPolicy(object: KubernetesObject): NetworkPolicy {
  const types = asArray(object.spec['policyTypes']);
  // An absent podSelector decodes as the empty struct, which selects every pod of the namespace.
  return new NetworkPolicy(object, {
    clusterWide: false,
    ingress: types === undefined || types.length === 0 || types.includes('Ingress'),
    egress:
      types === undefined || types.length === 0
        ? (asArray(object.spec['egress'])?.length ?? 0) > 0
        : types.includes('Egress'),
    selector: asObject(object.spec['podSelector']) ?? {},
  });
}

/**
 * Of Cilium's policies, those of pods that deny by default (computePolicyEnforcementAndRules in pkg/policy/repository.go): a direction
 * with a rule, whether it allows or denies, unless `enableDefaultDeny` says otherwise. Those of nodes isolate no pod.
 */
function ciliumPolicy(object: KubernetesObject): NetworkPolicy {
  const written = [asObject(object.raw['spec']), ...(asArray(object.raw['specs']) ?? []).map(asObject)];
  const isolating = written.flatMap((rule) => {
    const selector = asObject(rule?.['endpointSelector']);
    const isolates = (direction: string) =>
      asObject(rule?.['enableDefaultDeny'])?.[direction] !== false &&
      [direction, `${direction}Deny`].some((section) => (asArray(rule?.[section])?.length ?? 0) > 0);
    const [ingress, egress] = [isolates('ingress'), isolates('egress')];
    return selector !== undefined && (ingress || egress) ? [{ selector, ingress, egress }] : [];
  });
  const [first, ...others] = isolating;
  const clusterWide = object.kind === 'CiliumClusterwideNetworkPolicy';
  if (first === undefined) {
    return new NetworkPolicy(object, { clusterWide, ingress: false, egress: false, selector: () => false });
  }
  const has = (direction: 'ingress' | 'egress') => isolating.some((rule) => rule[direction]);
  const [ingress, egress] = [has('ingress'), has('egress')];
  const selectors = isolating.map(({ selector }) => plainSelector(selector));
  const isAlike = isolating.every((rule) => rule.ingress === ingress && rule.egress === egress);
  const selector = others.length === 0 ? selectors[0] : isAlike ? anyOf(selectors) : undefined;
  return new NetworkPolicy(object, { clusterWide, ingress, egress, selector });
}

function anyOf(selectors: readonly (JsonObject | undefined)[]): LabelMatcher | undefined {
  const matchers = selectors.map((selector) => selector && labelSelector(selector));
  if (matchers.includes(undefined)) return undefined;
  return (labels) => matchers.some((matches) => matches!(labels));
}

/**
 * Cilium's selectors are label selectors whose keys may name the label's source, as in `k8s:app`. Undefined where they ask for anything
 * but labels of pods that it sees: namespaces, service accounts, the cluster are for the network engine.
 */
function plainSelector(selector: JsonObject): JsonObject | undefined {
  let isPlain = true;
  const plain = (text: string) => {
    const { source, key } = parseCiliumKey(text);
    isPlain &&= source === 'k8s' || source === 'any';
    isPlain &&= key !== NAMESPACE && !key.startsWith(OWN_PREFIX) && isOfIdentity(key);
    return key;
  };
  const labels = Object.entries(asObject(selector['matchLabels']) ?? {}).map(([key, value]) => [
    plain(key),
    value,
  ]);
  const expressions = (asArray(selector['matchExpressions']) ?? []).map((item) => {
    const expression = asObject(item) ?? {};
    return { ...expression, key: plain(asString(expression['key']) ?? '') };
  });
  return isPlain ? { matchLabels: Object.fromEntries(labels), matchExpressions: expressions } : undefined;
}

/**
 * Calico's selectors may ask for namespaces and service accounts, and policies of tiers of their own may pass everything on: that is for
 * the network engine. What is for host endpoints alone is no policy of pods.
 */
function calicoPolicy(object: KubernetesObject): NetworkPolicy | undefined {
  const { spec } = object;
  if (spec['doNotTrack'] === true || spec['preDNAT'] === true) return undefined;
  const types = asArray(spec['types']) ?? [];
  const has = (direction: string) => (asArray(spec[direction])?.length ?? 0) > 0;
  // Past the API, which fills in what is left out, it is for both directions.
  const isStored = object.group.startsWith('crd.');
  const text = (field: string) => asString(spec[field])?.trim() ?? '';
  const compiled = compileCalicoSelector(text('selector'));
  const isPlain =
    (text('tier') || 'default') === 'default' &&
    text('namespaceSelector') === '' &&
    text('serviceAccountSelector') === '' &&
    !('refused' in compiled) &&
    [...compiled.keys].every((key) => !/^(?:pcns\.|pcsa\.|projectcalico\.org\/)/.test(key));
  return new NetworkPolicy(object, {
    clusterWide: object.kind === 'GlobalNetworkPolicy',
    ingress: types.length === 0 ? isStored || has('ingress') || !has('egress') : types.includes('Ingress'),
    egress: types.length === 0 ? isStored || has('egress') : types.includes('Egress'),
    selector: isPlain ? compiled.matches : undefined,
  });
}
