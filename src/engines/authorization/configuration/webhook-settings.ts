import { duplicate, invalid, notSupported, required, tooMany } from '../../../kubernetes/field-errors.ts';
import { quoteGo } from '../../../kubernetes/go-text.ts';
import { asArray, asObject, asString, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { durationSeconds, durationText, parseDuration, SECOND } from '../../cel/time.ts';
import { Duration } from '../../cel/value.ts';
import { compileCondition, MatchConditions } from '../match-conditions.ts';
import type { FailurePolicy } from '../webhook.ts';
import type { ConfigurationProblem, WebhookSettings } from './types.ts';

const MOST_CONDITIONS = 64;
const LONGEST_TIMEOUT = 30n * SECOND;

/**
 * Reads the webhook of the authorizer that lies at `path`, with defaults filled in, and checks it as ValidateWebhookConfiguration
 * does. Upstream's messages name its fields without `.webhook`; the paths of the problems are right.
 */
export function readWebhook(
  webhook: JsonObject,
  path: string,
): { settings: WebhookSettings; problems: ConfigurationProblem[] } {
  const problems: ConfigurationProblem[] = [];
  const text = (field: string) => asString(webhook[field]) ?? '';
  const timeout = durationOf(webhook['timeout'], 0n);
  if (timeout.nanoseconds === 0n) problems.push(required(`${path}.timeout`));
  else if (timeout.nanoseconds > LONGEST_TIMEOUT || timeout.nanoseconds < 0n)
    problems.push(invalid(`${path}.timeout`, durationText(timeout), 'must be > 0s and <= 30s'));
  const ttl = (field: string, fallback: bigint) => {
    const duration = durationOf(webhook[field], fallback * SECOND);
    if (duration.nanoseconds < 0n)
      problems.push(invalid(`${path}.${field}`, durationText(duration), 'must be > 0s'));
    return durationSeconds(duration);
  };
  const authorizedTtl = ttl('authorizedTTL', 300n);
  const unauthorizedTtl = ttl('unauthorizedTTL', 30n);
  const conditions = asArray(webhook['matchConditions']) ?? [];
  const expressions = conditions.map((entry) => asString(asObject(entry)?.['expression']) ?? '');
  problems.push(
    ...oneOf(`${path}.subjectAccessReviewVersion`, text('subjectAccessReviewVersion'), ['v1', 'v1beta1']),
    ...conditionVersionProblems(path, text('matchConditionSubjectAccessReviewVersion'), expressions.length),
    ...oneOf(`${path}.failurePolicy`, text('failurePolicy'), ['NoOpinion', 'Deny']),
    ...connectionProblems(asObject(webhook['connectionInfo']) ?? {}, `${path}.connectionInfo`),
  );
  const compiled = compileConditions(expressions, `${path}.matchConditions`);
  problems.push(...compiled.problems);
  const settings: WebhookSettings = {
    authorizedTtl,
    cacheAuthorizedRequests: webhook['cacheAuthorizedRequests'] !== false,
    unauthorizedTtl,
    cacheUnauthorizedRequests: webhook['cacheUnauthorizedRequests'] !== false,
    timeout: durationSeconds(timeout),
    failurePolicy: text('failurePolicy') as FailurePolicy,
    kubeConfigFile: asString(asObject(webhook['connectionInfo'])?.['kubeConfigFile']),
    expressions,
    matchConditions: compiled.matchConditions,
  };
  const inWebhook = (at: string) => `${path}.webhook${at.slice(path.length)}`;
  return {
    settings,
    problems: problems.map(({ path: at, message }) => ({ path: inWebhook(at), message })),
  };
}

/** Zero is the default too. */
function durationOf(value: Json | undefined, fallback: bigint): Duration {
  const parsed = parseDuration(asString(value) ?? '0');
  return parsed === undefined || parsed.nanoseconds === 0n ? new Duration(fallback) : parsed;
}

function oneOf(path: string, value: string, supported: readonly string[]): ConfigurationProblem[] {
  if (value === '') return [required(path)];
  return supported.includes(value) ? [] : [notSupported(path, quoteGo(value), supported)];
}

function conditionVersionProblems(path: string, version: string, conditions: number): ConfigurationProblem[] {
  const at = `${path}.matchConditionSubjectAccessReviewVersion`;
  if (version !== '') return oneOf(at, version, ['v1']);
  return conditions > 0 ? [required(at, 'required if match conditions are specified')] : [];
}

function connectionProblems(connection: JsonObject, path: string): ConfigurationProblem[] {
  const type = asString(connection['type']) ?? '';
  const file = asString(connection['kubeConfigFile']);
  const at = `${path}.kubeConfigFile`;
  switch (type) {
    case '':
      return [required(`${path}.type`)];
    case 'InClusterConfig':
      // Validation lets it pass, as other servers may use it; kube-apiserver ends with a panic.
      return file === undefined
        ? [invalid(`${path}.type`, type, 'not allowed for kube-apiserver')]
        : [invalid(at, file, 'can only be set when type=KubeConfigFile')];
    case 'KubeConfigFile':
      if (file === undefined || file === '') return [required(at)];
      return file.startsWith('/') ? [] : [invalid(at, file, 'must be an absolute path')];
    default: {
      const shown = JSON.stringify({ Type: type, KubeConfigFile: file ?? null });
      return [notSupported(`${path}.type`, shown, ['InClusterConfig', 'KubeConfigFile'])];
    }
  }
}

/** compileMatchConditions. */
function compileConditions(
  expressions: readonly string[],
  path: string,
): { matchConditions: MatchConditions; problems: ConfigurationProblem[] } {
  if (expressions.length > MOST_CONDITIONS) {
    const problems = [tooMany(path, expressions.length, MOST_CONDITIONS)];
    return { matchConditions: new MatchConditions([]), problems };
  }
  const problems: ConfigurationProblem[] = [];
  const conditions = [];
  const seen = new Set<string>();
  for (const [index, expression] of expressions.entries()) {
    const at = `${path}[${index}].expression`;
    if (expression.trim() === '') problems.push(required(at));
    else if (seen.has(expression)) problems.push(duplicate(at, expression));
    else {
      seen.add(expression);
      const compiled = compileCondition(expression);
      if (compiled instanceof Error) problems.push(invalid(at, expression, compiled.message));
      else conditions.push(compiled);
    }
  }
  return { matchConditions: new MatchConditions(conditions), problems };
}
