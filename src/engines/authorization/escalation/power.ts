/** One request that has to be allowed; any of its verbs on any of its resources. */
export interface Need {
  readonly verbs: readonly string[];
  /** API group; `*` where any will do. */
  readonly group: string;
  /** With their subresource, as rules write them (`pods/exec`); `userextras/*` where any subresource will do, `*` where any resource will. */
  readonly resources: readonly string[];
  /**
   * Whether the request is authorized in a namespace, so that a RoleBinding can allow it: that of the object, or of a Namespace
   * object itself.
   */
  readonly namespaced: boolean;
  /** The request is about one of these objects. */
  readonly names?: readonly string[];
  /** The request is made in this namespace. */
  readonly namespace?: string;
}

/** Whether a step works whenever the API server runs as the sources show it, or depends on what they do not show. */
export type Certainty = 'proven' | 'possible';

/** What a path may end in. */
export const TARGETS = ['cluster-admin', 'node', 'every-secret'] as const;
export type Target = (typeof TARGETS)[number];

/** What harm a power does that does not make its holder somebody else. */
export type Effect =
  | 'cloud-identity'
  | 'denial-of-service'
  | 'disclosure'
  | 'evidence-removal'
  | 'guard-removal'
  | 'identity-attributes'
  | 'interception'
  | 'network-reach'
  | 'tampering';

/**
 * What comes of a power in the scope in which it is held:
 *
 * - `accounts`, `any-accounts`: service accounts that exist, and all whose name is known;
 * - `users`, `groups`, `certificates`: whom the API server takes its holder for; certificates name users and groups alike,
 *   `system:masters` excepted;
 * - `kubelets`: the identity under which a node talks to the API server;
 * - `pods`, `changed-workloads`, `custom-workloads`: pods of the holder's own making;
 * - `code`, `debugged-code`: commands in pods that run; `node-code`: in those of a node;
 * - `cluster-roles`, `roles`, `bound-roles`, `held-cluster-role`, `held-role`, `aggregated-role`: the rights of roles; those of
 *   `bound-roles` by bindings that exist;
 * - `secrets`, `named-secrets`: the tokens that Secrets hold; `token-secrets`: tokens that are made for Secrets;
 * - `volumes`, `unguarded-pods`: pods that reach the node in spite of Pod Security;
 * - `bootstrap-groups`: groups of bootstrap tokens; `missing-accounts`: accounts that bindings name and nobody has created;
 * - `aws-auth`: the identities that EKS reads from a ConfigMap;
 * - a target, or an effect.
 */
export type Gives =
  | 'accounts'
  | 'any-accounts'
  | 'users'
  | 'groups'
  | 'certificates'
  | 'kubelets'
  | 'pods'
  | 'changed-workloads'
  | 'custom-workloads'
  | 'code'
  | 'debugged-code'
  | 'node-code'
  | 'cluster-roles'
  | 'roles'
  | 'bound-roles'
  | 'held-cluster-role'
  | 'held-role'
  | 'aggregated-role'
  | 'secrets'
  | 'named-secrets'
  | 'token-secrets'
  | 'volumes'
  | 'unguarded-pods'
  | 'bootstrap-groups'
  | 'missing-accounts'
  | 'aws-auth'
  | { readonly target: Target }
  | { readonly effect: Effect };

/**
 * What a path leads through, as commands name it: `$ACCOUNT` and `$NAMESPACE`, `$NODE`, `$USER`, `$GROUP`, `$ROLE`, `$NAME` of the
 * object that a right is limited to. Words in lower case in angle brackets are for the auditor to fill in.
 */
export type Command = string;

/** What is held of a row of needs. */
export interface Use {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
}

/** How a power is used; by what is held of its rows, where that makes a difference. */
export type Commands = readonly Command[] | ((uses: readonly Use[]) => readonly Command[]);

export type Reached = 'account' | 'user' | 'group' | 'node' | 'kubelet' | 'role' | 'target';

/** A way in which rights make more of their holder than they say. */
export interface Power {
  readonly id: string;
  /** One of each row has to be allowed; the first row says in which namespace and for which objects. */
  readonly needs: readonly (readonly Need[])[];
  readonly gives: Gives;
  readonly certainty: Certainty;
  /** How it is used, by what is reached. */
  readonly commands: { readonly [R in Reached]?: Commands };
  /** Where upstream says so. */
  readonly source: string;
}

type Limits = Pick<Need, 'names' | 'namespace'>;

/** A request that is authorized in a namespace. */
export function inNamespace(
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  limits: Limits = {},
): Need {
  return { group, resources, verbs, namespaced: true, ...limits };
}

/** A request that is authorized for the whole cluster. */
export function inCluster(
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  limits: Limits = {},
): Need {
  return { group, resources, verbs, namespaced: false, ...limits };
}
