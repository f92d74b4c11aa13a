import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { RequestAttributes } from '../attributes.ts';
import { RbacWorld } from '../rbac/world.ts';
import { type RuleUse, usesOfGrants } from './unused.ts';
import { UsageLog } from './usage-log.ts';

const RBAC = { apiVersion: 'rbac.authorization.k8s.io/v1' };

function world(rules: JsonObject[], namespace?: string): RbacWorld {
  const where = namespace === undefined ? {} : { namespace };
  return RbacWorld.of(
    [
      { ...RBAC, kind: 'ClusterRole', metadata: { name: 'r' }, rules },
      {
        ...RBAC,
        kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
        metadata: { name: 'b', ...where },
        roleRef: { kind: 'ClusterRole', name: 'r' },
        subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }],
      },
    ],
    { bootstrap: false },
  );
}

const WEB = 'system:serviceaccount:shop:web';

/** `verb resource[/subresource][.group] [namespace[/name]]`, or `verb /path`. */
function did(log: UsageLog, what: string, { user = WEB, allowed = true, time = 0 } = {}): void {
  const [verb = '', target = '', place = ''] = what.split(' ');
  const [type = '', ...group] = target.split('.');
  const [resource = '', subresource = ''] = type.split('/');
  const [namespace = '', name = ''] = place.split('/');
  const isResourceRequest = !target.startsWith('/');
  const attributes: RequestAttributes = {
    user: { name: user, groups: ['system:authenticated'] },
    verb,
    isResourceRequest,
    apiGroup: isResourceRequest ? group.join('.') : '',
    apiVersion: '',
    resource: isResourceRequest ? resource : '',
    subresource: isResourceRequest ? subresource : '',
    namespace,
    name,
    path: isResourceRequest ? '' : target,
  };
  log.add(attributes, allowed, 'request', time);
}

function uses(
  rules: JsonObject[],
  done: string[],
  more: { namespace?: string; others?: string[] } = {},
): RuleUse[] {
  const log = new UsageLog();
  for (const what of done) did(log, what);
  for (const what of more.others ?? []) did(log, what, { user: 'somebody' });
  return usesOfGrants(world(rules, more.namespace).grants, log);
}

const rule = (verbs: string[], resources: string[], more: JsonObject = {}): JsonObject => ({
  apiGroups: [''],
  resources,
  verbs,
  ...more,
});

describe('what of a rule is used', () => {
  it('is all of it', () => {
    expect(
      uses([rule(['get', 'list'], ['pods'])], ['get pods shop/a', 'list pods shop', 'list pods shop']),
    ).toMatchObject([{ status: 'used', count: 3, unused: { verbs: [], resources: [] } }]);
  });

  it('is some of its values', () => {
    const others = ['get secrets shop/a', 'delete pods shop/a'];
    const rules = [rule(['get', 'delete'], ['pods', 'secrets', 'pods/log'])];
    const [use] = uses(rules, ['get pods shop/a', 'get pods/log shop/a'], { others });
    expect(use).toMatchObject({
      status: 'partly',
      used: { verbs: ['get'], resources: ['pods', 'pods/log'] },
      unused: { verbs: ['delete'], resources: ['secrets'], apiGroups: [] },
    });
  });

  it('is never all of a wildcard', () => {
    const [use] = uses(
      [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
      ['get pods shop/a', 'list deployments.apps shop'],
    );
    expect(use).toMatchObject({
      status: 'partly',
      used: { verbs: ['get', 'list'], resources: ['deployments', 'pods'], apiGroups: ['', 'apps'] },
      unused: { verbs: ['*'], resources: ['*'], apiGroups: ['*'] },
    });
  });

  it('names the objects that nobody asked for', () => {
    const [use] = uses(
      [rule(['get'], ['configmaps'], { resourceNames: ['a', 'b'] })],
      ['get configmaps shop/a'],
    );
    expect(use).toMatchObject({
      status: 'partly',
      used: { resourceNames: ['a'] },
      unused: { resourceNames: ['b'] },
    });
  });

  it('is what happened where the binding holds', () => {
    const rules = [rule(['get'], ['pods'])];
    expect(uses(rules, ['get pods shop/a'], { namespace: 'shop' })).toMatchObject([{ status: 'used' }]);
    expect(uses(rules, ['get pods other/a'], { namespace: 'shop' })).toMatchObject([{ status: 'unused' }]);
  });

  it('is not what was refused, nor what another did', () => {
    const log = new UsageLog();
    did(log, 'get pods shop/a', { allowed: false });
    did(log, 'get pods shop/a', { user: 'system:serviceaccount:shop:other' });
    expect(usesOfGrants(world([rule(['get'], ['pods'])]).grants, log)).toMatchObject([
      { status: 'unused', count: 0 },
    ]);
  });

  it('counts paths, with a star at the end', () => {
    const rules = [{ nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] }];
    expect(uses(rules, ['get /logs/x'], { others: ['get /metrics'] })).toMatchObject([
      { status: 'partly', used: { nonResourceURLs: ['/logs/x'] }, unused: { nonResourceURLs: ['/metrics'] } },
    ]);
  });

  it('is the last time that it was used', () => {
    const log = new UsageLog();
    for (const time of [5, 9, 7]) did(log, 'get pods shop/a', { time });
    expect(usesOfGrants(world([rule(['get'], ['pods'])]).grants, log)).toMatchObject([{ last: 9, count: 3 }]);
  });
});

