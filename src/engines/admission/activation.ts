import type { Json, JsonObject } from '../../kubernetes/json.ts';
import { fromJson, RecordMap, type Unknowns } from '../cel/json-values.ts';
import { ASKS_AUTHORIZER } from '../cel/library/authorizer.ts';
import { type Result, Unknown } from '../cel/value.ts';
import type { Activation } from './expressions.ts';
import type { AdmissionRequest, GroupVersionKind, GroupVersionResource } from './request.ts';
import { shapeOf } from './shapes.ts';

/** An object as expressions see it: as Go types where it is of a built-in kind, as JSON where it is not. */
export function objectValue(object: JsonObject | undefined, unknownFields: Unknowns | undefined): Result {
  if (object === undefined) return null;
  const { apiVersion, kind } = object;
  const shape =
    typeof apiVersion === 'string' && typeof kind === 'string' ? shapeOf(apiVersion, kind) : undefined;
  if (shape === undefined) return fromJson(object, undefined, unknownFields);
  return fromJson(shape.shownOrZero(object), shape, unknownFields);
}

/** Values of the variables of a policy's expressions. */
export function activationOf(
  request: AdmissionRequest,
  params: JsonObject | undefined,
  namespaceObject: Result,
): Activation {
  return new Map<string, Result>([
    ['object', objectValue(request.object, unknownsAt(request.unknownFields ?? []))],
    [
      'oldObject',
      request.oldObject instanceof Unknown ? request.oldObject : objectValue(request.oldObject, undefined),
    ],
    ['params', objectValue(params, undefined)],
    ['request', requestValue(request)],
    ['namespaceObject', namespaceObject],
    ['authorizer', ASKS_AUTHORIZER],
    ['authorizer.requestResource', ASKS_AUTHORIZER],
  ]);
}

function unknownsAt(paths: readonly (readonly string[])[]): Unknowns | undefined {
  if (paths.length === 0) return undefined;
  const root = new Map<string, Unknowns | Unknown>();
  for (const path of paths) {
    let level: Map<string, Unknowns | Unknown> = root;
    for (const [i, name] of path.entries()) {
      if (i === path.length - 1) level.set(name, new Unknown('set-by-api-server', path.join('.')));
      else {
        const next = level.get(name);
        const map = next instanceof Map ? next : new Map<string, Unknowns | Unknown>();
        level.set(name, map);
        level = map;
      }
    }
  }
  return root;
}

/** The fields of a Namespace that policies may see (CreateNamespaceObject); Unknown fields where it was not given whole. */
export function namespaceValue(namespace: JsonObject): Result {
  const {
    managedFields: _,
    ownerReferences: __,
    selfLink: ___,
    ...metadata
  } = (namespace['metadata'] ?? {}) as JsonObject;
  const shape = shapeOf('v1', 'Namespace')!;
  const { spec, status } = namespace;
  const unknown = new Map<string, Unknowns | Unknown>();
  for (const name of ['uid', 'resourceVersion', 'creationTimestamp'])
    if (metadata[name] === undefined)
      unknown.set(name, new Unknown('set-by-api-server', `namespaceObject.metadata.${name}`));
  return fromJson(shape.shownOrZero({ metadata, spec, status }), shape, new Map([['metadata', unknown]]));
}

/** apiserver pkg/admission/plugin/cel/condition.go, CreateAdmissionRequest. */
function requestValue(request: AdmissionRequest): Result {
  const { kind, resource, subResource = '', name, namespace, operation } = request;
  const fields = new Map<string, Result>([
    ['uid', ''],
    ['kind', kindValue(kind)],
    ['resource', resourceValue(resource)],
    ['requestKind', kindValue(kind)],
    ['requestResource', resourceValue(resource)],
    ['operation', operation],
    ['userInfo', userValue(request)],
    ['object', null],
    ['oldObject', null],
    ['dryRun', request.dryRun ?? new Unknown('dry-run')],
    ['options', request.options === undefined ? new Unknown('request-options') : fromJson(request.options)],
  ]);
  if (subResource !== '') fields.set('subResource', subResource).set('requestSubResource', subResource);
  if (name !== '') fields.set('name', name ?? new Unknown('made-up-name'));
  if (namespace !== '') fields.set('namespace', namespace);
  return new RecordMap(fields);
}

function kindValue({ group, version, kind }: GroupVersionKind): RecordMap {
  return new RecordMap(
    new Map([
      ['group', group],
      ['version', version],
      ['kind', kind],
    ]),
  );
}

function resourceValue({ group, version, resource }: GroupVersionResource): RecordMap {
  return new RecordMap(
    new Map([
      ['group', group],
      ['version', version],
      ['resource', resource],
    ]),
  );
}

function userValue({ userInfo = {} }: AdmissionRequest): RecordMap {
  const fields = new Map<string, Result>();
  const add = (name: keyof typeof userInfo, isEmpty: boolean) => {
    const value = userInfo[name];
    if (value === undefined) fields.set(name, new Unknown('requester'));
    else if (!isEmpty) fields.set(name, fromJson(value as Json, USER_SHAPES[name]));
  };
  add('username', userInfo.username === '');
  add('uid', userInfo.uid === '');
  add('groups', userInfo.groups?.length === 0);
  add('extra', Object.keys(userInfo.extra ?? {}).length === 0);
  return new RecordMap(fields);
}

const USER = shapeOf('authentication.k8s.io/v1', 'TokenReview')?.field('status')?.field('user');
const USER_SHAPES: Readonly<Record<string, ReturnType<typeof shapeOf>>> = {
  groups: USER?.field('groups'),
  extra: USER?.field('extra'),
};
