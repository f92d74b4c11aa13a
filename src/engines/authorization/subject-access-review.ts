import { parseFieldSelector } from '../../kubernetes/field-selector.ts';
import { asArray, asObject, isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { labelKeyProblems, labelValueProblems } from '../../kubernetes/labels.ts';
import { parseSelector } from '../../kubernetes/selector-syntax.ts';
import type { RequestAttributes, SelectorRequirement, UserInfo } from './attributes.ts';

/** A question that an API server would not take; the message says why, as it would. */
export class RefusedReview extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RefusedReview';
  }
}

export interface ReadReview {
  readonly attributes: RequestAttributes;
  /** What of the question is passed over, as an API server says in `status.evaluationError`; empty where nothing is. */
  readonly evaluationError: string;
}

/** Kinds of authorization.k8s.io that name whom they ask about. */
const KINDS: ReadonlySet<Json | undefined> = new Set(['SubjectAccessReview', 'LocalSubjectAccessReview']);

/**
 * What a SubjectAccessReview or LocalSubjectAccessReview asks, or its spec by itself, as an API server takes it (k8s.io/kubernetes
 * pkg/registry/authorization/util, pkg/apis/authorization/validation); metadata are passed over, so that questions can be named.
 * Nothing is added to the groups. Throws RefusedReview.
 */
export function readReview(review: Json): ReadReview {
  if (!isObject(review)) throw new RefusedReview('no object');
  const { kind } = review;
  const isWhole = kind !== undefined || review['spec'] !== undefined;
  if (isWhole && kind !== undefined && !KINDS.has(kind))
    throw new RefusedReview(`kind ${JSON.stringify(kind)} names no subject`);
  const spec = isWhole ? objectAt(review, 'spec') : review;
  if (spec === undefined) throw new RefusedReview('spec: Required value');
  const resource = objectAt(spec, 'resourceAttributes');
  const nonResource = objectAt(spec, 'nonResourceAttributes');
  if ((resource === undefined) === (nonResource === undefined)) {
    throw new RefusedReview(
      'spec: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
  }
  const user = userOf(spec);
  if (user.name === '' && user.groups.length === 0) {
    throw new RefusedReview('spec.user: at least one of user or group must be specified');
  }
  if (kind === 'LocalSubjectAccessReview') requireLocal(review, resource);
  return resource === undefined
    ? {
        attributes: { ...EMPTY, user, verb: text(nonResource!, 'verb'), path: text(nonResource!, 'path') },
        evaluationError: '',
      }
    : ofResource(user, resource);
}

const EMPTY = {
  isResourceRequest: false,
  apiGroup: '',
  apiVersion: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: '',
} as const;

function userOf(spec: JsonObject): UserInfo {
  const extra = objectAt(spec, 'extra');
  const uid = text(spec, 'uid');
  return {
    name: text(spec, 'user'),
    // v1beta1 calls them `group`.
    groups: [...texts(spec, 'groups'), ...texts(spec, 'group')],
    ...(uid === '' ? {} : { uid }),
    ...(extra === undefined
      ? {}
      : { extra: Object.fromEntries(Object.keys(extra).map((key) => [key, texts(extra, key)])) }),
  };
}

function requireLocal(review: JsonObject, resource: JsonObject | undefined): void {
  if (resource === undefined) {
    throw new RefusedReview('spec.nonResourceAttributes: disallowed on this kind of request');
  }
  const metadata = objectAt(review, 'metadata') ?? {};
  if (text(metadata, 'namespace') !== text(resource, 'namespace')) {
    throw new RefusedReview('spec.resourceAttributes.namespace: must match metadata.namespace');
  }
}

function ofResource(user: UserInfo, resource: JsonObject): ReadReview {
  const fields = readSelector(resource, 'fieldSelector', fieldRequirement, parseFields);
  const labels = readSelector(resource, 'labelSelector', labelRequirement, parseLabels);
  const attributes: RequestAttributes = {
    ...EMPTY,
    user,
    isResourceRequest: true,
    verb: text(resource, 'verb'),
    apiGroup: text(resource, 'group'),
    apiVersion: text(resource, 'version') || '*',
    resource: text(resource, 'resource'),
    subresource: text(resource, 'subresource'),
    namespace: text(resource, 'namespace'),
    name: text(resource, 'name'),
    ...(fields.requirements.length === 0 ? {} : { fieldSelector: fields.requirements }),
    ...(labels.requirements.length === 0 ? {} : { labelSelector: labels.requirements }),
  };
  const evaluationError = [fields.error, labels.error].filter((error) => error !== '').join('; ');
  return { attributes, evaluationError };
}

interface Selector {
  readonly requirements: readonly SelectorRequirement[];
  readonly error: string;
}

/** A requirement that is not understood is left out, since the request only asks for more without it. */
function readSelector(
  resource: JsonObject,
  field: 'fieldSelector' | 'labelSelector',
  read: (requirement: JsonObject, at: string) => SelectorRequirement | undefined,
  parse: (raw: string) => readonly SelectorRequirement[] | undefined,
): Selector {
  const selector = objectAt(resource, field);
  if (selector === undefined) return { requirements: [], error: '' };
  const at = `spec.resourceAttributes.${field}`;
  const raw = text(selector, 'rawSelector');
  const stated = listAt(selector, 'requirements').map((item) => {
    // Go decodes null into an empty requirement.
    const requirement = item === null ? {} : asObject(item);
    if (requirement === undefined) throw new RefusedReview(`${at}.requirements: not an object`);
    requireUsable(requirement, `${at}.requirements`);
    return read(requirement, `${at}.requirements`);
  });
  if (raw !== '' && stated.length > 0) {
    throw new RefusedReview(`${at}.rawSelector: may not specified at the same time as requirements`);
  }
  if (raw === '' && stated.length === 0) {
    throw new RefusedReview(
      `${at}.requirements: when ${at} is specified, requirements or rawSelector is required`,
    );
  }
  const understood = raw === '' ? stated : parse(raw);
  const requirements = (understood ?? []).filter((each) => each !== undefined);
  const isWhole = understood !== undefined && requirements.length === understood.length;
  const partially = requirements.length > 0 ? 'partially ' : '';
  return { requirements, error: isWhole ? '' : `${at} ${partially}ignored due to parse error` };
}

/** What validation refuses; operators that it does not know may be those of a newer client. */
function requireUsable(item: JsonObject, at: string): void {
  const operator = text(item, 'operator');
  const values = texts(item, 'values');
  if (text(item, 'key') === '') throw new RefusedReview(`${at}.key: must be specified`);
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    throw new RefusedReview(`${at}.values: must be specified when \`operator\` is 'In' or 'NotIn'`);
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    throw new RefusedReview(
      `${at}.values: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`,
    );
  }
}

