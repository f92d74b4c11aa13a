import type { RequestAttributes } from '../../src/engines/authorization/index.ts';
import type { Json, JsonObject } from '../../src/kubernetes/json.ts';
import type { Random } from './random.ts';

const WEBHOOKS = ['first', 'second'] as const;

/** Conditions over what a request is; some fail on requests of the other sort, some on all. */
const CONDITIONS = [
  'true',
  'false',
  "request.user == 'jane'",
  "request.user != 'jane'",
  "'devs' in request.groups",
  'size(request.groups) > 1',
  'has(request.resourceAttributes)',
  'has(request.nonResourceAttributes)',
  '!has(request.resourceAttributes)',
  "request.resourceAttributes.namespace == 'a'",
  "has(request.resourceAttributes) && request.resourceAttributes.namespace == 'a'",
  "has(request.resourceAttributes.namespace) && request.resourceAttributes.resource == 'pods'",
  "request.nonResourceAttributes.path.startsWith('/api')",
  "request.?nonResourceAttributes.path.orValue('/healthz') == '/healthz'",
  "request.uid == ''",
  "has(request.uid) && request.uid == '7'",
  "request.extra['scopes'] == ['a', 'b']",
  "'scopes' in request.extra && request.extra.scopes.exists(s, s == 'a')",
  'has(request.extra.scopes)',
  'request.extra.?scopes.orValue([]).size() == 0',
  'request.extra.all(k, v, v.size() > 0)',
  'has(request.resourceAttributes.fieldSelector)',
  "request.resourceAttributes.fieldSelector.requirements.exists(r, r.key == 'spec.nodeName' && r.operator == 'In' && r.values == ['n'])",
  'has(request.resourceAttributes.fieldSelector.rawSelector)',
  "request.resourceAttributes.?labelSelector.requirements.orValue([]).exists_one(r, r.operator == 'Exists')",
  "request.resourceAttributes.labelSelector.requirements[0].values[0] == 'web'",
  "request.resourceAttributes.labelSelector.requirements.map(r, r.key) == ['app']",
  'size(request.resourceAttributes.labelSelector.requirements[0].values) == 0',
  'size(dyn(request.resourceAttributes)) == 7',
  "dyn(request.resourceAttributes)['fieldSelector'] != null",
  "'fieldSelector' in dyn(request.resourceAttributes)",
  'size(dyn(request)) == 5',
  'type(request.groups) == list',
  "request.groups == ['devs', 'system:authenticated']",
  "request.groups.join(',').matches('^(devs|ops)')",
  'dyn(request.groups) == dyn(request.extra)',
  "dyn(request.resourceAttributes) == {'namespace': 'a'}",
  '1 / size(request.groups) > 0',
  "request.user.lowerAscii() == request.user && request.user.split(':').size() == 1",
  "request.resourceAttributes.verb in ['get', 'list'] || request.user.startsWith('system:')",
  "request.user == 'jane' ? request.resourceAttributes.name == '' : true",
  'semver(request.resourceAttributes.version).major() == 1',
  "isSemver('1.0.0') && quantity('1').isLessThan(quantity('2'))",
  "ip('10.0.0.1').family() == 4 && cidr('10.0.0.0/8').containsIP('10.1.1.1')",
];

/** Conditions that the API server does not take. */
const REFUSED = [
  '',
  '  ',
  '1',
  "'text'",
  'request',
  'request.user',
  'request.name == 1',
  'request.user = 1',
  'request.user == 1',
  'object.metadata == null',
  "authorizer.path('/healthz').check('get').allowed()",
  'request.resourceAttributes.labels.a == 1',
  'unknown()',
  'true &&',
  "request.groups.matches('a')",
  "request.user.matches('(')",
  'dyn(true)',
  'request.extra.scopes',
];

