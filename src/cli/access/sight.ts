import {
  type BrokenBinding,
  type RbacWorld,
  type Subject,
  type UserInfo,
  userOf,
} from '../../engines/authorization/index.ts';
import type { Unread } from '../../evidence/manifests/index.ts';
import { type Gap, resourceName } from '../../kubernetes/gaps.ts';
import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import type { SourceEvidence } from '../sources.ts';

/** Something that was not seen and may grant what was asked for. */
export type BlindSpot =
  | { readonly code: 'list'; readonly list: string; readonly reason: Gap['reason'] }
  /** All namespaces but the one that was read. */
  | { readonly code: 'namespace'; readonly only: string }
  /** Documents and files that were not read. */
  | { readonly code: 'documents'; readonly count: number; readonly unread: readonly Unread[] }
  /** An authorizer beside RBAC that lets users do more; empty type: not known what it is. */
  | { readonly code: 'authorizer'; readonly type: string; readonly name: string }
  /** What an API server is configured with and does not take, in upstream's words; what it asks then is not known. */
  | { readonly code: 'configuration'; readonly problem: string }
  /** Pods and volumes that may lead nodes to an object; those nodes of which that is not known, as far as nodes were seen. */
  | { readonly code: 'nodes'; readonly nodes: readonly string[] }
  /** API servers of two sides that ask others, each as the list of those that it asks. */
  | { readonly code: 'authorizers'; readonly before: readonly string[]; readonly after: readonly string[] }
  /** A role that a binding refers to and that is not among the sources. */
  | { readonly code: 'role'; readonly role: string; readonly binding: string };

/** Where an action takes place, which decides the roles and bindings that matter: empty: in no namespace; undefined: anywhere. */
export interface Where {
  readonly namespace: string | undefined;
}

const GROUP = 'rbac.authorization.k8s.io';

/** How much of the roles and bindings was seen. Roles only ever allow, so what was not seen can turn a no into a yes alone. */
export class Sight {
  readonly #world: RbacWorld;
  readonly #gaps: readonly Gap[];
  /** Of documents and files that were not read: those that may hold what decides. */
  readonly unread: readonly Unread[];
  readonly #isComplete: boolean;
  readonly #onlyNamespace: string | undefined;

  constructor(world: RbacWorld, { gaps, unread, isComplete, onlyNamespace }: SourceEvidence) {
    this.#world = world;
    this.#gaps = gaps.filter(({ group }) => group === GROUP);
    // Of a cluster, only files of its nodes are read as documents.
    this.unread = isComplete ? [] : unread.filter(mayDecide);
    this.#isComplete = isComplete;
    this.#onlyNamespace = onlyNamespace;
  }

  /** What may allow the action to the user, or to anybody where no user is given, though nothing that was seen does. */
  hides({ namespace }: Where, user?: UserInfo): BlindSpot[] {
    const spots: BlindSpot[] = [];
    for (const gap of this.#gaps) {
      if (!matters(gap, namespace)) continue;
      spots.push({ code: 'list', list: resourceName(gap), reason: gap.reason });
    }
    const only = this.#onlyNamespace;
    if (only !== undefined && namespace !== '' && namespace !== only) spots.push({ code: 'namespace', only });
    const { unread } = this;
    if (unread.length > 0) spots.push({ code: 'documents', count: unread.length, unread });
    for (const { binding, reference, subjects, namespace: own } of this.#world.broken) {
      const isOf = user === undefined || subjects.some((subject) => isSubject(subject, user));
      const reaches = own === undefined || namespace === undefined || own === namespace;
      if (!isOf || !reaches || !this.#mayExist(reference.kind, own)) continue;
      spots.push({ code: 'role', role: roleName(reference, own), binding: bindingName(binding, own) });
    }
    return spots;
  }

  /** Whether a role that was not seen may be there all the same. */
  #mayExist(kind: string, namespace: string | undefined): boolean {
    if (kind !== 'ClusterRole' && (kind !== 'Role' || namespace === undefined)) return false;
    if (!this.#isComplete) return true;
    return this.#gaps.some((gap) => gap.kind === kind && matters(gap, namespace));
  }
}

/** Kinds that say who can do what, and pods, among which are API servers and what nodes may read. */
const DECISIVE_KINDS: ReadonlySet<string> = new Set([
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'Pod',
  'PersistentVolume',
  'AuthorizationConfiguration',
  'Policy',
]);

/** False for an object that Kubernetes refuses and that is of a kind that grants nothing. */
function mayDecide({ reason, subject }: Unread): boolean {
  const kind = subject?.split(' ', 1)[0] ?? '';
  return reason !== 'refused' || kind === '' || kind.endsWith('List') || DECISIVE_KINDS.has(kind);
}

/** Role lists of other namespaces do not matter, and none of them where the action is in no namespace. */
function matters({ kind, namespace: of }: Gap, namespace: string | undefined): boolean {
  if (kind === 'ClusterRole' || kind === 'ClusterRoleBinding' || namespace === undefined) return true;
  return namespace !== '' && (of === undefined || of === namespace);
}

function roleName({ kind, name }: BrokenBinding['reference'], namespace: string | undefined): string {
  return kind === 'Role' ? `Role ${namespace}/${name}` : `${kind} ${name}`;
}

function bindingName(binding: JsonObject, namespace: string | undefined): string {
  const name = asString(asObject(binding['metadata'])?.['name']) ?? '';
  return namespace === undefined ? `ClusterRoleBinding ${name}` : `RoleBinding ${namespace}/${name}`;
}

function isSubject(subject: Subject, user: UserInfo): boolean {
  return subject.kind === 'Group' ? user.groups.includes(subject.name) : userOf(subject) === user.name;
}