/** A field is compared with one value; Exists and DoesNotExist are known of labels alone. */
function fieldRequirement(item: JsonObject): SelectorRequirement | undefined {
  const { operator } = item;
  const values = texts(item, 'values');
  if ((operator !== 'In' && operator !== 'NotIn') || values.length !== 1) return undefined;
  return { key: text(item, 'key'), operator, values };
}

function labelRequirement(item: JsonObject, at: string): SelectorRequirement | undefined {
  const key = text(item, 'key');
  const values = texts(item, 'values');
  const [problem] = [...labelKeyProblems(key), ...values.flatMap(labelValueProblems)];
  if (problem !== undefined) throw new RefusedReview(`${at}: ${problem}`);
  const operator = LABEL_OPERATORS.find((known) => known === item['operator']);
  return operator === undefined ? undefined : { key, operator, values };
}

const LABEL_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

function parseFields(raw: string): readonly SelectorRequirement[] | undefined {
  const parsed = parseFieldSelector(raw);
  if ('refused' in parsed) return undefined;
  return parsed.terms.map(({ field, operator, value }) => ({
    key: field,
    operator: operator === '=' ? 'In' : 'NotIn',
    values: [value],
  }));
}

const OPERATORS: Readonly<Record<string, SelectorRequirement['operator']>> = {
  '=': 'In',
  '==': 'In',
  in: 'In',
  '!=': 'NotIn',
  notin: 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
};

/** `>` and `<` are understood and have no counterpart among requirements: authorizers do not come to see them. */
function parseLabels(raw: string): readonly SelectorRequirement[] | undefined {
  const parsed = parseSelector(raw);
  if ('refused' in parsed || parsed.requirements === 'nothing') return undefined;
  return parsed.requirements.flatMap(({ key, operator, values }) => {
    const named = OPERATORS[operator];
    return named === undefined ? [] : [{ key, operator: named, values }];
  });
}

/** A field that Go decodes into a string; null is as if it were absent. */
function text(object: JsonObject, field: string): string {
  const value = object[field] ?? '';
  if (typeof value !== 'string') throw new RefusedReview(`${field}: not a string`);
  return value;
}

function texts(object: JsonObject, field: string): string[] {
  return listAt(object, field).map((item) => {
    if (item === null) return '';
    if (typeof item !== 'string') throw new RefusedReview(`${field}: not a list of strings`);
    return item;
  });
}

function listAt(object: JsonObject, field: string): readonly Json[] {
  const value = object[field] ?? [];
  const list = asArray(value);
  if (list === undefined) throw new RefusedReview(`${field}: not a list`);
  return list;
}

function objectAt(object: JsonObject, field: string): JsonObject | undefined {
  const value = object[field] ?? undefined;
  if (value === undefined) return undefined;
  const found = asObject(value);
  if (found === undefined) throw new RefusedReview(`${field}: not an object`);
  return found;
}
