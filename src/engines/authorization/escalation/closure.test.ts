import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { groupsOf } from '../identity.ts';
import { RbacAuthorizer } from '../rbac/authorizer.ts';
import { RbacWorld } from '../rbac/world.ts';
import { Closure } from './closure.ts';
import { Distances, incomingOf } from './distances.ts';
import { Network } from './edges.ts';
import { account, bind, namespace, node, pod, role, subject, vertexText, World } from './test-world.ts';

/** The same numbers for the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

describe('on random networks', () => {
  const reference = (network: Network, start: number): Set<number> => {
    const seen = new Set<number>();
    for (const queue = [start]; queue.length > 0; ) {
      for (const { to } of network.edges[queue.pop()!]!) {
        if (!seen.has(to)) queue.push(to);
        seen.add(to);
      }
    }
    return seen;
  };

  const randomNetwork = (seed: number): Network => {
    const next = random(seed);
    const network = new Network();
    const count = 2 + next(60);
    for (let at = 0; at < count; at++)
      network.add({ kind: next(4) === 0 ? 'Hub' : 'User', namespace: undefined, name: `${at}` });
    for (let edge = next(count * 3); edge > 0; edge--) {
      const way = next(2) === 0 ? 'exec' : 'token-request';
      network.connect(next(count), {
        to: next(count),
        way,
        certainty: next(3) === 0 ? 'possible' : 'proven',
        because: [],
      });
    }
    return network;
  };

  it('the closure holds whom a search finds, whoever starts', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const network = randomNetwork(seed);
      const isSomebody = (at: number) => network.vertices[at]!.kind === 'User';
      const closure = new Closure(network, isSomebody);
      network.vertices.forEach((_, start) => {
        const found = reference(network, start);
        found.delete(start);
        const somebody = [...found].filter(isSomebody).sort((a, b) => a - b);
        expect(
          [...closure.of(start)].sort((a, b) => a - b),
          `seed ${seed}, start ${start}`,
        ).toEqual(somebody);
        expect(closure.sizeOf(start), `seed ${seed}, start ${start}`).toBe(somebody.length);
      });
    }
  });

  it('paths are as short as any, and lead where they should', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const network = randomNetwork(seed);
      const distances = new Distances(network, 0, incomingOf(network));
      // Bellman and Ford: [possible, steps], until nothing gets better.
      const best = network.vertices.map((_, at) => (at === 0 ? 0 : Number.POSITIVE_INFINITY));
      for (let round = 0; round < network.vertices.length; round++) {
        network.edges.forEach((edges, from) => {
          for (const { to, certainty } of edges) {
            best[from] = Math.min(best[from]!, best[to]! + 1 + (certainty === 'possible' ? 10_000 : 0));
          }
        });
      }
      network.vertices.forEach((_, start) => {
        const path = distances.path(start);
        expect(distances.isReached(start), `seed ${seed}`).toBe(best[start] !== Number.POSITIVE_INFINITY);
        if (!distances.isReached(start)) return;
        const possible = path.filter(({ certainty }) => certainty === 'possible').length;
        expect(path.length + 10_000 * possible, `seed ${seed}, start ${start}`).toBe(best[start]);
        expect(path.length === 0 ? start : path[path.length - 1]!.to).toBe(0);
      });
    }
  });
});

const NAMESPACES = ['kube-system', 'shop', 'bank', 'default', 'kube-public', 'kube-node-lease'];
const ACCOUNTS = NAMESPACES.flatMap((home, index) =>
  (index < 3 ? ['default', 'a', 'b'] : ['default']).map((name) => `${home}/${name}`),
);
const USERS = ['jane', 'joe', 'jim'];
const GROUPS = [
  'dev',
  'ops',
  'system:authenticated',
  'system:serviceaccounts',
  'system:serviceaccounts:shop',
];
const BUILT_IN = ['system:masters', 'system:nodes', 'system:unauthenticated'];
const NAMES = [
  ...USERS,
  ...GROUPS,
  'default',
  'a',
  'b',
  'p0',
  'p1',
  'p2',
  'r0',
  'r1',
  'cluster-admin',
  'nobody',
];
const RBAC = 'rbac.authorization.k8s.io';
const RIGHTS = [
  'create serviceaccounts/token',
  'impersonate serviceaccounts',
  'impersonate users',
  'impersonate groups',
  'create pods',
  'create pods/exec',
  'list secrets',
  `bind clusterroles.${RBAC}`,
  `create clusterrolebindings.${RBAC}`,
  `escalate clusterroles.${RBAC}`,
  `patch clusterroles.${RBAC}`,
  'create *',
  'impersonate *',
  'create */token',
  '* pods',
  'get configmaps',
];

