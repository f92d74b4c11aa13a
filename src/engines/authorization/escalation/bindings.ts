import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { Grant } from '../rbac/grant.ts';
import { vertexOfRole } from './vertex.ts';

/** A binding that exists, and the role that it refers to. */
export interface Binding {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly kind: string;
  readonly role: string;
}

/** Bindings by the kind of their role and their namespace, and all of those that are in one. */
export function bindingsByPlace(grants: readonly Grant[]): Map<string, Binding[]> {
  const found = new Map<string, Binding[]>();
  const add = (place: string, binding: Binding) => {
    const known = found.get(place);
    if (known === undefined) found.set(place, [binding]);
    else known.push(binding);
  };
  let last: JsonObject | undefined;
  for (const { binding, role, namespace } of grants) {
    // The grants of a binding follow each other.
    if (binding === last) continue;
    last = binding;
    const { name: roleName, isClusterRole } = vertexOfRole(role);
    const kind = isClusterRole ? 'ClusterRole' : 'Role';
    const name = asString(asObject(binding['metadata'])?.['name']) ?? '';
    const each: Binding = { name, namespace, kind, role: roleName };
    add(`${kind} ${namespace ?? ''}`, each);
    if (namespace !== undefined) add(`${kind} of any namespace`, each);
  }
  return found;
}
