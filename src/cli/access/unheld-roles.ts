import { compareText } from '../../assessment/order.ts';
import type { ResolvedRole, RoleRule } from '../../engines/authorization/index.ts';
import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import { type Reference, referencesTo } from './argument.ts';
import { textOf } from './compare.ts';
import { type Right, rightsOfRules } from './rights.ts';
import type { AccessSource } from './source.ts';

/** A role that no binding among the sources gives to anybody, and that allows other things than before. */
export interface UnheldRole {
  readonly role: Reference;
  readonly gained: readonly Right<RoleRule>[];
  readonly lost: readonly Right<RoleRule>[];
}

/** Such roles of manifests, whose bindings may be elsewhere; a cluster shows all of its bindings. */
export async function unheldRoles(
  before: AccessSource,
  after: AccessSource,
  only: string | undefined,
): Promise<UnheldRole[]> {
  const gained = changedRoles(after, before, only);
  const lost = changedRoles(before, after, only);
  const ofGained = await referencesTo(after, placesOf(gained));
  const ofLost = await referencesTo(before, placesOf(lost));
  const roles = new Map<string, UnheldRole>();
  gained.forEach(({ rights }, i) => {
    const role = ofGained[i]!;
    roles.set(keyOf(role), { role, gained: rights, lost: [] });
  });
  lost.forEach(({ rights }, i) => {
    const role = ofLost[i]!;
    const known = roles.get(keyOf(role));
    roles.set(keyOf(role), { role: known?.role ?? role, gained: known?.gained ?? [], lost: rights });
  });
  return [...roles].sort(([a], [b]) => compareText(a, b)).map(([, role]) => role);
}

interface ChangedRole {
  readonly object: JsonObject;
  readonly rights: readonly Right<RoleRule>[];
}

function changedRoles(side: AccessSource, other: AccessSource, only: string | undefined): ChangedRole[] {
  if (side.evidence.isComplete) return [];
  const held = new Set(side.world.grants.map(({ role }) => role));
  const others = new Map<string, RoleRule[]>();
  for (const { object, rules } of other.world.roles) {
    const key = keyOf(identityOf(object));
    others.set(key, [...(others.get(key) ?? []), ...rules]);
  }
  return side.world.roles.flatMap((role): ChangedRole[] => {
    const { object } = role;
    const identity = identityOf(object);
    const { namespace } = identity;
    if (held.has(object) || (only !== undefined && namespace !== undefined && namespace !== only)) return [];
    const already = others.get(keyOf(identity)) ?? [];
    // Most roles are the same on both sides, word for word.
    const same = new Set(already.map(textOf));
    const fresh = statedRules(side, role).filter((rule) => !same.has(textOf(rule)));
    const rights = rightsOfRules(fresh, namespace, side.resources, already);
    return rights.length === 0 ? [] : [{ object, rights }];
  });
}

/** What the source says itself, also where it is aggregated into a role that every API server creates. */
function statedRules({ objectOf }: AccessSource, { object, rules }: ResolvedRole): RoleRule[] {
  return rules.filter(({ from }) => objectOf(from?.role ?? object) !== undefined);
}

function placesOf(roles: readonly ChangedRole[]) {
  return roles.map(({ object }) => ({ object, path: '' }));
}

function identityOf(object: JsonObject): Omit<Reference, 'source'> {
  const metadata = asObject(object['metadata']);
  const kind = asString(object['kind']) ?? '';
  const namespace = kind === 'Role' ? asString(metadata?.['namespace']) || 'default' : undefined;
  return { kind, namespace, name: asString(metadata?.['name']) ?? '' };
}

function keyOf({ kind, namespace, name }: Omit<Reference, 'source'>): string {
  return JSON.stringify([kind, namespace ?? '', name]);
}