interface RandomWorld {
  readonly objects: JsonObject[];
  readonly pods: { readonly name: string; readonly account: string; readonly isPrivileged: boolean }[];
  readonly guarded: ReadonlySet<string>;
  readonly roles: string[];
}

function randomWorld(seed: number): RandomWorld {
  const next = random(seed);
  const one = <T>(items: readonly T[]): T => items[next(items.length)]!;
  const rights = () =>
    Array.from(
      { length: 1 + next(3) },
      () => `${one(RIGHTS)}${next(3) === 0 ? ` of ${one(NAMES)},${one(NAMES)}` : ''}`,
    );
  const roles = Array.from({ length: 8 }, (_, index) => `r${index}`);
  const subjects = [
    ...USERS.map((name) => `User ${name}`),
    ...GROUPS.map((name) => `Group ${name}`),
    ...ACCOUNTS.map((name) => `ServiceAccount ${name}`),
  ];
  const pods = Array.from({ length: 4 }, (_, index) => {
    const [home, name] = one(ACCOUNTS).split('/');
    return { name: `${home}/p${index}`, account: name!, isPrivileged: next(4) === 0 };
  });
  const guarded = new Set(NAMESPACES.filter(() => next(2) === 0));
  const bindings = Array.from({ length: 6 + next(10) }, () =>
    bind(one(roles), one(subjects), next(2) === 0 ? one(NAMESPACES) : undefined),
  );
  return {
    pods,
    guarded,
    roles,
    objects: [
      ...NAMESPACES.map((name) => namespace(name, guarded.has(name) ? 'baseline' : undefined)),
      ...ACCOUNTS.map(account),
      ...pods.map(({ name, account: own, isPrivileged }) =>
        pod(name, { serviceAccountName: own }, { securityContext: { privileged: isPrivileged } }),
      ),
      node('n1'),
      role('cluster-admin', ['* *.*']),
      ...roles.map((name) => role(name, rights())),
      ...bindings,
      ...(next(3) === 0 ? [bind('cluster-admin', one(subjects))] : []),
    ],
  };
}

function groupsIn(who: string): string[] {
  if (who.startsWith('Role ')) return [];
  const { kind, namespace: home, name } = subject(who);
  if (kind === 'User') return groupsOf(name);
  if (kind === 'ServiceAccount') return groupsOf(`system:serviceaccount:${home}:${name}`);
  if (name === 'system:unauthenticated') return [name];
  return groupsOf('', name.startsWith('system:serviceaccounts:') ? [name, 'system:serviceaccounts'] : [name]);
}

function userOf(who: string): string {
  if (who.startsWith('Role ')) return `role:${who.slice(5)}`;
  const { kind, namespace: home, name } = subject(who);
  return kind === 'ServiceAccount' ? `system:serviceaccount:${home}:${name}` : kind === 'Group' ? '' : name;
}

/** Asks the authorizer for one request after the other, and follows whom each makes of the subject. */
class Reference {
  readonly #authorizer: RbacAuthorizer;
  readonly #world: RandomWorld;
  readonly #bound: readonly JsonObject[];
  readonly #memory = new Map<string, readonly string[]>();

  constructor(world: RandomWorld) {
    this.#world = world;
    this.#bound = world.objects.filter(({ kind }) => kind === 'ClusterRoleBinding');
    const alone = world.roles.map((name) => bind(name, `User role:${name}`));
    this.#authorizer = new RbacAuthorizer(RbacWorld.of([...world.objects, ...alone], { bootstrap: false }));
  }

