import { quoteGo } from '../../../kubernetes/go-text.ts';
import { asObject, asString } from '../../../kubernetes/json.ts';
import type { Grant } from './grant.ts';
import { type RoleReference, roleReference } from './objects.ts';

/** Why it is allowed, in the words of k8s.io/kubernetes/pkg/registry/rbac/validation/rule.go. */
export function reasonOf({ binding, subject, namespace }: Grant): string {
  const reference = roleReference(binding);
  const name = asString(asObject(binding['metadata'])?.['name']) ?? '';
  const described = namespace === undefined ? name : `${name}/${namespace}`;
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace}` : subject.name;
  return (
    `RBAC: allowed by ${kind} ${quoteGo(described)} of ${reference.kind} ${quoteGo(reference.name)} ` +
    `to ${subject.kind} ${quoteGo(who)}`
  );
}

/** Why a reference leads to no role, as the API server's listers say it. */
function complaint({ kind, name }: RoleReference): string {
  if (kind !== 'Role' && kind !== 'ClusterRole') return `unsupported role reference kind: ${quoteGo(kind)}`;
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${quoteGo(name)} not found`;
}

/** What is said to a user whom nothing allows it and who has bindings to roles that are not there. */
export function reasonOfBroken(references: readonly RoleReference[]): string {
  const complaints = [...new Set(references.map(complaint))];
  const [first = ''] = complaints;
  if (complaints.length === 0) return '';
  return `RBAC: ${complaints.length === 1 ? first : `[${complaints.join(', ')}]`}`;
}
