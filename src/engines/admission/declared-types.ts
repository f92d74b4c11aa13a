import type { StructFields } from '../cel/check.ts';
import { AUTHORIZER_TYPE, RESOURCE_CHECK_TYPE } from '../cel/library/authorizer.ts';
import { type CelType, DYN, parseType, structType } from '../cel/types.ts';

const GROUP_VERSION_KIND = 'kubernetes.GroupVersionKind';
const GROUP_VERSION_RESOURCE = 'kubernetes.GroupVersionResource';
const TEXT_LIST = 'list(string)';
const TEXT_MAP = 'map(string, string)';

/** apiserver pkg/admission/plugin/cel/compile.go, BuildRequestType and BuildNamespaceType. */
const STRUCTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [GROUP_VERSION_KIND]: { group: 'string', version: 'string', kind: 'string' },
  [GROUP_VERSION_RESOURCE]: { group: 'string', version: 'string', resource: 'string' },
  'kubernetes.UserInfo': {
    username: 'string',
    uid: 'string',
    groups: TEXT_LIST,
    extra: 'map(string, list(string))',
  },
  'kubernetes.AdmissionRequest': {
    kind: GROUP_VERSION_KIND,
    resource: GROUP_VERSION_RESOURCE,
    subResource: 'string',
    requestKind: GROUP_VERSION_KIND,
    requestResource: GROUP_VERSION_RESOURCE,
    requestSubResource: 'string',
    name: 'string',
    namespace: 'string',
    operation: 'string',
    userInfo: 'kubernetes.UserInfo',
    dryRun: 'bool',
    options: 'dyn',
  },
  'kubernetes.NamespaceSpec': { finalizers: TEXT_LIST },
  'kubernetes.NamespaceCondition': {
    status: 'string',
    type: 'string',
    lastTransitionTime: 'timestamp',
    message: 'string',
    reason: 'string',
  },
  'kubernetes.NamespaceStatus': { conditions: 'list(kubernetes.NamespaceCondition)', phase: 'string' },
  'kubernetes.NamespaceMetadata': {
    name: 'string',
    generateName: 'string',
    namespace: 'string',
    labels: TEXT_MAP,
    annotations: TEXT_MAP,
    UID: 'string',
    creationTimestamp: 'timestamp',
    deletionGracePeriodSeconds: 'int',
    deletionTimestamp: 'timestamp',
    generation: 'int',
    resourceVersion: 'string',
    finalizers: TEXT_LIST,
  },
  'kubernetes.Namespace': {
    metadata: 'kubernetes.NamespaceMetadata',
    spec: 'kubernetes.NamespaceSpec',
    status: 'kubernetes.NamespaceStatus',
  },
};

/** The structs whose fields are known when an expression is compiled. */
export const DECLARED_STRUCTS: ReadonlyMap<string, StructFields> = new Map(
  Object.entries(STRUCTS).map(([name, fields]) => [
    name,
    new Map(Object.entries(fields).map(([field, type]) => [field, parseType(type)])),
  ]),
);

export const VARIABLES_TYPE = 'kubernetes.variables';

export interface VariableOptions {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
}

/** What an expression of a policy may name, with the types that upstream declares. */
export function declaredVariables({
  hasParams,
  hasAuthorizer,
}: VariableOptions): ReadonlyMap<string, CelType> {
  const variables = new Map<string, CelType>([
    ['object', DYN],
    ['oldObject', DYN],
    ['namespaceObject', structType('kubernetes.Namespace')],
    ['request', structType('kubernetes.AdmissionRequest')],
    ['variables', structType(VARIABLES_TYPE)],
  ]);
  if (hasParams) variables.set('params', DYN);
  if (hasAuthorizer) {
    variables.set('authorizer', structType(AUTHORIZER_TYPE));
    variables.set('authorizer.requestResource', structType(RESOURCE_CHECK_TYPE));
  }
  return variables;
}
