import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { KubernetesObject } from '../../kubernetes/object.ts';
import { AdmissionPolicies, denialText, ObjectContext, type Review } from './index.ts';

function seen(raw: JsonObject): KubernetesObject {
  const origin = { document: 0, start: 0, end: 0, line: 1, column: 1, format: 'json', within: '' } as const;
  return new KubernetesObject(raw, { ...origin, file: { path: 'test' } });
}

const RULES = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];

function policy(validation: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: RULES }, validations: [validation], ...spec },
  };
}

const binding = (spec: JsonObject = {}): JsonObject => ({
  metadata: { name: 'b' },
  spec: { policyName: 'p', validationActions: ['Deny'], ...spec },
});

const CONFIG = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'n', labels: { a: 'b' } },
  data: { x: 'y' },
};

function review(
  policies: JsonObject,
  bound: JsonObject = binding(),
  object: JsonObject = CONFIG,
  others: JsonObject[] = [],
): Review {
  const context = new ObjectContext([...others.map(seen), seen(object)], false);
  return new AdmissionPolicies([policies], [bound]).review(context.request(seen(object), 'CREATE')!, context);
}

describe('a policy', () => {
  // Each message is that of the API server for the same policy and object, see tests/cluster/admission.test.ts.
  test.each<[string, JsonObject, Review['verdict'], string]>([
    ['that holds', { expression: "object.data.x == 'y'" }, 'allowed', ''],
    [
      'that fails without a message',
      { expression: ' object.data.x == "z" ' },
      'denied',
      'failed expression: object.data.x == "z"',
    ],
    ['that fails with one', { expression: 'false', message: ' no ' }, 'denied', 'no'],
    [
      'whose message is computed',
      { expression: 'false', messageExpression: "'not ' + object.metadata.name" },
      'denied',
      'not c',
    ],
    [
      'whose computed message has two lines',
      { expression: 'false', messageExpression: "'a\\nb'", message: 'm' },
      'denied',
      'm',
    ],
    [
      'that fails with an error',
      { expression: 'object.data.z == "y"' },
      'denied',
      'expression \'object.data.z == "y"\' resulted in error: no such key: z',
    ],
    [
      'that costs too much',
      { expression: 'lists.range(2000).all(a, lists.range(2000).all(b, true))' },
      'denied',
      "expression 'lists.range(2000).all(a, lists.range(2000).all(b, true))' resulted in error: operation cancelled: actual cost limit exceeded",
    ],
  ])('%s', (_, validation, verdict, message) => {
    const { verdict: answer, objections } = review(policy(validation));
    expect(answer).toBe(verdict);
    const prefix = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ";
    expect(objections.map(denialText)).toEqual(message === '' ? [] : [prefix + message]);
  });

  test('that ignores errors admits what it cannot decide', () => {
    expect(
      review(policy({ expression: 'object.nothing' + ' == 1' }, { failurePolicy: 'Ignore' })).verdict,
    ).toBe('allowed');
  });

  test('without a binding says nothing', () => {
    expect(review(policy({ expression: 'false' }), binding({ policyName: 'other' })).verdict).toBe('allowed');
  });

  test('that only warns denies nothing', () => {
    const { verdict, objections } = review(
      policy({ expression: 'false' }),
      binding({ validationActions: ['Warn'] }),
    );
    expect([verdict, objections[0]?.action]).toEqual(['allowed', 'Warn']);
  });

  test.each([
    ['a type that does not fit', 'object.data.x', 'must evaluate to bool but got dyn'],
    ['an unknown name', 'objekt.data == 1', "undeclared reference to 'objekt'"],
    ['an unknown field of the request', "request.verb == 'x'", "undefined field 'verb'"],
    ['a mixed list', "1 in [1, 'a']", "expected type 'int' but found 'string'"],
    ['a bad pattern', "'a'.matches('(')", 'invalid matches argument'],
    ['a macro on no name', '[1].all(1, true)', 'argument must be a simple name'],
  ])('with %s is refused by the API server', (_, expression, reason) => {
    const bad = policy({ expression });
    const [problem] = new AdmissionPolicies([bad], []).problems().get('p') ?? [];
    expect(problem).toMatchObject({
      path: 'spec.validations[0].expression',
      reason: expect.stringContaining(reason),
    });
    expect(review(bad).verdict).toBe('unknown');
  });
});

describe('what cannot be known is unknown', () => {
  test.each([
    [
      'the authorizer',
      { expression: "authorizer.path('/x').check('get').allowed()" },
      { code: 'asks-authorizer', detail: '' },
    ],
    [
      'what the API server sets',
      { expression: "object.metadata.uid == 'x'" },
      { code: 'set-by-api-server', detail: 'metadata.uid' },
    ],
    ['the user', { expression: "request.userInfo.username == 'x'" }, { code: 'requester', detail: '' }],
    [
      'a namespace that was not seen',
      { expression: "namespaceObject.metadata.labels.a == 'b'" },
      { code: 'namespace-not-seen', detail: 'n' },
    ],
  ])('%s', (_, validation, reason) => {
    const { verdict, undecided } = review(policy(validation));
    expect(verdict).toBe('unknown');
    expect(undecided[0]).toMatchObject(reason);
  });

  test('but one operand that decides is enough', () => {
    expect(review(policy({ expression: "object.metadata.uid == 'x' || object.data.x == 'y'" })).verdict).toBe(
      'allowed',
    );
  });
});

describe('untrusted input is bounded', () => {
  test.each([
    ['nesting', `${'('.repeat(5000)}1${')'.repeat(5000)} == 1`],
    ['negations', `${'!'.repeat(50_000)}true`],
    ['a chain of sums', `${'1+'.repeat(40_000)}1 == 1`],
    ['a chain of fields', `object${'.a'.repeat(40_000)} == 1`],
    ['a long chain of or', `${'false||'.repeat(15_000)}true`],
    ['a hostile pattern', `'${'a'.repeat(5000)}'.matches('(a*)*(a*)*(a*)*b')`],
    ['a list that doubles', `${'['.repeat(1)}1]${'.map(a, [a, a]).flatten()'.repeat(60)}.size() > 0`],
    ['a text that grows', `'ab'${".replace('', 'abcdefgh')".repeat(40)} == ''`],
    ['a long number', "'%.99999999f'.format([1.5]) == ''"],
  ])('%s', (_, expression) => {
    const started = process.cpuUsage().user;
    review(policy({ expression }));
    expect((process.cpuUsage().user - started) / 1e6).toBeLessThan(5);
  });

  test('keys that name prototypes are only keys', () => {
    const object = JSON.parse(
      '{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t","namespace":"n"},"__proto__":{"polluted":true}}',
    );
    const asked = (expression: string) => review(policy({ expression }), binding(), object).verdict;
    expect(asked('object.__proto__.polluted')).toBe('unknown');
    expect(asked('object.__proto__.polluted == true')).toBe('allowed');
    expect(asked('!has(object.constructor) && !has(object.toString)')).toBe('allowed');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
