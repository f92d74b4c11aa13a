import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Subject } from '../rbac/grant.ts';
import { escalationGraphOf } from './from-objects.ts';
import type { EscalationGraph } from './graph.ts';
import type { Target } from './power.ts';
import { type Step, stepsOf } from './steps.ts';
import type { Vertex } from './vertex.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** `get,list pods/log.group` or `create pods in names: a,b` for short. */
export function rule(text: string): JsonObject {
  const [, verbs = '', resources = '', names] = /^(\S+) (\S+)(?: of (\S+))?$/.exec(text) ?? [];
  const parts = resources.split(',').map((each) => {
    const dot = each.indexOf('.');
    return dot < 0 ? [each, ''] : [each.slice(0, dot), each.slice(dot + 1)];
  });
  return {
    apiGroups: [...new Set(parts.map(([, group = '']) => group))],
    resources: parts.map(([resource = '']) => resource),
    verbs: verbs.split(','),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
  };
}

export function role(name: string, rules: readonly string[], namespace?: string): JsonObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    rules: rules.map(rule),
  };
}

/** `User jane`, `Group dev`, `ServiceAccount shop/web`. */
export function subject(text: string): Subject {
  const [kind = '', name = ''] = text.split(' ');
  if (kind !== 'ServiceAccount') return { kind: kind as 'User' | 'Group', namespace: undefined, name };
  const [namespace = '', account = ''] = name.split('/');
  return { kind, namespace, name: account };
}

export function bind(
  roleName: string,
  who: string,
  namespace?: string,
  kind: 'ClusterRole' | 'Role' = 'ClusterRole',
): JsonObject {
  const { namespace: home, ...rest } = subject(who);
  return {
    apiVersion: `${RBAC}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: {
      name: `${roleName}-${who.replace(/\W+/g, '-')}`,
      ...(namespace === undefined ? {} : { namespace }),
    },
    roleRef: { apiGroup: RBAC, kind, name: roleName },
    subjects: [{ ...rest, ...(home === undefined ? {} : { namespace: home }) }],
  };
}

/** A role with its binding: cluster-wide, or both in a namespace. */
export function grant(who: string, rules: readonly string[], namespace?: string): JsonObject[] {
  const name = `role-of-${who.replace(/\W+/g, '-')}-${namespace ?? 'cluster'}`;
  return [
    role(name, rules, namespace),
    bind(name, who, namespace, namespace === undefined ? 'ClusterRole' : 'Role'),
  ];
}

export function account(name: string): JsonObject {
  const [namespace = '', account = ''] = name.split('/');
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: account } };
}

export function namespace(name: string, level?: string): JsonObject {
  const labels = level === undefined ? {} : { 'pod-security.kubernetes.io/enforce': level };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function node(name: string, labels: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
}

export function pod(name: string, spec: JsonObject = {}, container: JsonObject = {}): JsonObject {
  const [home = '', own = ''] = name.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: home, name: own },
    spec: { containers: [{ name: 'c', image: 'i', ...container }], ...spec },
  };
}

export interface WorldOptions {
  readonly isComplete?: boolean;
  readonly bootstrap?: boolean;
  readonly unseen?: readonly string[];
}

export class World {
  readonly graph: EscalationGraph;

  constructor(
    objects: readonly JsonObject[],
    { isComplete = true, bootstrap = false, unseen = [] }: WorldOptions = {},
  ) {
    this.graph = escalationGraphOf(objects, { isComplete, bootstrap, unseen: new Set(unseen) });
  }

  steps(who: string, target: Target): Step[] {
    const at = this.graph.find(subject(who));
    if (at === undefined) throw new Error(`nobody knows ${who}`);
    return stepsOf(this.graph.network, at, this.graph.path(at, target));
  }

  /** `token-request > ServiceAccount kube-system/x; escalate-cluster-role? > cluster-admin`; a question mark where it is only possible. */
  path(who: string, target: Target): string {
    return this.steps(who, target)
      .map(({ way, certainty, to }) => `${way}${certainty === 'possible' ? '?' : ''} > ${vertexText(to)}`)
      .join('; ');
  }
}

export function vertexText({ kind, namespace, name }: Vertex): string {
  if (kind === 'Target') return name;
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
