import { asArray, asObject, asObjects, asString, type Json, type JsonObject } from '../../kubernetes/json.ts';
import { BOOL, NULL, STRING } from '../cel/types.ts';
import { type CompiledExpression, PolicyExpressions } from './expressions.ts';
import type { GroupVersionKind } from './request.ts';

export type ValidationAction = 'Deny' | 'Warn' | 'Audit';

/** A validation of a policy with its expressions compiled. */
export interface CompiledValidation {
  readonly expression: CompiledExpression;
  readonly message: string;
  readonly messageExpression: CompiledExpression | undefined;
  readonly reason: string;
}

export interface NamedExpression {
  readonly name: string;
  readonly expression: CompiledExpression;
}

/** Why the API server would not take a policy: where in it, and the reason. */
export interface PolicyProblem {
  /** Path of the field, such as `spec.validations[0].expression`. */
  readonly path: string;
  readonly reason: string;
}

/** A ValidatingAdmissionPolicy, compiled. */
export class Policy {
  readonly name: string;
  readonly constraints: JsonObject;
  readonly paramKind: GroupVersionKind | undefined;
  /** True where an error admits the request. */
  readonly ignoresErrors: boolean;
  readonly matchConditions: readonly NamedExpression[];
  readonly validations: readonly CompiledValidation[];
  readonly auditAnnotations: readonly NamedExpression[];
  /** The API server refuses a policy that has any. */
  readonly problems: readonly PolicyProblem[];
  readonly expressions = new PolicyExpressions();

  constructor(object: JsonObject) {
    const spec = asObject(object['spec']) ?? {};
    this.name = asString(asObject(object['metadata'])?.['name']) ?? '';
    this.constraints = asObject(spec['matchConstraints']) ?? {};
    this.paramKind = readParamKind(spec['paramKind']);
    this.ignoresErrors = spec['failurePolicy'] === 'Ignore';
    const hasParams = this.paramKind !== undefined;
    const options = { hasParams, hasAuthorizer: true };
    const problems: PolicyProblem[] = [];
    const checked = (path: string, compiled: CompiledExpression): CompiledExpression => {
      if (compiled.problem !== undefined) problems.push({ path, reason: compiled.problem });
      return compiled;
    };
    if (spec['matchConstraints'] === undefined)
      problems.push({ path: 'spec.matchConstraints', reason: 'is required' });
    for (const [i, item] of asObjects(spec['variables']).entries()) {
      const compiled = this.expressions.addVariable(text(item['name']), text(item['expression']), options);
      checked(`spec.variables[${i}].expression`, compiled);
    }
    this.matchConditions = asObjects(spec['matchConditions']).map((item, i) => ({
      name: text(item['name']),
      expression: checked(
        `spec.matchConditions[${i}].expression`,
        this.expressions.compile(text(item['expression']), options, [BOOL]),
      ),
    }));
    this.validations = asObjects(spec['validations']).map((item, i) => {
      const at = `spec.validations[${i}]`;
      const source = asString(item['messageExpression']) ?? '';
      const withoutAuthorizer = { hasParams, hasAuthorizer: false };
      return {
        expression: checked(
          `${at}.expression`,
          this.expressions.compile(text(item['expression']), options, [BOOL]),
        ),
        message: text(item['message']),
        messageExpression:
          source === ''
            ? undefined
            : checked(
                `${at}.messageExpression`,
                this.expressions.compile(source, withoutAuthorizer, [STRING]),
              ),
        reason: asString(item['reason']) ?? 'Invalid',
      };
    });
    this.auditAnnotations = asObjects(spec['auditAnnotations']).map((item, i) => ({
      name: text(item['key']),
      expression: checked(
        `spec.auditAnnotations[${i}].valueExpression`,
        this.expressions.compile(text(item['valueExpression']), options, [STRING, NULL]),
      ),
    }));
    this.problems = problems;
  }
}

/** A ValidatingAdmissionPolicyBinding. */
export class PolicyBinding {
  readonly name: string;
  readonly policyName: string;
  readonly actions: readonly ValidationAction[];
  /** Undefined matches everything. */
  readonly matchResources: JsonObject | undefined;
  readonly paramRef: JsonObject | undefined;

  constructor(object: JsonObject) {
    const spec = asObject(object['spec']) ?? {};
    this.name = asString(asObject(object['metadata'])?.['name']) ?? '';
    this.policyName = text(spec['policyName']);
    this.actions = (asArray(spec['validationActions']) ?? []).filter(isAction);
    this.matchResources = asObject(spec['matchResources']);
    this.paramRef = asObject(spec['paramRef']);
  }
}

function isAction(value: Json): value is ValidationAction {
  return value === 'Deny' || value === 'Warn' || value === 'Audit';
}

function text(value: Json | undefined): string {
  return asString(value) ?? '';
}

function readParamKind(value: Json | undefined): GroupVersionKind | undefined {
  const object = asObject(value);
  if (object === undefined) return undefined;
  const [version = '', group = ''] = text(object['apiVersion']).split('/').reverse();
  return { group, version, kind: text(object['kind']) };
}
