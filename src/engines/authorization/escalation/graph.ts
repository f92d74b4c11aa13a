import type { Cluster } from '../../../kubernetes/cluster.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { PRIVILEGED_GROUP } from '../identity.ts';
import type { ResolvedRole } from '../rbac/aggregation.ts';
import type { Grant, RoleRule, Subject } from '../rbac/grant.ts';
import type { RbacWorld } from '../rbac/world.ts';
import { addCircumstances, addMemberships } from './circumstances.ts';
import { Closure } from './closure.ts';
import { DefaultGrants } from './defaults.ts';
import { Distances, type Incoming, incomingOf } from './distances.ts';
import { type Edge, Network } from './edges.ts';
import { Hubs, SOMEBODY } from './hubs.ts';
import { Outcomes } from './outcomes.ts';
import { type Effect, TARGETS, type Target } from './power.ts';
import { POWERS, type PowerId } from './powers/index.ts';
import { type CompiledPower, type Held, type Right, type Rights, RightsFinder } from './rights.ts';
import { type Step, stepsOf } from './steps.ts';
import { Surroundings } from './surroundings.ts';
import { groupsAround, type Vertex, vertexOf } from './vertex.ts';

export interface EscalationInput {
  readonly world: RbacWorld;
  readonly cluster: Cluster;
  /** Kinds that could not be listed, so that the absence of an object says nothing. */
  readonly unseen?: ReadonlySet<string>;
}

/** Harm that an identity can do as it is. */
export interface HeldEffect {
  readonly power: PowerId;
  readonly effect: Effect;
  readonly held: Held;
}

type CatalogPower = (typeof POWERS)[number];

interface Holder {
  readonly at: number;
  readonly grants: readonly Grant[];
}

const BUILT_IN_GROUPS = [
  'system:authenticated',
  'system:unauthenticated',
  'system:serviceaccounts',
  'system:nodes',
  PRIVILEGED_GROUP,
];

const EVERY_RIGHT: readonly RoleRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'], resourceNames: [], nonResourceURLs: [], path: '' },
];

/** Who can become whom, by what the API server allows and by where pods run. */
export class EscalationGraph {
  readonly network = new Network();
  readonly #finder = new RightsFinder<CatalogPower>(POWERS);
  readonly #grants = new Map<number, Grant[]>();
  readonly #rights = new Map<number, Rights<CatalogPower>>();
  /** None where a group holds nothing. */
  readonly #groupRights = new Map<string, readonly Rights<CatalogPower>[]>();
  readonly #distances = new Map<Target, Distances>();
  /** Grants that stand for what a step on the path gave, not for a binding. */
  readonly #given = new Set<Grant>();
  readonly #around: Surroundings;
  readonly #outcomes: Outcomes;
  readonly #open: Holder[] = [];
  #defaults: DefaultGrants | undefined;
  #incoming: Incoming | undefined;

  constructor({ world, cluster, unseen = new Set() }: EscalationInput) {
    this.#around = new Surroundings(cluster, unseen);
    this.#addIdentities(world);
    const hubs = new Hubs(this.network, this.#around);
    this.#outcomes = new Outcomes({
      network: this.network,
      around: this.#around,
      hubs,
      roles: world.roles,
      grants: world.grants,
      onNewRole: (at, role) =>
        this.#open.push({ at, grants: [this.#givenGrant(this.network.vertices[at]!, role)] }),
    });
    addCircumstances(this.network, this.#around, hubs);
    for (const [at, grants] of this.#grants) this.#open.push({ at, grants });
    for (let holder = this.#open.pop(); holder !== undefined; holder = this.#open.pop())
      this.#addPowers(holder);
    addMemberships(this.network);
  }

  /** The subjects that bindings name or that exist, in the order in which they were found. */
  *subjects(): Generator<{ readonly at: number; readonly subject: Subject }> {
    for (const [at, { kind, namespace, name }] of this.network.vertices.entries()) {
      if (kind === 'User' || kind === 'Group' || kind === 'ServiceAccount') {
        yield { at, subject: { kind, namespace, name } };
      }
    }
  }

  /** @returns undefined for a subject that no binding names and that does not exist */
  find(subject: Subject): number | undefined {
    return this.network.find(vertexOf(subject));
  }

  grantsOf(at: number): readonly Grant[] {
    return this.#grants.get(at) ?? [];
  }

  /** The grants of an identity that give it every right. */
  adminGrantsOf(at: number): readonly Grant[] {
    return this.grantsOf(at).filter(isClusterAdmin);
  }

  holdsClusterAdmin(at: number): boolean {
    const vertex = this.network.vertices[at]!;
    return (vertex.kind === 'Group' && vertex.name === PRIVILEGED_GROUP) || this.adminGrantsOf(at).length > 0;
  }

  isReached(from: number, target: Target): boolean {
    return this.#to(target).isReached(from);
  }

  /** A shortest path, proven where there is a proven one; empty where there is none. */
  path(from: number, target: Target): readonly Edge[] {
    return this.#to(target).path(from);
  }

  steps(from: number, target: Target): Step[] {
    return stepsOf(this.network, from, this.path(from, target));
  }

  /** Whether an identity holds no more than what every API server gives it at start. */
  isBuiltIn(at: number): boolean {
    const vertex = this.network.vertices[at]!;
    if (vertex.kind === 'Group' && vertex.name === PRIVILEGED_GROUP) return true;
    this.#defaults ??= new DefaultGrants((rules) => this.#finder.allowedBy(rules));
    return this.grantsOf(at).every((grant) => this.#defaults!.has(grant));
  }

  /** Whom everybody can become. */
  closure(): Closure {
    return new Closure(this.network, (at) => SOMEBODY.has(this.network.vertices[at]!.kind));
  }

  /** What an identity can do by its own rights and those of its groups beside becoming somebody else. */
  effectsOf(at: number): HeldEffect[] {
    const own = this.#rightsOf(at);
    const groups = this.#rightsOfGroups(at);
    return this.#finder.candidates(own).flatMap((compiled) => {
      const { id: power, gives } = compiled.power;
      if (typeof gives === 'string' || !('effect' in gives)) return [];
      return this.#finder.held(compiled, own, groups).map((held) => ({ power, effect: gives.effect, held }));
    });
  }

  #to(target: Target): Distances {
    let distances = this.#distances.get(target);
    if (distances === undefined) {
      this.#incoming ??= incomingOf(this.network);
      distances = new Distances(
        this.network,
        this.network.find({ kind: 'Target', name: target })!,
        this.#incoming,
      );
      this.#distances.set(target, distances);
    }
    return distances;
  }

