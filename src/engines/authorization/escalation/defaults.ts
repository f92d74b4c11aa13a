import { asObject, asString } from '../../../kubernetes/json.ts';
import { isBootstrap } from '../bootstrap.ts';
import type { Grant, RoleRule } from '../rbac/grant.ts';
import { RbacWorld } from '../rbac/world.ts';
import { keyOf, vertexOf } from './vertex.ts';

/** What an API server binds at start: no news to anybody, however powerful. */
export class DefaultGrants {
  readonly #rules = new Map<string, readonly RoleRule[]>();
  readonly #powersOf: (rules: readonly RoleRule[]) => ReadonlySet<string>;

  /** @param powersOf tells what of some rules any power needs */
  constructor(powersOf: (rules: readonly RoleRule[]) => ReadonlySet<string>) {
    this.#powersOf = powersOf;
    for (const grant of RbacWorld.of([], { bootstrap: true }).grants)
      this.#rules.set(place(grant), grant.rules);
  }

  /**
   * Whether a grant is one of them: the same binding of the same role to the same subject. A role that was given more than its
   * default, or a subject that somebody added, is news; a rule that another version of Kubernetes states otherwise is not.
   */
  has(grant: Grant): boolean {
    const rules = this.#rules.get(place(grant));
    if (rules === undefined || !isBootstrap(grant.binding)) return false;
    if (rules === grant.rules) return true;
    const usual = this.#powersOf(rules);
    for (const power of this.#powersOf(grant.rules)) if (!usual.has(power)) return false;
    return true;
  }
}

function place({ binding, subject, role, namespace }: Grant): string {
  const name = (object: Grant['binding']) => asString(asObject(object['metadata'])?.['name']) ?? '';
  return `${namespace ?? ''} ${name(binding)} ${name(role)} ${keyOf(vertexOf(subject))}`;
}
