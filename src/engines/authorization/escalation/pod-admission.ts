import type { Cluster } from '../../../kubernetes/cluster.ts';
import { asArray, asObject, asString, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { type LabelMatcher, labelSelector } from '../../../kubernetes/selectors.ts';
import type { Certainty } from './power.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const NAME = 'kubernetes.io/metadata.name';

/** What stands between a request for a privileged pod and the node, by namespace. */
export class PodAdmission {
  readonly #cluster: Cluster;
  readonly #guards: readonly LabelMatcher[];

  /** @param unseen kinds that could not be listed */
  constructor(cluster: Cluster, unseen: ReadonlySet<string>) {
    this.#cluster = cluster;
    this.#guards = GUARDS.some((kind) => unseen.has(kind)) ? [() => true] : guardsOf(cluster);
  }

  /** Whether Pod Security refuses privileged pods: both of its stricter levels do. */
  isEnforced(namespace: string): boolean {
    const level = this.level(namespace);
    return level === 'baseline' || level === 'restricted';
  }

  level(namespace: string): string | undefined {
    return this.#labels(namespace)[ENFORCE];
  }

  /** `possible` where a policy or webhook that looks at pods may refuse it, or where those were not seen. */
  certainty(namespace: string): Certainty {
    const labels = { [NAME]: namespace, ...this.#labels(namespace) };
    return this.#guards.some((matches) => matches(labels)) ? 'possible' : 'proven';
  }

  #labels(namespace: string): Readonly<Record<string, string>> {
    return this.#cluster.namespace(namespace)?.labels ?? {};
  }
}

const GUARDS = [
  'Namespace',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
];

/** The namespaces that policies and webhooks look at which see pods before they are created. */
function guardsOf(cluster: Cluster): LabelMatcher[] {
  const bound = new Set(
    cluster
      .ofKind('ValidatingAdmissionPolicyBinding')
      .filter(({ spec }) => (asArray(spec['validationActions']) ?? []).includes('Deny'))
      .map(({ spec }) => asString(spec['policyName'])),
  );
  const policies = cluster
    .ofKind('ValidatingAdmissionPolicy')
    .filter(({ name }) => bound.has(name))
    .map(({ spec }) => asObject(spec['matchConstraints']) ?? {})
    .map((match) => ({ rules: match['resourceRules'], selector: match['namespaceSelector'] }));
  const webhooks = cluster
    .ofKind('ValidatingWebhookConfiguration')
    .flatMap(({ raw }) => asArray(raw['webhooks']) ?? [])
    .map((webhook) => asObject(webhook) ?? {})
    .map((webhook) => ({ rules: webhook['rules'], selector: webhook['namespaceSelector'] }));
  return [...policies, ...webhooks].flatMap(({ rules, selector }) => {
    if (!(asArray(rules) ?? []).some((rule) => seesPods(asObject(rule) ?? {}))) return [];
    return [labelSelector(selector ?? {}) ?? (() => true)];
  });
}

const PODS: readonly Json[] = ['pods', '*', '*/*', 'pods/*'];

function seesPods(rule: JsonObject): boolean {
  const has = (field: string, values: readonly Json[]) =>
    (asArray(rule[field]) ?? []).some((each) => values.includes(each));
  return has('resources', PODS) && has('apiGroups', ['', '*']) && has('operations', ['CREATE', '*']);
}
