import { describe, expect, test } from 'vitest';
import { ALWAYS_ALLOW, ALWAYS_DENY } from './always.ts';
import type { Authorizer, Decision, RequestAttributes } from './attributes.ts';
import { AuthorizerChain } from './chain.ts';
import { compileCondition, MatchConditions } from './match-conditions.ts';
import { type FailurePolicy, WebhookAuthorizer } from './webhook.ts';

const GET_PODS: RequestAttributes = {
  user: { name: 'jane', groups: ['system:authenticated'] },
  verb: 'get',
  isResourceRequest: true,
  apiGroup: '',
  apiVersion: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'a',
  name: 'p',
  path: '',
};

const says = (mode: Authorizer['mode'], decision: Decision, reason = ''): Authorizer => ({
  mode,
  authorize: () => ({ decision, reason }),
});

function webhook(failurePolicy: FailurePolicy, ...expressions: string[]): WebhookAuthorizer {
  const conditions = expressions.map((expression) => {
    const compiled = compileCondition(expression);
    if (compiled instanceof Error) throw compiled;
    return compiled;
  });
  return new WebhookAuthorizer(new MatchConditions(conditions), failurePolicy);
}

const chain = (...authorizers: Authorizer[]) =>
  new AuthorizerChain(authorizers.map((authorizer, i) => ({ name: `${authorizer.mode}${i}`, authorizer })));

// apiserver pkg/authorization/union/union_test.go
describe('a chain', () => {
  test.each([
    ['allow', ['no-opinion', 'allow', 'deny']],
    ['deny', ['no-opinion', 'deny', 'allow']],
    ['no-opinion', ['no-opinion', 'no-opinion']],
    ['no-opinion', []],
  ] as const)('decides %s where its authorizers say %j', (expected, decisions) => {
    const links = decisions.map((decision) => says('Webhook', decision));
    expect(chain(...links).authorize(GET_PODS).decision).toBe(expected);
  });

  test('gives all reasons where nobody has an opinion', () => {
    const answer = chain(says('Node', 'no-opinion', 'not yours'), ALWAYS_DENY, says('RBAC', 'no-opinion'));
    expect(answer.authorize(GET_PODS).reason).toBe('Node0: not yours\nAlwaysDeny1: Everything is forbidden.');
  });

  test('lets a later authorizer allow what AlwaysDeny has no opinion of', () => {
    expect(chain(ALWAYS_DENY, ALWAYS_ALLOW).authorize(GET_PODS)).toMatchObject({
      decision: 'allow',
      by: 'AlwaysAllow1',
    });
  });

  test('allows system:masters before anything else is asked', () => {
    const user = { name: 'root', groups: ['system:masters'] };
    expect(chain(says('Webhook', 'deny')).authorize({ ...GET_PODS, user })).toEqual({
      decision: 'allow',
      reason: '',
      by: 'kubernetes.io/system-privileged-group',
    });
  });
});

describe('what a webhook decides', () => {
  test.each([
    ['allow', ALWAYS_ALLOW],
    ['no-opinion', ALWAYS_DENY],
  ] as const)('is not known, although it would be %s without the webhook', (decision, next) => {
    expect(chain(webhook('NoOpinion'), next).authorize(GET_PODS)).toMatchObject({
      decision: 'unknown',
      reason: 'decided by a webhook',
      by: 'Webhook0',
      otherwise: { decision },
    });
  });

  test('is known where an authorizer before it has an opinion', () => {
    expect(chain(ALWAYS_ALLOW, webhook('Deny')).authorize(GET_PODS).decision).toBe('allow');
  });

  test('does not matter where another that is not known never denies, and a later one allows', () => {
    expect(chain(says('Node', 'unknown'), ALWAYS_ALLOW).authorize(GET_PODS)).toMatchObject({
      decision: 'allow',
      by: 'AlwaysAllow1',
    });
    expect(chain(says('Node', 'unknown'), ALWAYS_DENY).authorize(GET_PODS).decision).toBe('unknown');
  });
});

// apiserver pkg/apis/apiserver/v1/types.go, WebhookConfiguration.MatchConditions
describe('match conditions', () => {
  const OTHER = "request.user != 'jane'";
  const JANE = "request.user == 'jane'";
  const FAILS = "request.nonResourceAttributes.path == '/'";

  test.each([
    ['no-opinion', 'Deny', [JANE, OTHER]],
    ['no-opinion', 'Deny', [FAILS, OTHER]],
    ['unknown', 'Deny', [JANE, "request.resourceAttributes.resource == 'pods'"]],
    ['deny', 'Deny', [JANE, FAILS]],
    ['no-opinion', 'NoOpinion', [JANE, FAILS]],
  ] as const)('make it %s with failure policy %s and %j', (decision, policy, expressions) => {
    expect(webhook(policy, ...expressions).authorize(GET_PODS).decision).toBe(decision);
  });

  test('are named where they fail', () => {
    const failedCondition = { index: 1, expression: FAILS, message: 'no such key: nonResourceAttributes' };
    const answer = chain(webhook('Deny', JANE, FAILS), ALWAYS_ALLOW).authorize(GET_PODS);
    expect(answer).toEqual({ decision: 'deny', reason: '', by: 'Webhook0', failedCondition });
    expect(webhook('NoOpinion', JANE, FAILS).authorize(GET_PODS)).toMatchObject({ failedCondition });
    expect(webhook('Deny', FAILS, OTHER).authorize(GET_PODS)).not.toHaveProperty('failedCondition');
  });

  test('see selectors', () => {
    const condition = webhook(
      'Deny',
      "request.resourceAttributes.?fieldSelector.requirements.orValue([]).exists(r, r.key == 'spec.nodeName' && r.operator == 'In' && r.values == ['n'])",
    );
    const fieldSelector = [{ key: 'spec.nodeName', operator: 'In', values: ['n'] }] as const;
    expect(condition.authorize({ ...GET_PODS, fieldSelector }).decision).toBe('unknown');
    expect(condition.authorize(GET_PODS).decision).toBe('no-opinion');
  });

  test.each([
    ['1', 'must evaluate to bool but got int'],
    ['request.name', /^compilation failed: /],
  ])('refuse %s', (expression, problem) => {
    const compiled = compileCondition(expression);
    expect(compiled).toBeInstanceOf(Error);
    expect((compiled as Error).message).toMatch(problem);
  });
});
