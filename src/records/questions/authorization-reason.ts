import { GO_ESCAPES } from '../../kubernetes/go-text.ts';

/** An object of RBAC, as a reason names it. */
export interface RbacName {
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding' | 'ClusterRole' | 'Role';
  /** Empty for what is of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** What the annotation `authorization.k8s.io/reason` says. */
export type AuthorizationReason =
  | {
      readonly by: 'rbac';
      readonly binding: RbacName;
      readonly role: RbacName;
      readonly subject: {
        readonly kind: string;
        readonly namespace: string;
        readonly name: string;
      };
    }
  /** The API server asks no authorizer for members of `system:masters` (pkg/kubeapiserver/authorizer). */
  | { readonly by: 'masters' }
  /** It gave no reason: the Node authorizer for kubelets, where that is the only one that does not; else ABAC, AlwaysAllow or a webhook. */
  | { readonly by: 'node' }
  | { readonly by: 'silent' }
  /** In the words of a webhook, or of an authorizer of a provider. */
  | { readonly by: 'other'; readonly text: string };

const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;
const RBAC = new RegExp(
  `^(?:RBAC: )?allowed by (ClusterRoleBinding|RoleBinding) ${QUOTED} of (ClusterRole|Role) ${QUOTED} to (\\w+) ${QUOTED}`,
);

/**
 * Reads why a request was allowed, in the words of k8s.io/kubernetes pkg/registry/rbac/validation/rule.go; names with a namespace are
 * written there as `name/namespace`.
 */
export function authorizationReason(
  reason: string,
  user: string,
  groups: readonly string[],
): AuthorizationReason {
  const match = RBAC.exec(reason);
  if (match !== null) {
    const [bindingKind, binding, roleKind, role, subjectKind, subject] = match.slice(1) as string[];
    const bound = named(unquote(binding!));
    const who = named(unquote(subject!));
    const isNamespaced = bindingKind === 'RoleBinding';
    const whole = unquote(binding!);
    return {
      by: 'rbac',
      binding: {
        kind: bindingKind as RbacName['kind'],
        namespace: isNamespaced ? bound.namespace : '',
        name: isNamespaced ? bound.name : whole,
      },
      role: {
        kind: roleKind as RbacName['kind'],
        namespace: roleKind === 'Role' ? bound.namespace : '',
        name: unquote(role!),
      },
      subject:
        subjectKind === 'ServiceAccount'
          ? { kind: subjectKind, ...who }
          : { kind: subjectKind!, namespace: '', name: unquote(subject!) },
    };
  }
  if (reason !== '') return { by: 'other', text: reason };
  if (groups.includes('system:masters')) return { by: 'masters' };
  return { by: groups.includes('system:nodes') && user.startsWith('system:node:') ? 'node' : 'silent' };
}

/** `name/namespace`: names of RBAC objects have no slash in practice, and namespaces never do. */
function named(text: string): { namespace: string; name: string } {
  const slash = text.lastIndexOf('/');
  return slash < 0
    ? { namespace: '', name: text }
    : { namespace: text.slice(slash + 1), name: text.slice(0, slash) };
}

const UNESCAPED = new Map(Object.entries(GO_ESCAPES).map(([character, escaped]) => [escaped, character]));

/** Undoes strconv.Quote. */
function unquote(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  return quoted.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|.)/g,
    (escaped, x?: string, u?: string, long?: string) => {
      const code = x ?? u ?? long;
      if (code === undefined) return UNESCAPED.get(escaped) ?? escaped;
      const point = Number.parseInt(code, 16);
      return point > 0x10ffff ? escaped : String.fromCodePoint(point);
    },
  );
}