/** Documents of --authorization-config and requests on the way of which they lie. */
export class RandomAuthorizers {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A configuration that is valid; now and then kube-apiserver cannot start with it all the same. */
  usable(): JsonObject {
    const random = this.#random;
    const hooks = WEBHOOKS.slice(0, random.below(3));
    const others = ['RBAC', 'ABAC', 'Node', 'AlwaysDeny'].filter(() => random.chance(0.45));
    if (random.chance(0.1)) others.push('AlwaysAllow');
    const entries: JsonObject[] = [
      ...hooks.map((name) => this.#webhook(name)),
      ...others.map((type) => ({ type, name: type.toLowerCase() })),
    ];
    entries.sort(() => random.next() - 0.5);
    return this.#document(entries.length === 0 ? [{ type: 'RBAC', name: 'rbac' }] : entries);
  }

  /** One with something wrong, more often than not. */
  any(): JsonObject {
    const random = this.#random;
    const odd = <T>(usual: T, others: readonly T[]): T => (random.chance(0.1) ? random.pick(others) : usual);
    const entries = Array.from({ length: random.below(4) }, (_, index): JsonObject => {
      const type = odd(random.pick(['RBAC', 'Node', 'ABAC', 'Webhook', 'Webhook']), [
        'rbac',
        'Foo',
        '',
        '"<a>"',
      ]);
      const usual = type === 'Webhook' ? `hook${index}` : type.toLowerCase();
      const name = odd(usual, ['a.b', 'A', '', '-', 'a'.repeat(254), 'é', 'hook0']);
      const entry: JsonObject = { type, name };
      if (type === 'Webhook' ? random.chance(0.97) : random.chance(0.03))
        entry['webhook'] = this.#oddWebhook();
      if (random.chance(0.02)) entry[random.pick(['Type', 'webhooks'])] = 'x';
      if (random.chance(0.02)) delete entry[random.pick(['type', 'name'])];
      return entry;
    });
    const document = this.#document(entries);
    if (random.chance(0.02)) document['authorizers'] = random.pick<Json>([null, 'none', {}, [null], [[]]]);
    if (random.chance(0.02)) document['extra'] = 1;
    return document;
  }

  #document(authorizers: Json[]): JsonObject {
    const version = this.#random.pick(['v1', 'v1', 'v1beta1', 'v1alpha1']);
    return {
      apiVersion: `apiserver.config.k8s.io/${version}`,
      kind: 'AuthorizationConfiguration',
      authorizers,
    };
  }

