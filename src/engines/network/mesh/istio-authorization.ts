import { asArray, asObject, asString, type Json } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { Address } from '../addresses.ts';
import type { Boundaries } from '../intervals.ts';
import type { Decision, MeshStep } from './client.ts';
import { type IstioRule, namedIn } from './istio-named.ts';
import { type Connection, type Question, RuleReader } from './istio-rules.ts';
import type { MeshPod } from './mesh-pod.ts';
import { selectsLabels } from './selector.ts';
import type { IstioSettings } from './settings.ts';
import type { Statement } from './statement.ts';
import type { Truth } from './truth.ts';

interface IstioPolicy {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly action: 'ALLOW' | 'DENY' | 'CUSTOM';
  readonly selector: Json | undefined;
  /** Meant for gateways and waypoints alone. */
  readonly hasTargets: boolean;
  readonly rules: readonly IstioRule[];
}

/**
 * What Istio's AuthorizationPolicies let through, in the order in which proxies ask them: CUSTOM, DENY, ALLOW. Where there are policies
 * that allow, what none of them allows is refused (istio/istio pilot/pkg/security/authz/builder/builder.go;
 * https://istio.io/latest/docs/concepts/security/#implicit-enablement). Those of the root namespace are for all namespaces. Policies that
 * audit or are on trial (`istio.io/dry-run`) refuse nothing.
 */
export class IstioAuthorization {
  readonly #byNamespace = new Map<string, IstioPolicy[]>();
  readonly #roots: readonly string[];
  readonly #rules: RuleReader;
  readonly #known = new WeakMap<MeshPod, readonly IstioPolicy[]>();

  constructor(objects: readonly KubernetesObject[], settings: IstioSettings) {
    this.#roots = [...settings.rootNamespaces];
    this.#rules = new RuleReader(settings);
    for (const object of objects) {
      if (object.group !== 'security.istio.io' || object.kind !== 'AuthorizationPolicy') continue;
      const policy = read(object);
      if (policy === undefined) continue;
      const same = this.#byNamespace.get(policy.namespace);
      if (same === undefined) this.#byNamespace.set(policy.namespace, [policy]);
      else same.push(policy);
    }
  }

  /** Whether there are policies that waypoints or gateways may hold against what goes to a pod. */
  hasTargets(pod: MeshPod): boolean {
    return this.#near(pod).some(({ hasTargets }) => hasTargets);
  }

  /** Whether policies look at the address of the pod. */
  asksForAddress(pod: MeshPod): boolean {
    return this.#for(pod).some(({ rules }) =>
      rules.some(({ raw }) =>
        (asArray(raw['when']) ?? []).some((when) => asObject(when)?.['key'] === 'destination.ip'),
      ),
    );
  }

  /** The ports that policies for a pod name, and their blocks of addresses. */
  namedFor(pod: MeshPod): {
    readonly ports: readonly number[];
    readonly blocks: readonly Boundaries<Address>[];
  } {
    return namedIn(this.#for(pod).flatMap(({ rules }) => rules));
  }

  /** What policies for a pod ask of clients. */
  questions(pod: MeshPod, isAmbient: boolean): readonly Question[] {
    const rules = this.#for(pod).flatMap((policy) =>
      policy.rules.map((rule) => ({ rule, namespace: policy.namespace })),
    );
    return this.#rules.questions(rules, isAmbient);
  }

  /** Names the policies that are for a pod; equal for pods with the same. */
  keyOf(pod: MeshPod): string {
    return this.#for(pod)
      .map(({ namespace, object }) => `${namespace}/${object.name}`)
      .join();
  }

  get blocks(): readonly Boundaries<Address>[] {
    return namedIn([...this.#byNamespace.values()].flat().flatMap(({ rules }) => rules)).blocks;
  }

  decide(pod: MeshPod, connection: Connection): Decision {
    const policies = this.#for(pod);
    const steps: MeshStep[] = [];
    const note = (effect: MeshStep['effect'], ...statements: Statement[]) =>
      steps.push({ effect, statements });
    let isOpen = false;
    for (const action of ['CUSTOM', 'DENY'] as const) {
      for (const policy of policies.filter((each) => each.action === action)) {
        for (const rule of policy.rules) {
          const match = this.#rules.matches(rule, 'DENY', policy.namespace, connection);
          if (match === 'no') continue;
          const isRefused = match === 'yes' && action === 'DENY';
          note(isRefused ? 'denied' : 'undecided', { object: policy.object.raw, path: rule.path });
          if (isRefused) return { outcome: 'refuse', steps };
          isOpen = true;
        }
      }
    }
    const allowing = policies.filter(({ action }) => action === 'ALLOW');
    const allowed = this.#allowed(allowing, connection, note);
    if (allowed === 'no') {
      note('no-rule', ...allowing.map(({ object }) => ({ object: object.raw, path: 'spec' })));
      return { outcome: 'refuse', steps };
    }
    return { outcome: isOpen || allowed === 'unknown' ? 'unknown' : 'pass', steps };
  }

  #allowed(
    policies: readonly IstioPolicy[],
    connection: Connection,
    note: (effect: MeshStep['effect'], statement: Statement) => void,
  ): Truth {
    if (policies.length === 0) return 'yes';
    let answer: Truth = 'no';
    for (const policy of policies) {
      for (const rule of policy.rules) {
        const match = this.#rules.matches(rule, 'ALLOW', policy.namespace, connection);
        if (match === 'no') continue;
        note(match === 'yes' ? 'allowed' : 'undecided', { object: policy.object.raw, path: rule.path });
        if (match === 'yes') return 'yes';
        answer = 'unknown';
      }
    }
    return answer;
  }

  #near({ namespace }: MeshPod): readonly IstioPolicy[] {
    const names = new Set([...this.#roots, namespace]);
    return [...names].flatMap((name) => this.#byNamespace.get(name) ?? []);
  }

  #for(pod: MeshPod): readonly IstioPolicy[] {
    let policies = this.#known.get(pod);
    if (policies === undefined) {
      policies = this.#near(pod).filter(
        ({ hasTargets, selector }) => !hasTargets && selectsLabels(selector, pod.labels),
      );
      this.#known.set(pod, policies);
    }
    return policies;
  }
}

function read(object: KubernetesObject): IstioPolicy | undefined {
  const { spec } = object;
  const action = asString(spec['action']) ?? 'ALLOW';
  const isOnTrial = /^(?:1|t|true)$/i.test(object.annotations['istio.io/dry-run'] ?? '');
  if (isOnTrial || action === 'AUDIT') return undefined;
  const targets = asArray(spec['targetRefs']) ?? [];
  return {
    object,
    namespace: object.namespace ?? 'default',
    action: action === 'ALLOW' || action === 'DENY' ? action : 'CUSTOM',
    selector: asObject(spec['selector'])?.['matchLabels'],
    hasTargets: targets.length > 0 || asObject(spec['targetRef']) !== undefined,
    rules: (asArray(spec['rules']) ?? []).flatMap((rule, index) => {
      const raw = asObject(rule);
      return raw === undefined ? [] : [{ raw, path: `spec.rules[${index}]` }];
    }),
  };
}
