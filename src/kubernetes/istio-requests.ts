import type { Cluster } from './cluster.ts';
import { asArray, asObject, asObjects, asString, type Json, type JsonObject } from './json.ts';
import { type KubernetesObject, stringMap } from './object.ts';
import type { Workload } from './workload.ts';

/** What an AuthorizationPolicy asks of the token that a request carries (istio.io/api security/v1 AuthorizationPolicy). */
export type TokenDemand =
  /** Some of its rules let requests with a token through, or it refuses those without one. */
  | 'demanded'
  /** An extension decides, whose settings stand in the mesh's configuration. */
  | 'delegated'
  | 'none';

function tokenDemand({ spec }: KubernetesObject): TokenDemand {
  const action = asString(spec['action']) ?? 'ALLOW';
  if (action === 'CUSTOM') return 'delegated';
  const asks = (rule: JsonObject) =>
    listOf(rule, 'from').some((from) => isSourceAsking(from, action)) ||
    listOf(rule, 'when').some((condition) => isConditionAsking(condition, action));
  return action !== 'AUDIT' && asObjects(spec['rules']).some(asks) ? 'demanded' : 'none';
}

/** Whether all requests are asked for a token where these policies are those for a workload: not just some paths or hosts. */
export function areAllAsked(policies: readonly IstioTarget[]): boolean {
  const isAllowing = ({ object }: IstioTarget) => (asString(object.spec['action']) ?? 'ALLOW') === 'ALLOW';
  const asking = policies.filter(({ demand }) => demand !== 'none');
  if (asking.some((policy) => !isAllowing(policy) && asksEveryRequest(policy.object))) return true;
  // One that allows is enough for a request, so that all have to ask.
  const allowing = policies.filter(isAllowing);
  return allowing.length > 0 && allowing.every(({ object }) => asksEveryRequest(object));
}

/** Not those for some paths or hosts alone, and without a rule beside it that lets in others. */
function asksEveryRequest({ spec }: KubernetesObject): boolean {
  const action = asString(spec['action']) ?? 'ALLOW';
  const rules = asObjects(spec['rules']);
  if (action === 'CUSTOM') {
    return rules.some((rule) => ['from', 'to', 'when'].every((field) => listOf(rule, field).length === 0));
  }
  return action === 'DENY' ? rules.some(refusesAllWithout) : rules.every(letsInNobodyWithout);
}

/** Entries of `from` are alternatives, conditions hold together. */
function letsInNobodyWithout(rule: JsonObject): boolean {
  const sources = listOf(rule, 'from');
  return (
    (sources.length > 0 && sources.every((from) => isSourceAsking(from, 'ALLOW'))) ||
    listOf(rule, 'when').some((condition) => isConditionAsking(condition, 'ALLOW'))
  );
}

function refusesAllWithout(rule: JsonObject): boolean {
  const [sources, conditions] = [listOf(rule, 'from'), listOf(rule, 'when')];
  if (listOf(rule, 'to').length > 0 || sources.length + conditions.length === 0) return false;
  const isAnySource =
    sources.length === 0 ||
    sources.some(
      (from) =>
        isSourceAsking(from, 'DENY') && Object.keys(asObject(asObject(from)?.['source']) ?? {}).length === 1,
    );
  return isAnySource && conditions.every((condition) => isConditionAsking(condition, 'DENY'));
}

function listOf(rule: JsonObject, field: string): readonly Json[] {
  return asArray(rule[field]) ?? [];
}

function isSourceAsking(from: Json, action: string): boolean {
  const field = action === 'DENY' ? 'notRequestPrincipals' : 'requestPrincipals';
  return (asArray(asObject(asObject(from)?.['source'])?.[field])?.length ?? 0) > 0;
}

function isConditionAsking(condition: Json, action: string): boolean {
  const { key, values, notValues } = asObject(condition) ?? {};
  const stated = action === 'DENY' ? notValues : values;
  return (asString(key) ?? '').startsWith('request.auth.') && (asArray(stated)?.length ?? 0) > 0;
}