  /** Everybody has to be known before the first hub is filled. */
  #addIdentities(world: RbacWorld): void {
    for (const name of TARGETS) this.network.add({ kind: 'Target', name });
    for (const grant of world.grants) {
      const { at } = this.network.add(vertexOf(grant.subject));
      const known = this.#grants.get(at);
      if (known === undefined) this.#grants.set(at, [grant]);
      else known.push(grant);
    }
    for (const account of this.#around.accounts) {
      const slash = account.indexOf('/');
      this.network.add({
        kind: 'ServiceAccount',
        namespace: account.slice(0, slash),
        name: account.slice(slash + 1),
      });
    }
    for (const { namespace, account } of this.#around.tokenSecrets) {
      this.network.add({ kind: 'ServiceAccount', namespace, name: account });
    }
    const names = this.#around.nodes.length === 0 ? [''] : this.#around.nodes.map(({ name }) => name);
    for (const name of names) {
      this.network.add({ kind: 'Node', name });
      this.network.add({ kind: 'Kubelet', name });
    }
    for (const name of BUILT_IN_GROUPS) this.network.add({ kind: 'Group', name });
  }

  #addPowers({ at, grants }: Holder): void {
    const network = this.network;
    if (grants.some(isClusterAdmin)) {
      const to = network.find({ kind: 'Target', name: 'cluster-admin' })!;
      network.connect(at, {
        to,
        way: 'holds-cluster-admin',
        certainty: 'proven',
        because: grants.flatMap(adminRight),
      });
      return;
    }
    this.#grants.set(at, [...grants]);
    const own = this.#rightsOf(at);
    const groups = this.#rightsOfGroups(at);
    const all = [...grants, ...groups.flatMap((rights) => [...rights.grants.keys()])];
    for (const compiled of this.#finder.candidates(own)) this.#addPower(at, compiled, own, groups, all);
  }

  #addPower(
    at: number,
    compiled: CompiledPower<CatalogPower>,
    own: Rights<CatalogPower>,
    groups: readonly Rights<CatalogPower>[],
    all: readonly Grant[],
  ): void {
    const { id: way, gives, certainty } = compiled.power;
    if (typeof gives !== 'string' && 'effect' in gives) return;
    for (const held of this.#finder.held(compiled, own, groups)) {
      const because = held.because.filter(({ grant }) => !this.#given.has(grant));
      for (const outcome of this.#outcomes.of(gives, held, all)) {
        this.network.connect(at, {
          to: outcome.to,
          way,
          certainty: certainty === 'possible' ? 'possible' : (outcome.certainty ?? 'proven'),
          because,
          uses: held.because,
          ...(outcome.through === undefined ? {} : { through: outcome.through }),
        });
      }
    }
  }

  #rightsOf(at: number): Rights<CatalogPower> {
    let rights = this.#rights.get(at);
    if (rights === undefined) {
      rights = this.#finder.rightsOf(this.grantsOf(at));
      this.#rights.set(at, rights);
    }
    return rights;
  }

  #rightsOfGroups(at: number): Rights<CatalogPower>[] {
    return groupsAround(this.network.vertices[at]!).flatMap((name) => {
      let rights = this.#groupRights.get(name);
      if (rights === undefined) {
        const group = this.network.find({ kind: 'Group', name });
        rights = group === undefined || !this.#grants.has(group) ? [] : [this.#rightsOf(group)];
        this.#groupRights.set(name, rights);
      }
      return rights;
    });
  }

  #givenGrant(vertex: Vertex, role: ResolvedRole | undefined): Grant {
    const none: JsonObject = {};
    const grant: Grant = {
      subject: { kind: 'User', namespace: undefined, name: '' },
      subjectIndex: 0,
      binding: none,
      role: role?.object ?? none,
      rules: role?.rules ?? EVERY_RIGHT,
      namespace: vertex.kind === 'Namespace' ? vertex.name : vertex.namespace,
    };
    this.#given.add(grant);
    return grant;
  }
}

/** Every verb on every resource: with that, bindings can be made for everything else. */
function isClusterAdmin(grant: Grant): boolean {
  return adminRight(grant).length > 0;
}

function adminRight(grant: Grant): Right[] {
  const ruleIndex = grant.namespace === undefined ? grant.rules.findIndex(isEveryRight) : -1;
  return ruleIndex < 0 ? [] : [{ verb: '*', group: '*', resource: '*', grant, ruleIndex, names: undefined }];
}

function isEveryRight({ verbs, apiGroups, resources, resourceNames }: RoleRule): boolean {
  return (
    resourceNames.length === 0 && verbs.includes('*') && apiGroups.includes('*') && resources.includes('*')
  );
}
