import type { RequestAttributes } from '../../src/engines/authorization/index.ts';
import { asObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { askOracle } from './oracle.ts';

/** A request as the oracle takes it: accessRequest of testbed/oracle/requests.go. */
type OracleRequest = Omit<RequestAttributes, 'user' | 'isResourceRequest'> & {
  readonly user: string;
  readonly uid: string | undefined;
  readonly extra: RequestAttributes['user']['extra'];
  readonly groups: readonly string[];
  readonly resourceRequest: boolean;
};

/** What is asked about one world. */
export interface WorldQuestions {
  readonly objects: readonly JsonObject[];
  /** Adds what every API server creates. */
  readonly bootstrap: boolean;
  readonly requests: readonly RequestAttributes[];
  readonly whoCan: readonly RequestAttributes[];
  /** Of each, user and namespace. */
  readonly rulesFor: readonly RequestAttributes[];
}

export interface OracleDecision {
  readonly decision: 'allow' | 'no-opinion';
  readonly reason: string;
}

export interface OracleSubject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface WorldAnswers {
  readonly decisions: readonly OracleDecision[];
  readonly whoCan: readonly { readonly subjects: readonly OracleSubject[] | null }[] | null;
  readonly rulesFor: readonly { readonly rules: readonly JsonObject[] | null }[] | null;
  /** The rules of aggregated ClusterRoles, by name. */
  readonly aggregated: Readonly<Record<string, readonly JsonObject[] | null>>;
}

const FIELDS: Readonly<Record<string, string>> = {
  Role: 'roles',
  ClusterRole: 'clusterRoles',
  RoleBinding: 'roleBindings',
  ClusterRoleBinding: 'clusterRoleBindings',
};

/** Objects of RBAC by the field that the oracle takes them in; a namespaced one without namespace is for `default`. */
export function oracleWorld(objects: readonly JsonObject[]): Record<string, JsonObject[]> {
  const world: Record<string, JsonObject[]> = Object.fromEntries(
    Object.values(FIELDS).map((field) => [field, []]),
  );
  for (const object of objects) {
    if (!String(object['apiVersion']).startsWith('rbac.authorization.k8s.io/')) continue;
    const kind = String(object['kind']);
    const namespace = kind.startsWith('Cluster') ? {} : { namespace: 'default' };
    const placed = { ...object, metadata: { ...namespace, ...asObject(object['metadata']) } };
    world[FIELDS[kind]!]?.push(placed);
  }
  return world;
}

export function oracleRequest(request: RequestAttributes): OracleRequest {
  const { user, isResourceRequest, ...rest } = request;
  const { name, uid, groups, extra } = user;
  return { ...rest, user: name, uid, groups, extra, resourceRequest: isResourceRequest };
}

/** What the RBAC authorizer of Kubernetes answers. */
export function askAboutWorlds(worlds: readonly WorldQuestions[]): Promise<WorldAnswers[]> {
  return askOracle(
    'rbac-world',
    worlds.map(({ objects, bootstrap, requests, whoCan, rulesFor }) => ({
      ...oracleWorld(objects),
      bootstrap,
      requests: requests.map(oracleRequest),
      whoCan: whoCan.map(oracleRequest),
      rulesFor: rulesFor.map(oracleRequest),
    })),
  );
}
