import {
  groupsOf,
  type Subject,
  serviceAccountOf,
  type UserInfo,
  userOf,
} from '../../engines/authorization/index.ts';
import { UsageError } from '../usage-error.ts';

const KINDS: Readonly<Record<string, Subject['kind']>> = {
  user: 'User',
  group: 'Group',
  serviceaccount: 'ServiceAccount',
  sa: 'ServiceAccount',
};

/**
 * Whom an argument names: `User:alice` or `alice`, `Group:devs`, `ServiceAccount:ns/name` or `sa:ns/name`, and users by the
 * names that authentication gives them, `system:serviceaccount:ns:name` among them.
 */
export function parseSubject(input: string): Subject {
  const colon = input.indexOf(':');
  const kind = KINDS[input.slice(0, Math.max(0, colon)).toLowerCase()];
  const rest = kind === undefined ? input : input.slice(colon + 1);
  if (kind === 'ServiceAccount') {
    const [namespace = '', name = '', ...more] = rest.split(/[/:]/);
    if (namespace === '' || name === '' || more.length > 0) throw notASubject(input);
    return { kind, namespace, name };
  }
  if (rest === '') throw notASubject(input);
  if (kind === 'Group') return { kind, namespace: undefined, name: rest };
  const account = serviceAccountOf(rest);
  return account === undefined
    ? { kind: 'User', namespace: undefined, name: rest }
    : { kind: 'ServiceAccount', ...account };
}

function notASubject(input: string): UsageError {
  return new UsageError((words) => words.usage.notASubject({ subject: input }));
}

const NODE = 'system:node:';
/** The group of all nodes. */
export const NODES = 'system:nodes';

/** Who asks where that subject does: with the groups that authentication adds. A group is a member of it that has no name. */
export function userInfoOf(subject: Subject, groups: readonly string[] = []): UserInfo {
  const name = userOf(subject) ?? '';
  const own = subject.kind === 'Group' ? [subject.name] : name.startsWith(NODE) ? [NODES] : [];
  return { name, groups: groupsOf(name, [...new Set([...own, ...groups])]) };
}

/** The kubelet of a node. */
export function nodeUser(node: string): UserInfo {
  return userInfoOf({ kind: 'User', namespace: undefined, name: `${NODE}${node}` });
}

/** Whether a user is the kubelet of a node. */
export function isNodeUser({ name }: UserInfo): boolean {
  return name.startsWith(NODE);
}

/** As it is typed: `ServiceAccount:ns/name`. */
export function subjectText({ kind, namespace, name }: Subject): string {
  return kind === 'ServiceAccount' ? `${kind}:${namespace}/${name}` : `${kind}:${name}`;
}
