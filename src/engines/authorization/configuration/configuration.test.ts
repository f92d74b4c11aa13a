import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { readAbacFile } from '../abac/policies.ts';
import { ALWAYS_ALLOW } from '../always.ts';
import type { Authorizer, RequestAttributes } from '../attributes.ts';
import { chainOf } from './chain.ts';
import { readAuthorizationConfiguration } from './document.ts';
import { authorizersOfFlags } from './flags.ts';

const WEBHOOK: JsonObject = {
  timeout: '5s',
  failurePolicy: 'NoOpinion',
  subjectAccessReviewVersion: 'v1',
  matchConditionSubjectAccessReviewVersion: 'v1',
  connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: '/kubeconfig' },
};

const documentOf = (authorizers: JsonObject[], version = 'v1'): JsonObject => ({
  apiVersion: `apiserver.config.k8s.io/${version}`,
  kind: 'AuthorizationConfiguration',
  authorizers,
});

const webhook = (changes: JsonObject): JsonObject => ({
  type: 'Webhook',
  name: 'hook',
  webhook: { ...WEBHOOK, ...changes },
});

const messages = (document: JsonObject) =>
  readAuthorizationConfiguration(document).problems.map(({ message }) => message);

// k8s.io/apiserver pkg/apis/apiserver/validation/validation_test.go, TestValidateAuthorizationConfiguration
describe('a configuration', () => {
  test.each(['v1', 'v1beta1', 'v1alpha1'])('of version %s is read with its defaults', (version) => {
    const document = documentOf(
      [{ type: 'Node', name: 'node' }, webhook({}), { type: 'RBAC', name: 'rbac' }],
      version,
    );
    expect(readAuthorizationConfiguration(document)).toEqual({
      problems: [],
      authorizers: [
        { type: 'Node', name: 'node', path: 'authorizers[0]' },
        {
          type: 'Webhook',
          name: 'hook',
          path: 'authorizers[1]',
          webhook: expect.objectContaining({
            authorizedTtl: 300,
            cacheAuthorizedRequests: true,
            unauthorizedTtl: 30,
            cacheUnauthorizedRequests: true,
            timeout: 5,
            failurePolicy: 'NoOpinion',
            expressions: [],
          }),
        },
        { type: 'RBAC', name: 'rbac', path: 'authorizers[2]' },
      ],
    });
  });

  test.each<[string, JsonObject[]]>([
    ['authorizers: Required value: at least one authorization mode must be defined', []],
    ['authorizers[0].type: Required value', [{}]],
    ['authorizers[0].name: Required value', [{ type: 'RBAC' }]],
    [
      'authorizers[1].name: Duplicate value: "rbac"',
      [
        { type: 'RBAC', name: 'rbac' },
        { type: 'Node', name: 'rbac' },
      ],
    ],
    [
      'authorizers[1].type: Duplicate value: "RBAC"',
      [
        { type: 'RBAC', name: 'rbac' },
        { type: 'RBAC', name: 'b' },
      ],
    ],
    [
      'authorizers[0].type: Unsupported value: "Foo": supported values: "ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook"',
      [{ type: 'Foo' }],
    ],
    ['authorizers[0].webhook: Required value: required when type=Webhook', [{ type: 'Webhook', name: 'a' }]],
    [
      'authorizers[0].webhook: Invalid value: "non-null": may only be specified when type=Webhook',
      [{ type: 'RBAC', name: 'rbac', webhook: {} }],
    ],
    ['authorizers[0].timeout: Required value', [webhook({ timeout: '0s' })]],
    [
      'authorizers[0].timeout: Invalid value: "-30s": must be > 0s and <= 30s',
      [webhook({ timeout: '-30s' })],
    ],
    ['authorizers[0].timeout: Invalid value: "1m0s": must be > 0s and <= 30s', [webhook({ timeout: '60s' })]],
    [
      'authorizers[0].authorizedTTL: Invalid value: "-30s": must be > 0s',
      [webhook({ authorizedTTL: '-30s' })],
    ],
    [
      'authorizers[0].failurePolicy: Unsupported value: "AlwaysAllow": supported values: "NoOpinion", "Deny"',
      [webhook({ failurePolicy: 'AlwaysAllow' })],
    ],
    [
      'authorizers[0].connectionInfo.kubeConfigFile: Invalid value: "relative": must be an absolute path',
      [webhook({ connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: 'relative' } })],
    ],
    [
      'authorizers[0].connectionInfo.type: Invalid value: "InClusterConfig": not allowed for kube-apiserver',
      [webhook({ connectionInfo: { type: 'InClusterConfig' } })],
    ],
    [
      'authorizers[0].matchConditions[1].expression: Duplicate value: "true"',
      [webhook({ matchConditions: [{ expression: 'true' }, { expression: 'true' }] })],
    ],
    [
      'authorizers[0].matchConditions: Too many: 65: must have at most 64 items',
      [webhook({ matchConditions: Array.from({ length: 65 }, (_, i) => ({ expression: `${i} > 0` })) })],
    ],
    ['expected name rbac for authorizer RBAC instead of mine', [{ type: 'RBAC', name: 'mine' }]],
  ])('is refused: %s', (message, authorizers) => {
    expect(messages(documentOf(authorizers))).toEqual([message]);
  });

  test('names the field that is wrong', () => {
    const paths = (authorizer: JsonObject) =>
      readAuthorizationConfiguration(documentOf([authorizer])).problems.map(({ path }) => path);
    expect(paths(webhook({ timeout: '60s', connectionInfo: {} }))).toEqual([
      'authorizers[0].webhook.timeout',
      'authorizers[0].webhook.connectionInfo.type',
    ]);
    expect(paths({ type: 'Webhook', name: 'A', webhook: WEBHOOK })).toEqual(['authorizers[0].name']);
  });

  test('is refused where strict decoding refuses it', () => {
    expect(messages(documentOf([{ type: 'RBAC', name: 'rbac', typo: 1 }]))).toEqual([
      'unknown field "authorizers[0].typo"',
    ]);
    expect(messages({ ...documentOf([]), apiVersion: 'apiserver.config.k8s.io/v2' })).toHaveLength(1);
  });
});