describe('what a log cannot show', () => {
  it('is a subject that is not in it', () => {
    expect(uses([rule(['get'], ['pods'])], [], { others: ['get pods shop/a'] })).toMatchObject([
      { status: 'not-visible', blindness: 'subject-not-in-log' },
    ]);
  });

  it('is reading, where nobody is seen to read that resource', () => {
    const rules = [rule(['get'], ['secrets']), rule(['delete'], ['secrets'])];
    const others = ['delete secrets shop/a'];
    expect(uses(rules, ['get pods shop/a'], { others })).toMatchObject([
      { status: 'not-visible', blindness: 'resource-not-in-log' },
      { status: 'unused' },
    ]);
  });

  it('is a verb that nobody uses on anything', () => {
    const rules = [rule(['get', 'list', 'watch'], ['pods']), rule(['create'], ['pods'])];
    const others = ['delete pods shop/a', 'list secrets shop', 'watch /logs/x'];
    expect(uses(rules, ['get pods shop/a'], { others })).toMatchObject([
      { status: 'partly', unused: { verbs: ['list'] }, notVisible: { verbs: ['watch'] } },
      { status: 'not-visible', blindness: 'resource-not-in-log' },
    ]);
  });

  it('is what the API server asks on its way', () => {
    const rules = [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['bind'] },
    ];
    expect(uses(rules, ['get clusterroles.rbac.authorization.k8s.io /a'])).toMatchObject([
      { status: 'not-visible', blindness: 'verb-never-logged' },
    ]);
  });

  it('is a part of a rule of which nobody is seen to use anything', () => {
    const rules = [rule(['get', 'update', 'bind'], ['pods', 'secrets'])];
    expect(uses(rules, ['get pods shop/a'])).toMatchObject([
      {
        status: 'used',
        unused: { verbs: [], resources: [] },
        notVisible: { verbs: ['update', 'bind'], resources: ['secrets'] },
      },
    ]);
    const paths = [{ nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] }];
    expect(uses(paths, ['get /logs/x'])).toMatchObject([
      { status: 'used', notVisible: { nonResourceURLs: ['/metrics'] } },
    ]);
  });

  it('is a subresource of any resource, where nobody is seen to use one', () => {
    const rules = [rule(['update'], ['*/scale'], { apiGroups: ['apps'] })];
    expect(uses(rules, ['get pods shop/a'])).toMatchObject([{ status: 'not-visible' }]);
    expect(
      uses(rules, ['get pods shop/a'], { others: ['update deployments/scale.apps shop/a'] }),
    ).toMatchObject([{ status: 'unused' }]);
  });
});
