import { describe, expect, it } from 'vitest';
import { Random } from '../../../../tests/differential/random.ts';
import type { RequestAttributes } from '../attributes.ts';
import { RbacAuthorizer } from '../rbac/authorizer.ts';
import type { Subject } from '../rbac/grant.ts';
import { RbacWorld } from '../rbac/world.ts';
import { type Generated, type GenerateOptions, generateRoles } from './generate.ts';
import { isGeneratedName } from './generated-name.ts';
import { generatedObjects } from './generated-objects.ts';
import { UsageLog } from './usage-log.ts';

const JANE = { name: 'jane', groups: ['system:authenticated'] };
const SUBJECT: Subject = { kind: 'User', namespace: undefined, name: 'jane' };
const OPTIONS: GenerateOptions = {
  names: 'stable',
  mostNames: 10,
  expandNamespaces: false,
  expandVerbs: false,
  refused: false,
  name: 'made',
  user: { name: '', groups: [] },
};

/** `verb [group/]resource[/subresource] [namespace[/name]]`, or `verb /path`. */
function request(what: string): RequestAttributes {
  const [verb = '', target = '', place = ''] = what.split(' ');
  const isPath = target.startsWith('/');
  const [type = '', subresource = ''] = target.split('/');
  const [resource = '', ...group] = type.split('.');
  const [namespace = '', name = ''] = place.split('/');
  const empty = { apiGroup: '', resource: '', subresource: '', namespace: '', name: '' };
  const rest = isPath ? empty : { apiGroup: group.join('.'), resource, subresource, namespace, name };
  return {
    user: JANE,
    verb,
    isResourceRequest: !isPath,
    apiVersion: '',
    path: isPath ? target : '',
    ...rest,
  };
}

function generate(
  did: readonly string[],
  options: Partial<GenerateOptions> = {},
  refused: readonly string[] = [],
): Generated {
  const log = new UsageLog();
  for (const what of did) log.add(request(what), true, 'request', undefined);
  for (const what of refused) log.add(request(what), false, 'request', undefined);
  return generateRoles(log.of(SUBJECT), { ...OPTIONS, ...options });
}

/** Rules as `verbs groups resources names`, by role. */
function rules({ roles }: Generated): Record<string, string[]> {
  return Object.fromEntries(
    roles.map(({ kind, name, namespace, rules: own }) => [
      [kind, namespace, name].filter((part) => part !== undefined).join(' '),
      own.map(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }) =>
        [verbs, apiGroups, resources, resourceNames, nonResourceURLs]
          .map((values) => values.join())
          .join(' ')
          .trim(),
      ),
    ]),
  );
}

