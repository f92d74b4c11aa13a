import { BOOTSTRAP_OBJECTS } from '../engines/authorization/bootstrap.ts';
import { PRIVILEGED_GROUP, RbacWorld, type RoleRule, uncovered } from '../engines/authorization/index.ts';
import type { Binding, BindingSubject, Role } from '../kubernetes/access.ts';
import { asArray, asObject, asString, type JsonObject } from '../kubernetes/json.ts';
import type { PolicyRule } from '../kubernetes/policy-rules.ts';

/**
 * What every API server of v1.37 creates for itself, by kind, namespace and name. It goes by contents and not by the label that
 * such objects have: a rule or a subject that somebody added to one of them stays there, because the API server restores only
 * what is missing.
 */
interface Defaults {
  readonly rules: ReadonlyMap<string, readonly RoleRule[]>;
  readonly bindings: ReadonlyMap<string, JsonObject>;
}

let known: Defaults | undefined;

/** Made when it is first asked for: most commands never do. */
function defaults(): Defaults {
  known ??= {
    rules: new Map(RbacWorld.of([]).roles.map(({ object, rules }) => [keyOf(object), rules])),
    bindings: new Map(
      BOOTSTRAP_OBJECTS.filter(({ roleRef }) => roleRef !== undefined).map((object) => [
        keyOf(object),
        object,
      ]),
    ),
  };
  return known;
}

/** Who is an administrator anyway: nothing that they hold besides is news. */
const ADMINISTRATORS = new Set([PRIVILEGED_GROUP, 'kubeadm:cluster-admins']);

export function isAdministratorGroup({ kind, name }: BindingSubject): boolean {
  return kind === 'Group' && ADMINISTRATORS.has(name);
}

/** The rules of the default ClusterRole of this name; undefined where there is none. */
export function defaultRules(clusterRole: string): readonly RoleRule[] | undefined {
  return defaults().rules.get(`ClusterRole//${clusterRole}`);
}

/** The rules of a role that it has from people and not from the API server. */
export function rulesOfPeople({ object, rules }: Role): readonly PolicyRule[] {
  const own = defaults().rules.get(keyOf(object.raw));
  return own === undefined ? rules : rules.filter((rule) => uncovered(own, [rule]).length > 0);
}

/** A subject that the API server itself puts into its binding of this name. */
export function isDefaultSubject(binding: Binding, { kind, namespace, name }: BindingSubject): boolean {
  const own = defaults().bindings.get(keyOf(binding.object.raw));
  const reference = asObject(own?.['roleRef']);
  if (reference?.['kind'] !== binding.roleKind || reference['name'] !== binding.roleName) return false;
  return (asArray(own?.['subjects']) ?? []).some((item) => {
    const subject = asObject(item);
    return (
      subject?.['kind'] === kind &&
      subject['name'] === name &&
      (kind !== 'ServiceAccount' || subject['namespace'] === namespace)
    );
  });
}

function keyOf(object: JsonObject): string {
  const metadata = asObject(object['metadata']);
  return `${asString(object['kind'])}/${asString(metadata?.['namespace']) ?? ''}/${asString(metadata?.['name'])}`;
}
