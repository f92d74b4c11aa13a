import type { JsonObject } from '../../kubernetes/json.ts';
import { CompileError, descendantsOf, OPERATORS } from '../cel/ast.ts';
import type { Environment, StructFields } from '../cel/check.ts';
import { environment } from '../cel/environment.ts';
import { fromJson } from '../cel/json-values.ts';
import { parseExpression } from '../cel/parser.ts';
import { compile, type Program } from '../cel/program.ts';
import { BOOL, type CelType, parseType, sameType, structType, typeText } from '../cel/types.ts';
import { CelError, Unknown } from '../cel/value.ts';
import type { RequestAttributes, SelectorRequirement } from './attributes.ts';

const TEXTS = 'list(string)';
const SPEC = 'kubernetes.SubjectAccessReviewSpec';
const SELECTOR = { rawSelector: 'string', requirements: 'list(kubernetes.SelectorRequirement)' };

/** k8s.io/apiserver pkg/authorization/cel/compile.go, buildRequestType. */
const STRUCTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [SPEC]: {
    resourceAttributes: 'kubernetes.ResourceAttributes',
    nonResourceAttributes: 'kubernetes.NonResourceAttributes',
    user: 'string',
    groups: TEXTS,
    extra: `map(string, ${TEXTS})`,
    uid: 'string',
  },
  'kubernetes.ResourceAttributes': {
    namespace: 'string',
    verb: 'string',
    group: 'string',
    version: 'string',
    resource: 'string',
    subresource: 'string',
    name: 'string',
    fieldSelector: 'kubernetes.FieldSelectorAttributes',
    labelSelector: 'kubernetes.LabelSelectorAttributes',
  },
  'kubernetes.FieldSelectorAttributes': SELECTOR,
  'kubernetes.LabelSelectorAttributes': SELECTOR,
  'kubernetes.SelectorRequirement': { key: 'string', operator: 'string', values: TEXTS },
  'kubernetes.NonResourceAttributes': { path: 'string', verb: 'string' },
};

let shared: Environment | undefined;

function reviewEnvironment(): Environment {
  if (shared === undefined) {
    const structs = new Map<string, StructFields>();
    for (const [name, fields] of Object.entries(STRUCTS)) {
      const types = Object.entries(fields).map(([field, type]): [string, CelType] => [
        field,
        parseType(type),
      ]);
      structs.set(name, new Map(types));
    }
    shared = environment(new Map([['request', structType(SPEC)]]), structs);
  }
  return shared;
}

/** A match condition that cannot be computed for a request: it takes for granted what the request does not have. */
export interface FailedCondition {
  /** Counts the conditions of its webhook from 0. */
  readonly index: number;
  readonly expression: string;
  readonly message: string;
}

export interface Match {
  /** `unknown` where an expression cannot be computed here. */
  readonly outcome: 'match' | 'no-match' | 'error' | 'unknown';
  /** The first that fails, where the outcome is `error`. */
  readonly failed?: FailedCondition;
}

interface Condition {
  readonly source: string;
  readonly program: Program;
  readonly selects: ReadonlySet<string>;
}

/** Compiles one match condition; an Error says in upstream's words why the API server would not take it. */
export function compileCondition(source: string): Condition | Error {
  try {
    const program = compile(source, reviewEnvironment());
    if (!sameType(program.type, BOOL))
      return new Error(`must evaluate to bool but got ${typeText(program.type)}`);
    return { source, program, selects: selectedFields(source) };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return new Error(`compilation failed: ${error.message}`);
  }
}

function selectedFields(source: string): Set<string> {
  const fields = new Set<string>();
  for (const part of descendantsOf(parseExpression(source))) {
    if (part.kind === 'select') fields.add(part.field);
    else if (part.kind === 'call' && part.name === OPERATORS.optionalSelect) {
      const field = part.args.at(-1);
      if (field?.kind === 'literal' && typeof field.value === 'string') fields.add(field.value);
    }
  }
  return fields;
}

/** The match conditions of one webhook, which tell whether it is asked (k8s.io/apiserver pkg/authorization/cel/matcher.go). */
export class MatchConditions {
  readonly #conditions: readonly Condition[];
  /** Selectors are shown to all conditions as soon as one names them. */
  readonly #showsFieldSelector: boolean;
  readonly #showsLabelSelector: boolean;

  constructor(conditions: readonly Condition[]) {
    this.#conditions = conditions;
    this.#showsFieldSelector = conditions.some(({ selects }) => selects.has('fieldSelector'));
    this.#showsLabelSelector = conditions.some(({ selects }) => selects.has('labelSelector'));
  }

  /** One that is false outweighs one that fails. */
  match(attributes: RequestAttributes): Match {
    if (this.#conditions.length === 0) return { outcome: 'match' };
    const request = fromJson(this.#reviewSpec(attributes));
    let failed: FailedCondition | undefined;
    let isUnknown = false;
    for (const [index, { program, source }] of this.#conditions.entries()) {
      const { result } = program.evaluate((name) => (name === 'request' ? request : undefined));
      if (result === false) return { outcome: 'no-match' };
      if (result instanceof Unknown) isUnknown = true;
      else if (result !== true) {
        const message = result instanceof CelError ? result.message : 'must evaluate to bool';
        failed ??= { index, expression: source, message };
      }
    }
    if (isUnknown) return { outcome: 'unknown' };
    return failed === undefined ? { outcome: 'match' } : { outcome: 'error', failed };
  }

  /** convertObjectToUnstructured, of what webhook.go makes of a request. */
  #reviewSpec(attributes: RequestAttributes): JsonObject {
    const { user, isResourceRequest, verb, path } = attributes;
    const spec: JsonObject = {
      user: user.name,
      groups: [...user.groups],
      uid: user.uid ?? '',
      extra: Object.fromEntries(Object.entries(user.extra ?? {}).map(([key, values]) => [key, [...values]])),
    };
    if (!isResourceRequest) spec['nonResourceAttributes'] = { verb, path };
    else {
      const resource: JsonObject = {
        namespace: attributes.namespace,
        verb,
        group: attributes.apiGroup,
        version: attributes.apiVersion,
        resource: attributes.resource,
        subresource: attributes.subresource,
        name: attributes.name,
      };
      const { fieldSelector = [], labelSelector = [] } = attributes;
      if (this.#showsFieldSelector && fieldSelector.length > 0)
        resource['fieldSelector'] = { requirements: fieldSelector.map(requirementOf) };
      if (this.#showsLabelSelector && labelSelector.length > 0)
        resource['labelSelector'] = { requirements: labelSelector.map(requirementOf) };
      spec['resourceAttributes'] = resource;
    }
    return spec;
  }
}

function requirementOf({ key, operator, values }: SelectorRequirement): JsonObject {
  return { key, operator, values: [...values] };
}