/** The namespace whose policies without a selector hold everywhere (`rootNamespace` of the mesh, by default). */
const ROOT = 'istio-system';

type Labels = Readonly<Record<string, string>>;

/** Whom a policy of Istio is for, as far as `selector` and `targetRefs` say. */
export class IstioTarget {
  readonly object: KubernetesObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly demand: TokenDemand;
  readonly #references: readonly string[];

  constructor(object: KubernetesObject) {
    const { spec } = object;
    this.object = object;
    this.demand = tokenDemand(object);
    this.labels = stringMap(asObject(spec['selector'])?.['matchLabels']);
    this.#references = [spec['targetRef'], ...(asArray(spec['targetRefs']) ?? [])].flatMap((item) => {
      const reference = asObject(item);
      return reference === undefined ? [] : [`${asString(reference['kind'])}/${asString(reference['name'])}`];
    });
  }

  get namespace(): string {
    return this.object.namespace ?? 'default';
  }

  selects(workload: Workload): boolean {
    return (
      (this.namespace === ROOT || this.namespace === workload.namespace) &&
      this.#references.length === 0 &&
      Object.entries(this.labels).every(([key, value]) => workload.podLabels[key] === value)
    );
  }

  /**
   * Whether it is for the pods of a gateway: by a reference to a Gateway of the Gateway API, or by labels that one of Istio selects pods by.
   */
  isForGateway({ kind, name, namespace = 'default', group }: KubernetesObject, selector: Labels): boolean {
    if (this.#references.length > 0) {
      return this.namespace === namespace && this.#references.includes(`${kind}/${name}`);
    }
    if (group !== 'networking.istio.io')
      return this.namespace === ROOT && Object.keys(this.labels).length === 0;
    return (
      Object.entries(this.labels).every(([key, value]) => selector[key] === value) &&
      (this.namespace === ROOT || Object.keys(this.labels).length > 0)
    );
  }

  /** Whether this is for everything that the other is for. */
  covers(other: IstioTarget): boolean {
    if (this.namespace !== ROOT && this.namespace !== other.namespace) return false;
    if (this.#references.length > 0) {
      return (
        other.#references.length > 0 && other.#references.every((each) => this.#references.includes(each))
      );
    }
    if (other.#references.length > 0) return Object.keys(this.labels).length === 0;
    return Object.entries(this.labels).every(([key, value]) => other.labels[key] === value);
  }
}

/** The AuthorizationPolicies of Istio; Linkerd has a kind of the same name. */
export function istioAuthorizations(cluster: Cluster): readonly IstioTarget[] {
  return cluster.memo("Istio's authorization policies", () =>
    cluster
      .ofKind('AuthorizationPolicy')
      .filter(({ group }) => group === 'security.istio.io')
      .map((object) => new IstioTarget(object)),
  );
}

/** Those of them that may be for the pods of a namespace. */
export function istioAuthorizationsIn(namespace: string, cluster: Cluster): readonly IstioTarget[] {
  const byNamespace = cluster.memo("Istio's authorization policies by namespace", () => {
    const found = new Map<string, IstioTarget[]>();
    for (const policy of istioAuthorizations(cluster)) {
      const same = found.get(policy.namespace);
      if (same === undefined) found.set(policy.namespace, [policy]);
      else same.push(policy);
    }
    return found;
  });
  const own = byNamespace.get(namespace) ?? [];
  return namespace === ROOT ? own : [...(byNamespace.get(ROOT) ?? []), ...own];
}

/** The workloads that a policy selects. */
export function workloadsOf(target: IstioTarget, cluster: Cluster): readonly Workload[] {
  const near =
    target.namespace === ROOT ? cluster.workloads : (cluster.namespace(target.namespace)?.workloads ?? []);
  return near.filter((workload) => target.selects(workload));
}