describe('generated roles', () => {
  it('grant what was used, merged', () => {
    const did = [
      'get pods shop/a',
      'list pods shop',
      'get configmaps shop/a',
      'list configmaps shop',
      'delete pods shop/a',
      'get /metrics',
    ];
    expect(rules(generate(did))).toEqual({
      'ClusterRole made': ['get    /metrics'],
      'Role shop made': ['list  configmaps,pods', 'get  configmaps a', 'delete,get  pods a'],
    });
  });

  it('are as few as any order of merging makes them', () => {
    const did = ['a', 'b', 'c'].flatMap((resource) => [`get ${resource} n/x`, `get ${resource} n/y`]);
    expect(
      rules(
        generate([
          ...did,
          'list a n',
          'list b n',
          'watch c n',
          'delete a n/x',
          'delete b n/x',
          'delete c n/x',
        ]),
      ),
    ).toEqual({
      'Role n made': ['delete  a,b,c x', 'get  a,b,c x,y', 'list  a,b', 'watch  c'],
    });
  });

  it('leave out names where all objects are allowed, and places where all of them are', () => {
    expect(
      rules(generate(['get pods shop/a', 'get pods shop', 'get secrets shop/a', 'get secrets'])),
    ).toEqual({
      'ClusterRole made': ['get  secrets'],
      'Role shop made': ['get  pods'],
    });
  });

  it('are one role where several namespaces need the same', () => {
    const { bindings, roles } = generate(['list pods a', 'list pods b', 'list pods c', 'get pods c/x']);
    expect(rules({ bindings, roles } as Generated)).toEqual({
      'ClusterRole made:namespaced': ['list  pods'],
      'Role c made': ['get  pods x', 'list  pods'],
    });
    expect(bindings).toMatchObject([
      { kind: 'RoleBinding', namespace: 'a', role: { kind: 'ClusterRole', name: 'made:namespaced' } },
      { kind: 'RoleBinding', namespace: 'b', role: { kind: 'ClusterRole', name: 'made:namespaced' } },
      { kind: 'RoleBinding', namespace: 'c', role: { kind: 'Role', name: 'made' } },
    ]);
  });

  it('name objects where the names are few and look made by people', () => {
    const many = Array.from({ length: 11 }, (_, index) => `get orders.example.com shop/o${index}`);
    expect(
      rules(generate(['get pods shop/web-0', 'get pods/log shop/web-7d9f8b6c5d-x2k4p', ...many])),
    ).toEqual({
      'Role shop made': ['get  pods web-0', 'get  pods/log', 'get example.com orders'],
    });
    const [rule] = generate(many).roles[0]!.rules;
    expect(rule!.evidence).toMatchObject({ count: 11, names: 11, hasMoreNames: false });
    expect(rules(generate(many, { names: 'all' }))['Role shop made']![0]).toMatch(/o0,o1,o10,/);
    expect(rules(generate(['get pods shop/a'], { names: 'none' }))).toEqual({
      'Role shop made': ['get  pods'],
    });
  });

  it('name no object where more were used than are kept', () => {
    const log = new UsageLog();
    for (let index = 0; index < 1001; index++)
      log.add(request(`get pods shop/p${index}`), true, 'request', index);
    const [rule] = generateRoles(log.of(SUBJECT), { ...OPTIONS, names: 'all' }).roles[0]!.rules;
    expect(rule).toMatchObject({ resourceNames: [], evidence: { hasMoreNames: true, first: 0, last: 1000 } });
  });

  it('leave out what was refused, unless it is asked for, and what is granted already', () => {
    const made = generate(['get pods shop/a', 'get /api'], { isGranted: ({ path }) => path === '/api' }, [
      'get pods shop/a',
      'list nodes',
    ]);
    expect(rules(made)).toEqual({ 'Role shop made': ['get  pods a'] });
    expect(made.granted).toMatchObject([{ action: { path: '/api' } }]);
    expect(made.refused).toMatchObject([{ action: { verb: 'list', resource: 'nodes' } }]);
    const all = generate([], { refused: true }, ['list nodes']);
    expect(all.roles[0]!.rules).toMatchObject([{ verbs: ['list'], evidence: { refused: true } }]);
  });

  it.each([
    ['get', '', '*', ''],
    ['get', '', '*', 'log'],
    ['get', '', 'pods', '*'],
    ['*', '', 'pods', ''],
    ['get', '*', 'pods', ''],
    ['get', '', 'pods/log', ''],
    ['get', '', '', ''],
  ])('leave out what a rule would take for more: %j %j %j %j', (verb, apiGroup, resource, subresource) => {
    const log = new UsageLog();
    log.add({ ...request('get x shop/a'), verb, apiGroup, resource, subresource }, true, 'request', 0);
    const made = generateRoles(log.of(SUBJECT), OPTIONS);
    expect(made.roles).toEqual([]);
    expect(made.ungrantable).toMatchObject([{ count: 1, action: { verb, apiGroup, resource, subresource } }]);
  });

  it('leave out paths that a rule would take for a prefix', () => {
    const made = generate(['get /*', 'get /a*b/%2e%2e/x*', 'get /a*b', '* /metrics', 'get /metrics']);
    expect(rules(made)).toEqual({ 'ClusterRole made': ['get    /metrics'] });
    expect(made.ungrantable).toHaveLength(4);
  });

  it('tell what the API server asks besides', () => {
    const did = [
      'create rolebindings.rbac.authorization.k8s.io a',
      'update certificatesigningrequests.certificates.k8s.io/approval /x',
    ];
    expect(generate([...did, 'get roles.rbac.authorization.k8s.io a']).hiddenNeeds).toEqual([
      'approve',
      'bind',
    ]);
  });
});

describe('names that a machine made', () => {
  it.each([
    ['pods', 'web-7d9f8b6c5d-x2k4p'],
    ['pods', 'agent-x2k4p'],
    ['replicasets', 'web-7d9f8b6c5d'],
    ['jobs', 'backup-28374650'],
    ['configmaps', 'settings-g4hk9g2ff8'],
    ['persistentvolumes', 'pvc-3f0d2c1a-8f6e-4d9b-9c55-0a1b2c3d4e5f'],
    ['secrets', 'sh.helm.release.v1.shop.v12'],
    ['nodes', 'ip-10-0-12-7.ec2.internal'],
    ['nodes', 'gke-main-default-pool-e05a7794-jgln'],
    ['nodes', 'aks-nodepool1-12345678-vmss000003'],
    ['events', 'anything'],
  ])('%s %s', (resource, name) => {
    expect(isGeneratedName(resource, name)).toBe(true);
  });

  it.each([
    'web-0',
    'kube-root-ca.crt',
    'ingress-https',
    'my-config',
    'node1',
    'extension-apiserver-authentication',
    'v1.apps',
    'cert-manager-cainjector-leader-election',
    'app-2024',
    'prod-db-01',
  ])('is not %s', (name) => {
    expect(isGeneratedName('configmaps', name)).toBe(false);
  });
});

