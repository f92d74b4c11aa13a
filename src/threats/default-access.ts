import { BOOTSTRAP_OBJECTS } from '../engines/authorization/bootstrap.ts';
import { PRIVILEGED_GROUP, RbacWorld, type RoleRule, uncovered } from '../engines/authorization/index.ts';
import type { Binding, BindingSubject, Role } from '../kubernetes/access.ts';
import { asArray, asObject, asString, type JsonObject } from '../kubernetes/json.ts';
import type { PolicyRule } from '../kubernetes/policy-rules.ts';

/**
 * What every API server of v1.37 creates for itself. It goes by contents and not by the label that such objects have: a rule or
 * a subject that somebody added to one of them stays there, because the API server restores only what is missing.
 */
const DEFAULT_RULES: ReadonlyMap<string, readonly RoleRule[]> = new Map(
  RbacWorld.of([]).roles.map(({ object, rules }) => [keyOf(object), rules]),
);

const DEFAULT_BINDINGS: ReadonlyMap<string, JsonObject> = new Map(
  BOOTSTRAP_OBJECTS.filter(({ roleRef }) => roleRef !== undefined).map((object) => [keyOf(object), object]),
);

/** Who is an administrator anyway: nothing that they hold besides is news. */
const ADMINISTRATORS = new Set([PRIVILEGED_GROUP, 'kubeadm:cluster-admins']);

export function isAdministratorGroup({ kind, name }: BindingSubject): boolean {
  return kind === 'Group' && ADMINISTRATORS.has(name);
}

/** The rules of the default ClusterRole of this name; undefined where there is none. */
export function defaultRules(clusterRole: string): readonly RoleRule[] | undefined {
  return DEFAULT_RULES.get(`ClusterRole//${clusterRole}`);
}

/** The rules of a role that it has from people and not from the API server. */
export function rulesOfPeople({ object, rules }: Role): readonly PolicyRule[] {
  const known = DEFAULT_RULES.get(keyOf(object.raw));
  return known === undefined ? rules : rules.filter((rule) => uncovered(known, [rule]).length > 0);
}

/** A subject that the API server itself puts into its binding of this name. */
export function isDefaultSubject(binding: Binding, { kind, namespace, name }: BindingSubject): boolean {
  const known = DEFAULT_BINDINGS.get(keyOf(binding.object.raw));
  const reference = asObject(known?.['roleRef']);
  if (reference?.['kind'] !== binding.roleKind || reference['name'] !== binding.roleName) return false;
  return (asArray(known?.['subjects']) ?? []).some((item) => {
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