// k8s.io/kubernetes pkg/kubeapiserver/options/authorization_test.go
describe('flags', () => {
  const read = (flags: Record<string, string[]>) => authorizersOfFlags((name) => flags[name] ?? []);

  test('name the authorizers in order', () => {
    const reading = read({
      'authorization-mode': ['Node,Webhook', 'RBAC'],
      'authorization-webhook-config-file': ['/a'],
    });
    expect(reading?.problems).toEqual([]);
    expect(reading?.authorizers.map(({ type, name }) => [type, name])).toEqual([
      ['Node', 'node'],
      ['Webhook', 'default'],
      ['RBAC', 'rbac'],
    ]);
    expect(reading?.authorizers[1]?.webhook).toMatchObject({ failurePolicy: 'NoOpinion', timeout: 30 });
  });

  test('allow everything where none is given', () => {
    expect(read({})?.authorizers).toEqual([{ type: 'AlwaysAllow', name: 'alwaysallow', path: '' }]);
  });

  test('say nothing where there is a configuration file', () => {
    expect(read({ 'authorization-config': ['/a'] })).toBeUndefined();
    expect(read({ 'authorization-config': ['/a'], 'authorization-mode': ['RBAC'] })?.problems).toHaveLength(
      1,
    );
  });

  test.each([
    ['ABAC', {}, "authorization-mode ABAC's authorization policy file not passed"],
    ['Webhook', {}, "authorization-mode Webhook's authorization config file not passed"],
    [
      'RBAC',
      { 'authorization-policy-file': ['/a'] },
      'cannot specify --authorization-policy-file without mode ABAC',
    ],
    ['RBAC,RBAC', {}, 'authorization-mode ["RBAC" "RBAC"] has mode specified more than once'],
    ['Rbac', {}, 'authorization-mode "Rbac" is not a valid mode'],
  ])('%s %j are refused', (mode, others: Record<string, string[]>, message) => {
    expect(read({ 'authorization-mode': [mode], ...others })?.problems).toEqual([{ path: '', message }]);
  });
});

describe('a chain of configured authorizers', () => {
  const NONE: Authorizer = { mode: 'RBAC', authorize: () => ({ decision: 'no-opinion', reason: '' }) };
  const attributes: RequestAttributes = {
    ...{
      user: { name: 'a', groups: [] },
      verb: 'get',
      isResourceRequest: false,
      apiGroup: '',
      apiVersion: '',
    },
    ...{ resource: '', subresource: '', namespace: '', name: '', path: '/' },
  };
  const decide = (document: JsonObject, abac?: string) =>
    chainOf(readAuthorizationConfiguration(document).authorizers, {
      rbac: ALWAYS_ALLOW,
      node: NONE,
      abacPolicies: abac === undefined ? undefined : readAbacFile(abac).policies,
    }).authorize(attributes);

  test('asks them in order', () => {
    expect(decide(documentOf([webhook({}), { type: 'RBAC', name: 'rbac' }]))).toMatchObject({
      decision: 'unknown',
      by: 'hook',
      otherwise: { decision: 'allow', by: 'rbac' },
    });
    expect(decide(documentOf([{ type: 'RBAC', name: 'rbac' }, webhook({})])).decision).toBe('allow');
  });

  test('does not know what a policy file says that was not seen', () => {
    const document = documentOf([{ type: 'ABAC', name: 'abac' }]);
    expect(decide(document).decision).toBe('unknown');
    expect(decide(document, '{"user":"a"}').decision).toBe('allow');
    expect(decide(document, '{"user":"b"}')).toEqual({
      decision: 'no-opinion',
      reason: 'abac: No policy matched.',
    });
  });
});
