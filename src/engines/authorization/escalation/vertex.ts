import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { serviceAccountOf } from '../identity.ts';
import type { Subject } from '../rbac/grant.ts';
import type { Target } from './power.ts';

/**
 * Somebody or something to become. `Node` is root on a node and `Kubelet` its identity at the API server; a node without a name
 * stands for any. `Role` has the rights of a role, `Namespace` every right in a namespace. A `Hub` is nobody: it stands for all
 * that one power leads to.
 */
export type Vertex =
  | {
      readonly kind: 'User' | 'Group' | 'Node' | 'Kubelet' | 'Namespace';
      readonly namespace?: undefined;
      readonly name: string;
    }
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }
  | {
      readonly kind: 'Role';
      readonly namespace: string | undefined;
      readonly name: string;
      readonly isClusterRole: boolean;
    }
  | { readonly kind: 'Target'; readonly namespace?: undefined; readonly name: Target }
  | { readonly kind: 'Hub'; readonly namespace: string | undefined; readonly name: string };

/** The vertex of a subject; a user that is named like a service account is that account to the authorizer. */
export function vertexOf({ kind, namespace, name }: Subject): Vertex {
  if (kind === 'ServiceAccount') return { kind, namespace: namespace ?? '', name };
  const account = kind === 'User' ? serviceAccountOf(name) : undefined;
  return account === undefined ? { kind, name } : { kind: 'ServiceAccount', ...account };
}

export function keyOf(vertex: Vertex): string {
  const kind = vertex.kind === 'Role' && vertex.isClusterRole ? 'ClusterRole' : vertex.kind;
  return `${kind}/${vertex.namespace ?? ''}/${vertex.name}`;
}

/** The groups that authentication puts an identity into, the narrowest first. */
export function groupsAround(vertex: Vertex): readonly string[] {
  switch (vertex.kind) {
    case 'ServiceAccount':
      return [`system:serviceaccounts:${vertex.namespace}`, 'system:serviceaccounts', 'system:authenticated'];
    case 'Kubelet':
      return ['system:nodes', 'system:authenticated'];
    case 'User':
      return [vertex.name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'];
    case 'Group':
      if (vertex.name === 'system:authenticated' || vertex.name === 'system:unauthenticated') return [];
      return vertex.name.startsWith('system:serviceaccounts:')
        ? ['system:serviceaccounts', 'system:authenticated']
        : ['system:authenticated'];
    default:
      return [];
  }
}

/** The vertex of a role where it is itself. */
export function vertexOfRole(role: JsonObject): Vertex & { kind: 'Role' } {
  const metadata = asObject(role['metadata']);
  const isClusterRole = role['kind'] === 'ClusterRole';
  return {
    kind: 'Role',
    namespace: isClusterRole ? undefined : asString(metadata?.['namespace']) || 'default',
    name: asString(metadata?.['name']) ?? '',
    isClusterRole,
  };
}
