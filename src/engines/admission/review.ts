import type { JsonObject } from '../../kubernetes/json.ts';
import { type Result, Unknown, type UnknownCode } from '../cel/value.ts';
import { activationOf, namespaceValue } from './activation.ts';
import { type AdmissionContext, type Matching, matches } from './match.ts';
import { collectParams } from './params.ts';
import { Policy, PolicyBinding, type PolicyProblem, type ValidationAction } from './policy.ts';
import type { AdmissionRequest } from './request.ts';
import { type Decision, decide } from './validator.ts';

/** What a policy says against a request, under one of its bindings. */
export interface Objection {
  readonly policy: string;
  /** Absent where the policy itself is at fault. */
  readonly binding: string | undefined;
  readonly action: ValidationAction;
  /** The API server's words, without the names of policy and binding. */
  readonly message: string;
  /** The status reason, such as `Invalid` or `Forbidden`. */
  readonly reason: string;
  /** Which validation of the policy failed; undefined for errors of the policy as a whole. */
  readonly validation: number | undefined;
}

/** What cannot be said without knowing more. */
export interface Undecided {
  readonly policy: string;
  readonly binding: string | undefined;
  readonly code: UnknownCode;
  /** The field, name or kind that the code speaks of; empty where it says it all. */
  readonly detail: string;
  /** True where the answer could be a denial. */
  readonly mayDeny: boolean;
}

export interface Review {
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  readonly objections: readonly Objection[];
  readonly undecided: readonly Undecided[];
}

/** Kinds that no policy is asked about, so that a bad one can be taken back. */
const CONFIGURATION = new Set([
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
]);
/** Requests that are questions; the API server exempts them as well (kube-apiserver's excluded admission resources). */
const REVIEWS: ReadonlySet<string> = new Set([
  'authentication.k8s.io/selfsubjectreviews',
  'authentication.k8s.io/tokenreviews',
  'authorization.k8s.io/localsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
  'authorization.k8s.io/subjectaccessreviews',
]);

/** The ValidatingAdmissionPolicies of a cluster with their bindings, ready to be asked. */
export class AdmissionPolicies {
  readonly #policies: readonly Policy[];
  readonly #bindings: ReadonlyMap<string, readonly PolicyBinding[]>;

  /** Objects of admissionregistration.k8s.io. A policy without a binding says nothing. */
  constructor(policies: readonly JsonObject[], bindings: readonly JsonObject[]) {
    this.#policies = policies.map((object) => new Policy(object));
    const byPolicy = new Map<string, PolicyBinding[]>();
    for (const object of bindings) {
      const binding = new PolicyBinding(object);
      byPolicy.set(binding.policyName, [...(byPolicy.get(binding.policyName) ?? []), binding]);
    }
    this.#bindings = byPolicy;
  }

  /** Why the API server would not take some of the policies, by name. */
  problems(): ReadonlyMap<string, readonly PolicyProblem[]> {
    return new Map(
      this.#policies
        .filter(({ problems }) => problems.length > 0)
        .map(({ name, problems }) => [name, problems]),
    );
  }

  /** What the API server would answer to a request, as far as its ValidatingAdmissionPolicies go. */
  review(request: AdmissionRequest, context: AdmissionContext): Review {
    const review = new Reviewing(request, context);
    const { kind, resource } = request;
    const isExempt =
      (kind.group === 'admissionregistration.k8s.io' && CONFIGURATION.has(kind.kind)) ||
      REVIEWS.has(`${resource.group}/${resource.resource}`);
    if (!isExempt)
      for (const policy of this.#policies) review.policy(policy, this.#bindings.get(policy.name) ?? []);
    return review.result();
  }
}

class Reviewing {
  readonly #request: AdmissionRequest;
  readonly #context: AdmissionContext;
  readonly #objections: Objection[] = [];
  readonly #undecided: Undecided[] = [];
  #namespace: Result | undefined;

  constructor(request: AdmissionRequest, context: AdmissionContext) {
    this.#request = request;
    this.#context = context;
  }

  result(): Review {
    const denied = this.#objections.some(({ action }) => action === 'Deny');
    const unknown = this.#undecided.some(({ mayDeny }) => mayDeny);
    return {
      verdict: denied ? 'denied' : unknown ? 'unknown' : 'allowed',
      objections: this.#objections,
      undecided: this.#undecided,
    };
  }

