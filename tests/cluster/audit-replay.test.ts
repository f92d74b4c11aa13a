import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  generatedObjects,
  generateRoles,
  groupsOf,
  RbacAuthorizer,
  RbacWorld,
  type Subject,
  type UserUses,
  userOf,
  usesOfGrants,
} from '../../src/engines/authorization/index.ts';
import { type AuditedUsage, readUsage } from '../../src/evidence/audit-log/index.ts';
import { asObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { program, type Right, type Step } from './audit-program.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const AT_ONCE = 8;
const OPTIONS = {
  names: 'stable',
  mostNames: 10,
  expandNamespaces: false,
  expandVerbs: false,
  refused: false,
} as const;

const bootstrap = new RbacAuthorizer(RbacWorld.of([]));

const undo: string[] = [];

async function create(collection: string, object: JsonObject): Promise<string> {
  const path = `${collection}/${String(asObject(object['metadata'])?.['name'])}`;
  await cluster().expect('POST', collection, object);
  undo.push(path);
  return path;
}

/** Applies generated roles and bindings. */
async function applyAll(objects: readonly JsonObject[]): Promise<void> {
  for (const object of objects) {
    const namespace = asObject(object['metadata'])?.['namespace'];
    const scope = namespace === undefined ? RBAC : `${RBAC}/namespaces/${namespace}`;
    await create(`${scope}/${String(object['kind']).toLowerCase()}s`, object);
  }
}

/** What the API server answers on rights of a user, in their order. */
async function answers(
  user: string,
  groups: readonly string[],
  rights: readonly Right[],
): Promise<boolean[]> {
  const allowed: boolean[] = new Array(rights.length).fill(false);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < rights.length; index = next++) {
      const { verb, what, namespace, name } = rights[index]!;
      const [group = '', resource = '', ...subresource] = what.split('/');
      const attributes = what.startsWith('path:')
        ? { nonResourceAttributes: { verb, path: what.slice('path:'.length) } }
        : {
            resourceAttributes: {
              verb,
              group,
              resource,
              subresource: subresource.join('/'),
              namespace,
              name,
            },
          };
      const body = await cluster().expect('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        spec: { user, groups, ...attributes },
      });
      allowed[index] = body.status.allowed;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return allowed;
}

/** Reads the log once it holds the request with that id: the API server writes it when it has answered. */
async function logWith(auditID: string): Promise<AuditedUsage> {
  const { auditLog } = cluster();
  await eventually(async () => readFileSync(auditLog, 'utf8').includes(`"auditID":"${auditID}"`));
  return readUsage([auditLog], { cwd: '/', stdin: process.stdin });
}

function generate(usage: readonly UserUses[], subject: Subject, name: string): JsonObject[] {
  const generated = generateRoles(usage, {
    ...OPTIONS,
    name,
    user: { name: '', groups: groupsOf(userOf(subject) ?? '') },
    isGranted: (attributes) => bootstrap.authorize(attributes).decision === 'allow',
  });
  return generatedObjects(generated, subject);
}

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** Rights around some others: other verbs, places and objects of the same resources. */
function neighbours(rights: readonly Right[], namespaces: readonly string[]): Right[] {
  const whats = new Set(rights.map(({ what }) => what));
  const verbs = [...new Set([...VERBS, ...rights.map(({ verb }) => verb)])];
  return [...whats].flatMap((what) => {
    const names = new Set([
      '',
      'another',
      ...rights.filter((each) => each.what === what).map(({ name }) => name),
    ]);
    const isPath = what.startsWith('path:');
    return verbs.flatMap((verb) =>
      (isPath ? [''] : ['', ...namespaces]).flatMap((namespace) =>
        [...(isPath ? [''] : names)].map((name) => ({ verb, what, namespace, name })),
      ),
    );
  });
}

function covers(held: Right, asked: Right): boolean {
  return (
    held.verb === asked.verb &&
    held.what === asked.what &&
    (held.namespace === '' || held.namespace === asked.namespace) &&
    (held.name === '' || held.name === asked.name)
  );
}

