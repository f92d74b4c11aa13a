import { type FieldError, invalid, notSupported, required } from '../../kubernetes/field-errors.ts';
import { formatFieldPath } from '../../kubernetes/field-path.ts';
import { quoteGo } from '../../kubernetes/go-text.ts';
import { asArray, asObjects, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { subdomainProblems } from '../../kubernetes/labels.ts';
import { BUILT_IN_SCHEMA, refusal } from '../../kubernetes/schema/index.ts';

/** How much of a request an event holds; each level holds what the one before it does. */
export const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
export type Level = (typeof LEVELS)[number];

/** When in the life of a request events are made. */
export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;
export type Stage = (typeof STAGES)[number];

/** Resources of an API group; empty lists are all resources, and all names. */
export interface GroupResources {
  readonly group: string;
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
}

/** One rule; what an empty list means is said by `ruleMatches`. */
export interface AuditRule {
  readonly level: Level;
  readonly users: readonly string[];
  readonly userGroups: readonly string[];
  readonly verbs: readonly string[];
  readonly resources: readonly GroupResources[];
  readonly namespaces: readonly string[];
  readonly nonResourceURLs: readonly string[];
  /** Of the rule and of the whole policy, in the order of `STAGES`. */
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
}

export interface AuditPolicy {
  readonly rules: readonly AuditRule[];
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
}

export interface AuditPolicyReading {
  /** Undefined where the API server does not start with the document. */
  readonly policy: AuditPolicy | undefined;
  /** Why it does not. */
  readonly errors: readonly FieldError[];
  /** What it passes over with a warning: fields that it does not know. */
  readonly warnings: readonly FieldError[];
}

const API_VERSION = 'audit.k8s.io/v1';

/** Whether an object is the document of --audit-policy-file. */
export function isAuditPolicy({ apiVersion, kind }: JsonObject): boolean {
  return apiVersion === API_VERSION && kind === 'Policy';
}

/**
 * Reads the document of --audit-policy-file and checks it as kube-apiserver does before it starts (k8s.io/apiserver
 * pkg/audit/policy/reader.go, LoadPolicyFromBytes; pkg/apis/audit/validation).
 */
export function readAuditPolicy(document: JsonObject): AuditPolicyReading {
  if (!isAuditPolicy(document)) {
    const message = `expected a Policy of ${API_VERSION}`;
    return { policy: undefined, errors: [{ path: '', message }], warnings: [] };
  }
  const { problems } = BUILT_IN_SCHEMA.checkObject(document);
  const told = problems.map(({ path, message }) => ({
    path: typeof path === 'string' ? path : formatFieldPath(path),
    message,
  }));
  const refused = refusal(problems);
  if (refused !== undefined) {
    return { policy: undefined, errors: [told[problems.indexOf(refused)]!], warnings: [] };
  }
  const errors = validate(document);
  const rules = asObjects(document['rules']);
  if (errors.length === 0 && rules.length === 0) {
    errors.push({ path: 'rules', message: 'loaded illegal policy with 0 rules' });
  }
  if (errors.length > 0) return { policy: undefined, errors, warnings: told };
  const omitStages = stages(texts(document['omitStages']));
  const omitManagedFields = document['omitManagedFields'] === true;
  return {
    policy: {
      omitStages,
      omitManagedFields,
      rules: rules.map((rule) => readRule(rule, { omitStages, omitManagedFields })),
    },
    errors,
    warnings: told,
  };
}

/** NewPolicyRuleEvaluator in pkg/audit/policy/checker.go joins the stages of the policy and of the rule. */
function readRule(
  rule: JsonObject,
  whole: { readonly omitStages: readonly Stage[]; readonly omitManagedFields: boolean },
): AuditRule {
  const { omitManagedFields } = rule;
  return {
    level: rule['level'] as Level,
    users: texts(rule['users']),
    userGroups: texts(rule['userGroups']),
    verbs: texts(rule['verbs']),
    resources: asObjects(rule['resources']).map((entry) => ({
      group: asString(entry['group']) ?? '',
      resources: texts(entry['resources']),
      resourceNames: texts(entry['resourceNames']),
    })),
    namespaces: texts(rule['namespaces']),
    nonResourceURLs: texts(rule['nonResourceURLs']),
    omitStages: stages([...whole.omitStages, ...texts(rule['omitStages'])]),
    omitManagedFields: typeof omitManagedFields === 'boolean' ? omitManagedFields : whole.omitManagedFields,
  };
}

function stages(named: readonly string[]): Stage[] {
  return STAGES.filter((stage) => named.includes(stage));
}

/** ValidatePolicy in pkg/apis/audit/validation/validation.go, in its order. */
function validate(document: JsonObject): FieldError[] {
  return [
    ...wrongStages(document['omitStages'], 'omitStages'),
    ...asObjects(document['rules']).flatMap((rule, index) => wrongRule(rule, `rules[${index}]`)),
  ];
}

function wrongRule(rule: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const level = asString(rule['level']) ?? '';
  if (level === '') errors.push(required(`${path}.level`));
  else if (!(LEVELS as readonly string[]).includes(level)) {
    errors.push(notSupported(`${path}.level`, quoteGo(level), LEVELS));
  }
  const urls = texts(rule['nonResourceURLs']);
  urls.forEach((url, index) => {
    const at = `${path}.nonResourceURLs[${index}]`;
    if (url === '*') return;
    if (!url.startsWith('/')) {
      errors.push(invalid(at, url, "non-resource URL rules must begin with a '/' character"));
    }
    // The last byte, of which a character may have several.
    if (url.slice(0, -1).includes('*')) {
      errors.push(invalid(at, url, "non-resource URL wildcards '*' must be the final character of the rule"));
    }
  });
  const resources = asObjects(rule['resources']);
  for (const entry of resources) errors.push(...wrongResources(entry, `${path}.resources`));
  errors.push(...wrongStages(rule['omitStages'], `${path}.omitStages`));
  if (urls.length > 0 && (resources.length > 0 || texts(rule['namespaces']).length > 0)) {
    errors.push({
      path: `${path}.nonResourceURLs`,
      message: `${path}.nonResourceURLs: Invalid value: ${JSON.stringify(urls)}: rules cannot apply to both regular resources and non-resource URLs`,
    });
  }
  return errors;
}

function wrongResources(entry: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const group = asString(entry['group']) ?? '';
  if (group !== '' && group !== '*') {
    const problems = subdomainProblems(group);
    if (problems.length > 0) errors.push(invalid(`${path}.group`, group, problems.join(',')));
  }
  const names = texts(entry['resourceNames']);
  if (names.length > 0 && texts(entry['resources']).length === 0) {
    errors.push({
      path: `${path}.resourceNames`,
      message: `${path}.resourceNames: Invalid value: ${JSON.stringify(names)}: using resourceNames requires at least one resource`,
    });
  }
  return errors;
}

function wrongStages(value: Json | undefined, path: string): FieldError[] {
  return texts(value).flatMap((stage, index) =>
    (STAGES as readonly string[]).includes(stage)
      ? []
      : [invalid(`${path}[${index}]`, stage, `allowed stages are ${STAGES.join(',')}`)],
  );
}

/** An entry that is null is an empty text, and an empty object, to Go. */
function texts(value: Json | undefined): string[] {
  return (asArray(value) ?? []).map((item) => asString(item) ?? '');
}