  policy(policy: Policy, bindings: readonly PolicyBinding[]): void {
    const matching = matches(policy.constraints, this.#request, this.#context);
    if (matching === false) return;
    if (isProblem(matching)) {
      this.#misconfigured(policy, undefined, `failed to configure policy: ${matching.problem}`);
      return;
    }
    for (const binding of bindings) {
      const own =
        binding.matchResources === undefined
          ? true
          : matches(binding.matchResources, this.#request, this.#context);
      if (own === false) continue;
      const unknown = [matching, own].find((each) => each instanceof Unknown);
      const [problem] = policy.problems;
      if (isProblem(own)) this.#misconfigured(policy, binding, `failed to configure binding: ${own.problem}`);
      else if (unknown instanceof Unknown) this.#unknown(policy, binding, unknown);
      else if (problem !== undefined)
        this.#unknown(policy, binding, new Unknown('policy-refused', `${problem.path}: ${problem.reason}`));
      else this.#evaluate(policy, binding);
    }
  }

  #evaluate(policy: Policy, binding: PolicyBinding): void {
    const params = collectParams(policy, binding, this.#request, this.#context);
    if (params instanceof Unknown) {
      this.#unknown(policy, binding, params);
      return;
    }
    if ('problem' in params) {
      this.#misconfigured(policy, binding, `failed to configure binding: ${params.problem}`);
      return;
    }
    for (const param of params) {
      const activation = activationOf(this.#request, param, this.#namespaceObject());
      for (const decision of decide(policy, activation)) this.#note(policy, binding, decision);
    }
  }

  /** The Namespace that the request is in; null for cluster-scoped objects and for Namespaces themselves. */
  #namespaceObject(): Result {
    const { kind, namespace } = this.#request;
    const isNamespace = kind.group === '' && kind.version === 'v1' && kind.kind === 'Namespace';
    if (namespace === '' || isNamespace) return null;
    if (this.#namespace === undefined) {
      const found = this.#context.namespace(namespace);
      this.#namespace = found instanceof Unknown ? found : namespaceValue(found);
    }
    return this.#namespace;
  }

  #note(policy: Policy, binding: PolicyBinding, decision: Decision): void {
    const names = { policy: policy.name, binding: binding.name };
    switch (decision.kind) {
      case 'admit':
        return;
      case 'unknown':
        this.#unknown(policy, binding, decision.unknown);
        return;
      case 'annotation-error':
        this.#objections.push({
          ...names,
          action: 'Deny',
          message: decision.message,
          reason: 'Invalid',
          validation: undefined,
        });
        return;
      default: {
        if (decision.kind === 'error' && policy.ignoresErrors) return;
        const { message, reason, validation } = decision;
        for (const action of binding.actions)
          this.#objections.push({ ...names, action, message, reason, validation });
      }
    }
  }

  /** A policy that cannot be asked denies, unless its errors are ignored; the binding's actions do not matter. */
  #misconfigured(policy: Policy, binding: PolicyBinding | undefined, message: string): void {
    if (policy.ignoresErrors) return;
    const names = { policy: policy.name, binding: binding?.name };
    this.#objections.push({ ...names, action: 'Deny', message, reason: 'Invalid', validation: undefined });
  }

  #unknown(policy: Policy, binding: PolicyBinding, { code, detail }: Unknown): void {
    const mayDeny = binding.actions.includes('Deny');
    const known = this.#undecided.some(
      (each) =>
        each.policy === policy.name &&
        each.binding === binding.name &&
        each.code === code &&
        each.detail === detail,
    );
    if (!known) this.#undecided.push({ policy: policy.name, binding: binding.name, code, detail, mayDeny });
  }
}

function isProblem(matching: Matching): matching is { readonly problem: string } {
  return typeof matching === 'object' && !(matching instanceof Unknown);
}

/** What the API server says where it denies: the text of the status that `kubectl` shows after `is forbidden:`. */
export function denialText({ policy, binding, message }: Objection): string {
  const bound = binding === undefined ? '' : ` with binding '${binding}'`;
  return `ValidatingAdmissionPolicy '${policy}'${bound} denied request: ${message}`;
}