describe('any requests', () => {
  const VERBS = ['get', 'list', 'create', 'update', 'patch', 'delete'];
  const RESOURCES = [
    'pods',
    'pods/log',
    'secrets',
    'deployments.apps',
    'deployments.apps/scale',
    'pods.metrics.k8s.io',
  ];
  const PLACES = ['', '/x', 'a', 'a/x', 'a/y', 'b', 'b/x', 'c/x'];

  it('are allowed by what is made of them, and nothing else is', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = new Random(seed);
      const did = Array.from({ length: 1 + random.below(25) }, () =>
        random.below(10) === 0
          ? `get ${random.pick(['/metrics', '/logs/a'])}`
          : `${random.pick(VERBS)} ${random.pick(RESOURCES)} ${random.pick(PLACES)}`,
      );
      const objects = generatedObjects(generate(did, { names: 'all' }), SUBJECT);
      const authorizer = new RbacAuthorizer(RbacWorld.of(objects, { bootstrap: false }));
      const used = did.map(request);
      const asked = [
        ...VERBS.flatMap((verb) =>
          RESOURCES.flatMap((resource) => PLACES.map((place) => request(`${verb} ${resource} ${place}`))),
        ),
        ...['/metrics', '/logs/a', '/logs'].map((path) => request(`get ${path}`)),
      ];
      const wrong = asked.filter((attributes) => {
        const expected = used.some((each) => covers(each, attributes));
        return (authorizer.authorize(attributes).decision === 'allow') !== expected;
      });
      expect({ seed, wrong }).toEqual({ seed, wrong: [] });
    }
  });
});

describe('requests of a client that means harm', () => {
  const TEXTS = [
    '',
    '*',
    '**',
    'a',
    'a*',
    '*/a',
    'a/*',
    'a/a',
    '/',
    '/*',
    '/a',
    '/a*',
    '/a*b/../c*',
    'secrets',
  ];
  const any = (random: Random): RequestAttributes => ({
    ...request('get pods'),
    verb: random.pick(TEXTS),
    ...(random.below(3) === 0
      ? { isResourceRequest: false, resource: '', path: random.pick(TEXTS) }
      : {
          apiGroup: random.pick(TEXTS),
          resource: random.pick(TEXTS),
          subresource: random.pick(TEXTS),
          namespace: random.pick(['', 'n', '*']),
          name: random.pick(TEXTS),
        }),
  });

  it('make no role that allows what none of them asked for', () => {
    let allowed = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const log = new UsageLog();
      const used = Array.from({ length: 1 + random.below(15) }, () => any(random));
      for (const each of used) log.add(each, true, 'request', 0);
      const objects = generatedObjects(generateRoles(log.of(SUBJECT), { ...OPTIONS, names: 'all' }), SUBJECT);
      const authorizer = new RbacAuthorizer(RbacWorld.of(objects, { bootstrap: false }));
      const near = used.flatMap((each) =>
        (['verb', 'apiGroup', 'resource', 'subresource', 'name', 'path'] as const)
          .filter((field) => field === 'verb' || (field === 'path') !== each.isResourceRequest)
          .flatMap((field) => TEXTS.map((text) => ({ ...each, [field]: text }))),
      );
      const granted = [...near, ...Array.from({ length: 200 }, () => any(random))].filter(
        (each) => authorizer.authorize(each).decision === 'allow',
      );
      allowed += granted.length;
      const wrong = granted.filter((each) => !used.some((one) => covers(one, each)));
      expect({ seed, wrong }).toEqual({ seed, wrong: [] });
    }
    expect(allowed).toBeGreaterThan(300);
  });
});

/** A request for all objects, or in the whole cluster, can only be allowed together with each of them. */
function covers(used: RequestAttributes, asked: RequestAttributes): boolean {
  const same = ['verb', 'apiGroup', 'resource', 'subresource', 'path'] as const;
  return (
    used.isResourceRequest === asked.isResourceRequest &&
    same.every((field) => used[field] === asked[field]) &&
    (used.namespace === '' || used.namespace === asked.namespace) &&
    (used.name === '' || used.name === asked.name)
  );
}
