import { asArray, asObject, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { compileLabelSelector } from '../../kubernetes/selectors.ts';
import { Unknown } from '../cel/value.ts';
import type { AdmissionRequest, GroupVersionKind, GroupVersionResource } from './request.ts';

/** What a policy may need to know of the cluster beside the request. */
export interface AdmissionContext {
  /** A Namespace object; Unknown where it may exist although it was not seen. */
  namespace(name: string): JsonObject | Unknown;
  /** An object that parameterises policies; undefined where there is none. */
  param(kind: GroupVersionKind, namespace: string, name: string): JsonObject | undefined | Unknown;
  /** All objects of a kind in a namespace (empty for cluster-scoped kinds). */
  params(kind: GroupVersionKind, namespace: string): readonly JsonObject[] | Unknown;
  /** Whether objects of a kind live in namespaces. */
  isNamespaced(kind: GroupVersionKind): boolean | Unknown;
  /** The other versions and groups under which the same objects can be had. */
  equivalents(resource: GroupVersionResource): readonly GroupVersionResource[];
}

/** Yes, no, not known, or why the rules themselves are wrong. */
export type Matching = boolean | Unknown | { readonly problem: string };

/** Whether a request matches MatchResources (apiserver pkg/admission/plugin/policy/matching). */
export function matches(
  constraints: JsonObject,
  request: AdmissionRequest,
  context: AdmissionContext,
): Matching {
  const namespace = matchesNamespace(constraints['namespaceSelector'], request, context);
  if (namespace === false) return false;
  const object = matchesObject(constraints['objectSelector'], request);
  if (object === false) return false;
  const isFuzzy = constraints['matchPolicy'] !== 'Exact';
  const excluded = matchesRules(
    asArray(constraints['excludeResourceRules']) ?? [],
    isFuzzy,
    request,
    context,
  );
  if (excluded === true || excluded === CONVERTED) return false;
  const rules = asArray(constraints['resourceRules']) ?? [];
  const included = rules.length === 0 ? true : matchesRules(rules, isFuzzy, request, context);
  if (included === false) return false;
  const parts: Matching[] = [included, namespace, object, excluded === false || excluded];
  const problem = parts.find((part) => typeof part === 'object' && !(part instanceof Unknown));
  return problem ?? parts.find((part) => part instanceof Unknown) ?? true;
}

/** The rules match, but by another version of the object, which only the API server can make. */
const CONVERTED = new Unknown('other-version');

function matchesNamespace(
  selector: Json | undefined,
  request: AdmissionRequest,
  context: AdmissionContext,
): Matching {
  const isNamespace = request.resource.resource === 'namespaces';
  if (request.namespace === '' && !isNamespace) return true;
  const compiled = compileLabelSelector(selector ?? {});
  if ('refused' in compiled) return { problem: compiled.refused };
  if (compiled.requirements !== 'nothing' && compiled.requirements.length === 0) return true;
  const isItself = isNamespace && !request.subResource && /^(?:CREATE|UPDATE)$/.test(request.operation);
  const namespace = isItself ? (request.object ?? {}) : context.namespace(request.namespace);
  if (namespace instanceof Unknown) return namespace;
  return compiled.matches(labelsOf(namespace));
}

function labelsOf(object: JsonObject): JsonObject | undefined {
  return asObject(asObject(object['metadata'])?.['labels']);
}

function matchesObject(selector: Json | undefined, { object, oldObject }: AdmissionRequest): Matching {
  const compiled = compileLabelSelector(selector ?? {});
  if ('refused' in compiled) return { problem: compiled.refused };
  if (compiled.requirements !== 'nothing' && compiled.requirements.length === 0) return true;
  if (object !== undefined && compiled.matches(labelsOf(object))) return true;
  if (oldObject instanceof Unknown) return oldObject;
  return oldObject !== undefined && compiled.matches(labelsOf(oldObject));
}

function matchesRules(
  rules: readonly Json[],
  isFuzzy: boolean,
  request: AdmissionRequest,
  context: AdmissionContext,
): boolean | Unknown {
  let unknown: Unknown | undefined;
  for (const rule of rules) {
    const found = matchesRule(asObject(rule) ?? {}, request.resource, request);
    if (found === true) return true;
    if (found instanceof Unknown) unknown = found;
  }
  if (unknown !== undefined || !isFuzzy) return unknown ?? false;
  const others = context.equivalents(request.resource);
  const isOther = others.some((resource) =>
    rules.some((rule) => matchesRule(asObject(rule) ?? {}, resource, request) !== false),
  );
  return isOther ? CONVERTED : false;
}

function has(list: Json | undefined, value: string): boolean {
  return (asArray(list) ?? []).some((item) => item === '*' || item === value);
}

/** apiserver pkg/admission/plugin/webhook/predicates/rules. */
function matchesRule(
  rule: JsonObject,
  resource: GroupVersionResource,
  request: AdmissionRequest,
): boolean | Unknown {
  const isRule =
    matchesScope(asString(rule['scope']), resource, request) &&
    has(rule['operations'], request.operation) &&
    has(rule['apiGroups'], resource.group) &&
    has(rule['apiVersions'], resource.version) &&
    (asArray(rule['resources']) ?? []).some((each) => matchesResource(String(each), resource, request));
  if (!isRule) return false;
  const names = asArray(rule['resourceNames']) ?? [];
  if (names.length === 0) return true;
  return request.name === undefined ? new Unknown('made-up-name') : names.includes(request.name);
}

function matchesScope(
  scope: string | undefined,
  resource: GroupVersionResource,
  { namespace }: AdmissionRequest,
): boolean {
  if (scope === undefined || scope === '*') return true;
  const isNamespaces =
    resource.group === '' && resource.version === 'v1' && resource.resource === 'namespaces';
  const isCluster = isNamespaces || namespace === '';
  return scope === 'Cluster' ? isCluster : scope === 'Namespaced' && !isCluster;
}

function matchesResource(
  rule: string,
  { resource }: GroupVersionResource,
  { subResource = '' }: AdmissionRequest,
): boolean {
  const slash = rule.indexOf('/');
  const name = slash === -1 ? rule : rule.slice(0, slash);
  const sub = slash === -1 ? '' : rule.slice(slash + 1);
  return (name === '*' || name === resource) && (sub === '*' || sub === subResource);
}