  #may(who: string, verb: string, resource: string, home = '', name = '', apiGroup = ''): boolean {
    const [plain = '', subresource = ''] = resource.split('/');
    return (
      this.#authorizer.authorize({
        user: { name: userOf(who), groups: groupsIn(who) },
        verb,
        isResourceRequest: true,
        apiGroup,
        apiVersion: '*',
        resource: plain,
        subresource,
        namespace: home,
        name,
        path: '',
      }).decision === 'allow'
    );
  }

  #known(who: string): readonly string[] {
    const known = this.#memory.get(who) ?? this.#next(who);
    this.#memory.set(who, known);
    return known;
  }

  #next(who: string): string[] {
    if (who === 'cluster-admin') return ['everything'];
    if (who.startsWith('Node')) return ['Group system:nodes', 'Group system:authenticated'];
    if (who === 'every-secret') return [];
    const found: string[] = [];
    const may = this.#may.bind(this, who);
    if (may('*', '*', '', '', '*')) found.push('cluster-admin');
    if (who === 'Group system:masters') found.push('cluster-admin');
    found.push(...groupsIn(who).map((group) => `Group ${group}`));
    for (const each of ACCOUNTS) {
      const [home, name] = each.split('/');
      if (
        may('create', 'serviceaccounts/token', home, name) ||
        may('impersonate', 'serviceaccounts', home, name)
      ) {
        found.push(`ServiceAccount ${each}`);
      }
    }
    const users = [...NAMES, 'unheard-of'].filter((name) => may('impersonate', 'users', '', name));
    found.push(...users.map((name) => `User ${name}`));
    const anyAccount = NAMESPACES.some((home) =>
      [...NAMES, 'unheard-of'].some((name) => may('impersonate', 'serviceaccounts', home, name)),
    );
    if (users.length > 0 || anyAccount) {
      for (const name of [...GROUPS, ...BUILT_IN, ...NAMES, 'unheard-of']) {
        if (may('impersonate', 'groups', '', name)) found.push(`Group ${name}`);
      }
    }
    for (const home of NAMESPACES) {
      if (!may('create', 'pods', home)) continue;
      found.push(
        ...ACCOUNTS.filter((each) => each.startsWith(`${home}/`)).map((each) => `ServiceAccount ${each}`),
      );
      if (!this.#world.guarded.has(home)) found.push('Node n1');
    }
    for (const { name, account: own, isPrivileged } of this.#world.pods) {
      const [home, podName] = name.split('/');
      if (!may('create', 'pods/exec', home, podName) && !may('patch', 'pods', home, podName)) continue;
      found.push(`ServiceAccount ${home}/${own}`);
      if (isPrivileged) found.push('Node n1');
    }
    if (may('list', 'secrets')) found.push('every-secret');
    if (may('create', 'clusterrolebindings', '', '', RBAC)) {
      for (const name of ['cluster-admin', ...this.#world.roles]) {
        if (may('bind', 'clusterroles', '', name, RBAC))
          found.push(name === 'cluster-admin' ? name : `Role ${name}`);
      }
    }
    if (
      this.#heldRoles(who).some(
        (name) =>
          may('escalate', 'clusterroles', '', name, RBAC) && may('patch', 'clusterroles', '', name, RBAC),
      )
    ) {
      found.push('cluster-admin');
    }
    return found;
  }

  #heldRoles(who: string): string[] {
    if (who.startsWith('Role ')) return [who.slice(5)];
    const names = new Set([who, ...groupsIn(who).map((group) => `Group ${group}`)]);
    return this.#bound
      .filter(({ subjects }) => names.has(textOf((subjects as JsonObject[])[0]!)))
      .map(({ roleRef }) => (roleRef as { name: string }).name);
  }

  reached(who: string): Set<string> {
    const seen = new Set<string>();
    for (const queue = [who]; queue.length > 0; ) {
      for (const each of this.#known(queue.pop()!)) {
        if (each === 'everything') return new Set(['everything']);
        if (!seen.has(each)) queue.push(each);
        seen.add(each);
      }
    }
    seen.delete(who);
    return seen;
  }
}

function textOf({ kind, namespace: home, name }: JsonObject): string {
  return `${kind} ${home === undefined ? name : `${home}/${name}`}`;
}

describe('in random worlds', () => {
  it('reaches whom a search reaches that asks the authorizer for each request', () => {
    let paths = 0;
    let admins = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomWorld(seed);
      const reference = new Reference(random);
      const { graph } = new World(random.objects);
      const { vertices } = graph.network;
      const closure = new Closure(graph.network, (at) => vertices[at]!.kind !== 'Hub');
      for (const { at, subject: each } of graph.subjects()) {
        const who = textOf({ ...each });
        const expected = reference.reached(who);
        const isAdmin = graph.isReached(at, 'cluster-admin');
        expect(isAdmin, `seed ${seed}: ${who}`).toBe(expected.has('everything'));
        if (isAdmin) {
          admins++;
          continue;
        }
        const known = new Set(vertices.map(vertexText));
        const found = [...closure.of(at)]
          .map((other) => vertexText(vertices[other]!))
          .filter((text) => !/^(?:node$|Kubelet )/.test(text));
        const asked = [...expected].filter((text) => known.has(text));
        expect(found.sort(), `seed ${seed}: ${who}`).toEqual(asked.sort());
        paths += found.length;
      }
    }
    // Else nothing was compared.
    expect(paths).toBeGreaterThan(1000);
    expect(admins).toBeGreaterThan(100);
  }, 60_000);
});