describeWithCluster('roles made from the audit log of an API server', () => {
  let own: string;
  let other: string;
  let steps: Step[];
  let token: string;
  let user: string;

  async function run(): Promise<{ statuses: number[]; auditID: string }> {
    const statuses: number[] = [];
    let auditID = '';
    for (const { method, path, body, options } of steps) {
      const answer = await cluster().request(method, path, body, { ...options, token });
      statuses.push(answer.status);
      auditID = String(answer.headers['audit-id']);
    }
    await cluster().expect('DELETE', `/api/v1/namespaces/${own}/secrets/applied`);
    return { statuses, auditID };
  }

  beforeAll(async () => {
    own = await freshNamespace();
    other = await freshNamespace();
    user = `system:serviceaccount:${own}:worker`;
    steps = program(own, other);
    for (const namespace of [own, other]) {
      await cluster().expect('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
        metadata: { name: 'settings' },
      });
    }
    await cluster().expect('POST', `/api/v1/namespaces/${own}/serviceaccounts`, {
      metadata: { name: 'worker' },
    });
    await cluster().expect('POST', `/api/v1/namespaces/${own}/resourcequotas`, {
      metadata: { name: 'none' },
      spec: { hard: { 'count/services': '0' } },
    });
    await eventually(async () => {
      const { body } = await cluster().request('GET', `/api/v1/namespaces/${own}/resourcequotas/none`);
      return body.status?.hard?.['count/services'] === '0';
    });
    await create(`${RBAC}/namespaces/${own}/rolebindings`, {
      metadata: { name: 'bob' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'dev' }],
    });
    token = await cluster().serviceAccountToken(`${own}/worker`);
  });

  afterAll(async () => {
    for (const path of undo.splice(0).reverse()) await cluster().request('DELETE', path);
  });

  it('allow the same requests again, and nothing else', async () => {
    const groups = groupsOf(user);
    const rights = steps.flatMap((step) => step.rights);
    const asked = neighbours(rights, [own, other]);
    const before = await answers(user, groups, asked);
    // What it asks for without any right is refused, and is not to be granted.
    const refused = await cluster().request('GET', `/apis/apps/v1/namespaces/${own}/daemonsets`, undefined, {
      token,
    });
    expect(refused.status).toBe(403);

    const everything = await create(`${RBAC}/clusterrolebindings`, {
      metadata: { name: `everything-${own}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'worker', namespace: own }],
    });
    const anything = { verb: 'anything', what: '/anything', namespace: '', name: '' };
    const mayAnything = async (): Promise<boolean> => (await answers(user, groups, [anything]))[0]!;
    await eventually(mayAnything);
    const recorded = await run();
    expect(recorded.statuses).toEqual(steps.map(({ status }) => status));
    const { usage } = await logWith(recorded.auditID);

    await cluster().expect('DELETE', everything);
    await eventually(async () => !(await mayAnything()));
    const subject: Subject = { kind: 'ServiceAccount', namespace: own, name: 'worker' };
    await applyAll(generate(usage.of(subject), subject, 'worker'));
    await eventually(async () => (await answers(user, groups, rights)).every((allowed) => allowed));

    expect((await run()).statuses).toEqual(recorded.statuses);
    const after = await answers(user, groups, asked);
    const wrong = asked.filter((right, index) => {
      const expected = before[index]! || rights.some((held) => covers(held, right));
      return after[index] !== expected;
    });
    expect(wrong).toEqual([]);
    expect(asked.length).toBeGreaterThan(500);
    const { body } = await cluster().request('GET', `/apis/apps/v1/namespaces/${own}/daemonsets`, undefined, {
      token,
    });
    expect(body.reason).toBe('Forbidden');
  });

  it('allow what the controllers of Kubernetes itself did, and nothing near it', async () => {
    const { headers } = await cluster().request('GET', '/version');
    const { usage } = await logWith(String(headers['audit-id']));
    const controllers = new Set(
      usage
        .users()
        .flatMap(({ user: { name }, uses }) =>
          name.startsWith('system:serviceaccount:kube-system:') && uses.some(({ allowed }) => allowed)
            ? [name]
            : [],
        ),
    );
    expect(controllers.size).toBeGreaterThan(4);
    let all = 0;
    for (const name of controllers) {
      const uses = usage.users().filter((each) => each.user.name === name);
      const groups = groupsOf(name);
      const replay = `replay-${own}-${name.slice(name.lastIndexOf(':') + 1)}`;
      const used = uses
        .flatMap((each) => each.uses.filter(({ allowed }) => allowed))
        .flatMap(({ action, names }): Right[] =>
          [...names].map((object) => ({
            verb: action.verb,
            what: action.isResourceRequest
              ? [action.apiGroup, action.resource, action.subresource]
                  .filter((part, at) => at < 2 || part !== '')
                  .join('/')
              : `path:${action.path}`,
            namespace: action.namespace,
            name: object,
          })),
        );
      const before = await answers(replay, groups, used);
      await applyAll(generate(uses, { kind: 'User', namespace: undefined, name: replay }, replay));
      await eventually(async () => (await answers(replay, groups, used)).every((allowed) => allowed));
      // Another verb on the same object, unless it was used too: names aside, as those of a rule may be any.
      const wide = used.map((right) => ({ ...right, name: '' }));
      const near = used.flatMap((right) => VERBS.map((verb) => ({ ...right, verb })));
      const unused = near.filter((right) => !wide.some((held) => covers(held, right)));
      const allowed = await answers(replay, groups, unused);
      const everybody = await answers(`nobody-${own}`, groups, unused);
      expect(unused.filter((_, index) => allowed[index] && !everybody[index])).toEqual([]);
      all += before.filter((each) => !each).length;
    }
    expect(all).toBeGreaterThan(10);
  });

  it('tell what is used of each binding that the API server itself names', async () => {
    const { headers } = await cluster().request('GET', '/version');
    const { usage } = await logWith(String(headers['audit-id']));
    const lists = await Promise.all(
      ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding'].map(async (kind) => {
        const { items } = await cluster().expect('GET', `${RBAC}/${kind.toLowerCase()}s`);
        return items.map((item: JsonObject) => ({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind,
          ...item,
        }));
      }),
    );
    const { grants } = RbacWorld.of(lists.flat(), { bootstrap: false });
    const used = new Set<string>();
    for (const { grant, count } of usesOfGrants(grants, usage)) {
      if (count > 0)
        used.add(`${nameOf(grant.binding)} to ${grant.subject.kind} "${subjectOf(grant.subject)}"`);
    }
    const there = new Set(lists.flat().map(nameOf));
    const reasons = new Set<string>();
    for (const line of readFileSync(cluster().auditLog, 'utf8').split('\n')) {
      if (!line.includes('RBAC: allowed by') || line.includes('"stage":"RequestReceived"')) continue;
      const reason: string = JSON.parse(line).annotations?.['authorization.k8s.io/reason'] ?? '';
      const named = /^RBAC: allowed by (\S+ ".*?") of \S+ ".*?" (to .*)$/.exec(reason);
      // What a test has deleted since is not compared.
      if (named !== null && there.has(named[1]!)) reasons.add(`${named[1]} ${named[2]}`);
    }
    expect(reasons.size).toBeGreaterThan(10);
    expect([...reasons].filter((reason) => !used.has(reason))).toEqual([]);
  });
});

/** As the reason of a decision names objects: `RoleBinding "name/namespace"`. */
function nameOf(object: JsonObject): string {
  const { name, namespace } = asObject(object['metadata']) ?? {};
  return `${String(object['kind'])} "${String(name)}${namespace === undefined ? '' : `/${String(namespace)}`}"`;
}

function subjectOf({ namespace, name }: Subject): string {
  return namespace === undefined ? name : `${name}/${namespace}`;
}
