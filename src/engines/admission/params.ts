import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import { compileLabelSelector } from '../../kubernetes/selectors.ts';
import { Unknown } from '../cel/value.ts';
import type { AdmissionContext } from './match.ts';
import type { Policy, PolicyBinding } from './policy.ts';
import type { AdmissionRequest } from './request.ts';

/** The parameters to evaluate a policy with, one evaluation each; `problem` is a misconfiguration. */
export type Params = readonly (JsonObject | undefined)[] | Unknown | { readonly problem: string };

/** apiserver pkg/admission/plugin/policy/generic, CollectParams. */
export function collectParams(
  { paramKind }: Policy,
  { paramRef }: PolicyBinding,
  request: AdmissionRequest,
  context: AdmissionContext,
): Params {
  if (paramKind === undefined || paramRef === undefined) return [undefined];
  const isNamespaced = context.isNamespaced(paramKind);
  if (isNamespaced instanceof Unknown) return isNamespaced;
  const stated = asString(paramRef['namespace']) ?? '';
  if (!isNamespaced && stated !== '')
    return { problem: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`' };
  const namespace = isNamespaced ? stated || request.namespace : '';
  if (isNamespaced && namespace === '')
    return {
      problem: 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
    };
  const name = asString(paramRef['name']) ?? '';
  let found: readonly JsonObject[];
  if (name !== '') {
    const param = context.param(paramKind, namespace, name);
    if (param instanceof Unknown) return param;
    found = param === undefined ? [] : [param];
  } else {
    const selector = compileLabelSelector(paramRef['selector']);
    if ('refused' in selector) return { problem: selector.refused };
    const all = context.params(paramKind, namespace);
    if (all instanceof Unknown) return all;
    found = all.filter((param) => selector.matches(asObject(asObject(param['metadata'])?.['labels'])));
  }
  if (found.length === 0 && paramRef['parameterNotFoundAction'] === 'Deny')
    return { problem: 'no params found for policy binding with `Deny` parameterNotFoundAction' };
  const typeMeta = {
    apiVersion: paramKind.group === '' ? paramKind.version : `${paramKind.group}/${paramKind.version}`,
    kind: paramKind.kind,
  };
  return found.map((param) => ({ ...param, ...typeMeta }));
}
