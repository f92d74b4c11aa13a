import { activationOf, namespaceValue } from '../../src/engines/admission/activation.ts';
import { PolicyExpressions } from '../../src/engines/admission/expressions.ts';
import type { AdmissionRequest } from '../../src/engines/admission/request.ts';
import { formatTimestamp } from '../../src/engines/cel/time.ts';
import {
  CelError,
  Duration,
  failed,
  ListValue,
  MapValue,
  Optional,
  type Result,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
  Unknown,
} from '../../src/engines/cel/value.ts';
import { formatGeneral } from '../../src/kubernetes/go-text.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { CelCase } from './admission-cases.ts';

/** What testbed/oracle/admission.go answers about one expression. */
export interface CelAnswer {
  readonly refused?: string;
  readonly value?: unknown;
  readonly error?: string;
  readonly cost: number;
}

/** A value in the form in which the oracle writes it. */
export function plainValue(value: Result): unknown {
  if (value === null) return { null: true };
  if (typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'number') return { double: formatGeneral(value) };
  if (typeof value !== 'object') return value;
  if (value instanceof Uint) return { uint: String(value.value) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Timestamp) return { timestamp: formatTimestamp(value) };
  if (value instanceof Duration) return { duration: String(value.nanoseconds) };
  if (value instanceof TypeValue) return { type: value.name };
  if (value instanceof Optional)
    return { optional: value.value === undefined ? null : plainValue(value.value) };
  if (value instanceof ListValue) return { list: [...value].map(plainValue) };
  if (value instanceof MapValue) {
    const entries = [...value.keys()].map((key) => [plainValue(key), plainValue(value.find(key) ?? null)]);
    return { map: entries.sort((a, b) => (JSON.stringify(a[0]) < JSON.stringify(b[0]) ? -1 : 1)) };
  }
  if (failed(value)) return { failed: true };
  return { opaque: typeNameOf(value) };
}

const OPTIONS = { hasParams: true, hasAuthorizer: true };

/** What KubeStride's engine says of each expression of a case. */
export function evaluateCase(question: CelCase): (CelAnswer & { unknown?: string })[] {
  const metadata = (question.object['metadata'] ?? {}) as JsonObject;
  const [version, group] = String(question.object['apiVersion']).split('/').reverse();
  const request: AdmissionRequest = {
    operation: question.operation as 'CREATE',
    kind: { group: group ?? '', version: version!, kind: String(question.object['kind']) },
    resource: { group: group ?? '', version: version!, resource: 'things' },
    name: String(metadata['name']),
    namespace: 'default',
    object: question.object,
    oldObject: question.oldObject ?? undefined,
    userInfo: { username: 'someone', uid: '', groups: ['system:authenticated'], extra: {} },
    dryRun: true,
    options: null,
  };
  const namespace = question.namespace === null ? null : namespaceValue(question.namespace);
  const activation = activationOf(request, question.params ?? undefined, namespace);
  return question.expressions.map((source) => {
    const policy = new PolicyExpressions();
    for (const { name, expression } of question.variables) {
      const { problem } = policy.addVariable(name, expression, OPTIONS);
      if (problem !== undefined) return { refused: problem, cost: 0 };
    }
    const { program, problem } = policy.compile(source, OPTIONS, []);
    if (program === undefined) return { refused: problem!, cost: 0 };
    const { result, cost } = policy.evaluator(activation).evaluate(program);
    if (result instanceof Unknown) return { unknown: result.code, cost };
    if (result instanceof CelError)
      return { error: `expression '${source}' resulted in error: ${result.message}`, cost };
    return { value: plainValue(result), cost };
  });
}