  #webhook(name: string): JsonObject {
    const random = this.#random;
    const conditions = new Set(Array.from({ length: random.below(4) }, () => random.pick(CONDITIONS)));
    return {
      type: 'Webhook',
      name,
      webhook: {
        timeout: '10s',
        cacheAuthorizedRequests: false,
        cacheUnauthorizedRequests: false,
        subjectAccessReviewVersion: random.pick(['v1', 'v1beta1']),
        matchConditionSubjectAccessReviewVersion: 'v1',
        failurePolicy: random.pick(['NoOpinion', 'Deny']),
        connectionInfo: random.chance(0.03)
          ? { type: 'InClusterConfig' }
          : { type: 'KubeConfigFile', kubeConfigFile: `@${name}` },
        matchConditions: [...conditions].map((expression) => ({ expression })),
      },
    };
  }

  #oddWebhook(): JsonObject {
    const random = this.#random;
    const webhook: JsonObject = {};
    const set = (field: string, odd: readonly Json[], usual: Json) => {
      if (random.chance(0.99)) webhook[field] = random.chance(0.05) ? random.pick(odd) : usual;
    };
    set(
      'timeout',
      ['0s', '31s', '-1s', '1m', '30s', '30.000000001s', '', 'x', 5, null, '1h2m3.5s', '1500us'],
      '3s',
    );
    set('authorizedTTL', ['0s', '-5m', '1ns', '-1.5h', '10', null, '-1µs'], '5m0s');
    set('unauthorizedTTL', ['0', '-5m', '9000h', '-2ms', true], '30s');
    set('cacheAuthorizedRequests', [false, null, 'true'], true);
    set('subjectAccessReviewVersion', ['v1beta1', 'v2', '', null], 'v1');
    set('matchConditionSubjectAccessReviewVersion', ['v1beta1', '', null, '"'], 'v1');
    set('failurePolicy', ['Deny', 'Ignore', 'deny', '', null], 'NoOpinion');
    const type = random.pick([
      'KubeConfigFile',
      'KubeConfigFile',
      'KubeConfigFile',
      'InClusterConfig',
      'Foo',
      '',
    ]);
    const connection: JsonObject = { type };
    if (type === 'KubeConfigFile' ? random.chance(0.97) : random.chance(0.5))
      connection['kubeConfigFile'] = random.chance(0.95) ? '@first' : random.pick(['a/b', '', null]);
    set('connectionInfo', [{}, null], connection);
    const count = random.chance(0.02) ? 65 : random.below(3);
    const pool = random.chance(0.15) ? [...REFUSED, ...CONDITIONS] : CONDITIONS;
    const conditions = Array.from({ length: count }, (): JsonObject => ({ expression: random.pick(pool) }));
    if (conditions[0] !== undefined && random.chance(0.05)) conditions.push({ ...conditions[0] });
    set('matchConditions', [null, [{}], [{ expression: null }]], conditions);
    return webhook;
  }

  policies(): string {
    const random = this.#random;
    return Array.from({ length: random.below(4) }, () =>
      JSON.stringify({
        apiVersion: 'abac.authorization.kubernetes.io/v1beta1',
        kind: 'Policy',
        spec: {
          user: random.pick(['jane', '*', 'joe']),
          readonly: random.chance(0.5),
          namespace: random.pick(['*', 'a']),
          resource: random.pick(['*', 'pods']),
          apiGroup: '*',
          nonResourcePath: random.pick(['*', '/api*', '']),
        },
      }),
    ).join('\n');
  }

  request(): RequestAttributes {
    const random = this.#random;
    const isResourceRequest = random.chance(0.75);
    const nodes = { name: 'system:node:n', groups: ['system:nodes', 'system:authenticated'] };
    return {
      user: {
        ...random.pick([
          { name: 'jane', groups: ['devs', 'system:authenticated'] },
          { name: 'joe', groups: ['system:authenticated'] },
          { name: 'Root', groups: random.chance(0.3) ? ['system:masters'] : [] },
          nodes,
        ]),
        ...(random.chance(0.3) ? { uid: random.pick(['7', '']) } : {}),
        ...(random.chance(0.4)
          ? {
              extra: random.pick<Record<string, string[]>>([
                {},
                { scopes: ['a', 'b'] },
                { scopes: [], 'example.com/x': ['y'] },
              ]),
            }
          : {}),
      },
      verb: random.pick(['get', 'list', 'create', 'post']),
      isResourceRequest,
      apiGroup: isResourceRequest ? random.pick(['', 'apps']) : '',
      apiVersion: isResourceRequest ? random.pick(['v1', '*']) : '',
      resource: isResourceRequest ? random.pick(['pods', 'services', 'nodes']) : '',
      subresource: isResourceRequest ? random.pick(['', '', 'log']) : '',
      namespace: isResourceRequest ? random.pick(['a', 'b', '']) : '',
      name: isResourceRequest ? random.pick(['', 'n', 'x']) : '',
      path: isResourceRequest ? '' : random.pick(['/', '/api', '/api/v1', '/healthz']),
      ...(isResourceRequest && random.chance(0.4)
        ? { fieldSelector: [{ key: 'spec.nodeName', operator: random.pick(['In', 'NotIn']), values: ['n'] }] }
        : {}),
      ...(isResourceRequest && random.chance(0.4)
        ? {
            labelSelector: random.pick([
              [{ key: 'app', operator: 'In', values: ['web'] }],
              [{ key: 'app', operator: 'Exists', values: [] }],
              [
                { key: 'app', operator: 'NotIn', values: ['web', 'x'] },
                { key: 'tier', operator: 'DoesNotExist', values: [] },
              ],
            ] as const),
          }
        : {}),
    };
  }
}
