import { asObject, type JsonObject } from '../../../kubernetes/json.ts';
import type { ResolvedRole } from '../rbac/aggregation.ts';
import type { Grant } from '../rbac/grant.ts';
import { type Binding, bindingsByPlace } from './bindings.ts';
import type { Network } from './edges.ts';
import { groupBy } from './group-by.ts';
import type { HubName, Hubs } from './hubs.ts';
import type { Certainty, Gives } from './power.ts';
import type { Held, Right } from './rights.ts';
import type { Running } from './running.ts';
import type { Surroundings } from './surroundings.ts';
import { keyOf, type Vertex, vertexOfRole } from './vertex.ts';

/** Whom a power makes of its holder. */
export interface Outcome {
  readonly to: number;
  readonly certainty?: Certainty;
  /** The object that it goes through. */
  readonly through?: string;
}

/** Finds what comes of powers in the world at hand. */
export class Outcomes {
  readonly #network: Network;
  readonly #around: Surroundings;
  readonly #hubs: Hubs;
  readonly #roles: ReadonlyMap<string, ResolvedRole>;
  readonly #rolesIn: ReadonlyMap<string, readonly string[]>;
  readonly #podsNamed: ReadonlyMap<string, readonly Running[]>;
  /** By the kind of the role and where they are. */
  readonly #bindings: ReadonlyMap<string, readonly Binding[]>;
  readonly #onNewRole: (at: number, role: ResolvedRole | undefined) => void;

  constructor(parts: {
    network: Network;
    around: Surroundings;
    hubs: Hubs;
    roles: readonly ResolvedRole[];
    grants: readonly Grant[];
    /** A vertex that has the rights of a role, or every right in a namespace where there is none. */
    onNewRole: (at: number, role: ResolvedRole | undefined) => void;
  }) {
    this.#network = parts.network;
    this.#around = parts.around;
    this.#hubs = parts.hubs;
    this.#roles = new Map(parts.roles.map((role) => [keyOf(vertexOfRole(role.object)), role]));
    const namespaced = parts.roles.filter(({ object }) => object['kind'] === 'Role');
    this.#rolesIn = new Map(
      [...groupBy(namespaced, ({ object }) => vertexOfRole(object).namespace ?? '')].map(
        ([namespace, roles]) => [namespace, roles.map(({ object }) => vertexOfRole(object).name)],
      ),
    );
    this.#podsNamed = groupBy(
      parts.around.running.filter(({ kind }) => kind === 'pod'),
      ({ name }) => name,
    );
    this.#bindings = bindingsByPlace(parts.grants);
    this.#onNewRole = parts.onNewRole;
  }

  /**
   * @param grants all that the holder has, its groups' included
   */
  of(gives: Gives, held: Held, grants: readonly Grant[]): Outcome[] {
    if (typeof gives !== 'string') return 'target' in gives ? [{ to: this.#target(gives.target) }] : [];
    const { namespace, names } = held;
    switch (gives) {
      case 'accounts':
      case 'any-accounts':
        return this.#accounts(gives, namespace, names);
      case 'users':
        return this.#named('users', names, (name) => ({ kind: 'User', name }));
      case 'groups':
        return this.#named('groups', names, (name) => ({ kind: 'Group', name }));
      case 'kubelets':
        return this.#named('kubelets', names?.includes('*') ? undefined : names, (name) => ({
          kind: 'Kubelet',
          name,
        }));
      case 'certificates':
        return [{ to: this.#hubs.at('certificates') }];
      case 'pods':
        return [{ to: this.#hubs.at('pods', namespace) }];
      case 'changed-workloads':
        return [{ to: this.#hubs.at('workloads', namespace) }];
      case 'custom-workloads':
        return held.because.some(({ group }) => this.#around.hasGroup(group))
          ? [{ to: this.#hubs.at('pods', namespace) }]
          : [];
      case 'code':
      case 'debugged-code':
        return this.#code(gives, namespace, names);
      case 'node-code':
        return names === undefined ? [{ to: this.#hubs.at('code') }] : this.#codeOnNodes(names);
      case 'cluster-roles':
        return this.#clusterRoles(held);
      case 'roles':
        return this.#rolesOf(namespace, names);
      case 'bound-roles':
        return this.#boundRoles(held);
      case 'held-cluster-role':
        return this.#changed('ClusterRole', held, grants);
      case 'held-role':
        return this.#changed('Role', held, grants);
      case 'aggregated-role':
        return this.#aggregated(held, grants);
      case 'secrets':
        if (names !== undefined) return this.#tokensIn(namespace, names);
        return [
          { to: this.#hubs.at('secrets', namespace) },
          ...(namespace === undefined ? [{ to: this.#target('every-secret') }] : []),
        ];
      case 'named-secrets':
        if (names !== undefined) return this.#tokensIn(namespace, names);
        // Without a list, names have to be guessed or learned elsewhere.
        return [
          { to: this.#hubs.at('secrets', namespace), certainty: 'possible' },
          ...(namespace === undefined
            ? [{ to: this.#target('every-secret'), certainty: 'possible' as const }]
            : []),
        ];
      case 'token-secrets':
        return [{ to: this.#hubs.at('accounts', namespace) }];
      case 'volumes':
        return [{ to: this.#hubs.at('nodes'), certainty: this.#volumeCertainty(namespace) }];
      case 'unguarded-pods':
        return this.#unguarded(namespace, names);
      case 'bootstrap-groups':
        return [{ to: this.#hubs.at('bootstrap-groups') }];
      case 'missing-accounts':
        // Where not all accounts were seen, those that bindings name may exist as well.
        return this.#around.areAccountsSeen ? [{ to: this.#hubs.at('missing-accounts', namespace) }] : [];
      case 'aws-auth':
        return this.#around.hasAwsAuth ? [{ to: this.#target('cluster-admin') }] : [];
    }
  }

  #target(name: 'cluster-admin' | 'node' | 'every-secret'): number {
    return this.#network.add({ kind: 'Target', name }).at;
  }

  #named(hub: HubName, names: readonly string[] | undefined, vertex: (name: string) => Vertex): Outcome[] {
    if (names === undefined) return [{ to: this.#hubs.at(hub) }];
    return names.map((name) => ({ to: this.#network.add(vertex(name)).at }));
  }

  #accounts(
    hub: 'accounts' | 'any-accounts',
    namespace: string | undefined,
    names: readonly string[] | undefined,
  ): Outcome[] {
    if (names === undefined) return [{ to: this.#hubs.at(hub, namespace) }];
    const namespaces = namespace === undefined ? this.#around.namespaces : [namespace];
    return [...namespaces].flatMap((each) =>
      names.flatMap((name): Outcome[] => {
        const to = this.#network.find({ kind: 'ServiceAccount', namespace: each, name });
        if (to === undefined) return [];
        if (hub === 'any-accounts' || this.#around.accounts.has(`${each}/${name}`)) return [{ to }];
        return this.#around.areAccountsSeen ? [] : [{ to, certainty: 'possible' }];
      }),
    );
  }

  #code(
    hub: 'code' | 'debugged-code',
    namespace: string | undefined,
    names: readonly string[] | undefined,
  ): Outcome[] {
    if (names === undefined) return [{ to: this.#hubs.at(hub, namespace) }];
    return this.#intoPods(
      names
        .flatMap((name) => this.#podsNamed.get(name) ?? [])
        .filter((running) => namespace === undefined || running.namespace === namespace),
    );
  }

  #codeOnNodes(nodes: readonly string[]): Outcome[] {
    return this.#intoPods(nodes.flatMap((node) => this.#around.runningOn(node)));
  }

  #intoPods(pods: readonly Running[]): Outcome[] {
    return pods.flatMap((running) =>
      this.#hubs.intoPod(running).map(({ to, certainty }) => ({ to, certainty, through: running.reference })),
    );
  }

  #clusterRoles({ namespace, names, because }: Held): Outcome[] {
    // Every cluster has the role cluster-admin: the API server creates it again at each start.
    const roles = names === undefined || names.includes('cluster-admin') ? ['cluster-admin'] : names;
    const isInNamespaces = because.some(({ resource }) => resource === 'rolebindings');
    return roles.flatMap((name) =>
      isInNamespaces && namespace === undefined
        ? [{ to: this.#inEveryNamespace(name) }]
        : this.#clusterRole(name, namespace),
    );
  }

  #clusterRole(name: string, namespace: string | undefined): Outcome[] {
    if (name === 'cluster-admin') return [this.#everyRight(namespace)];
    return this.#role({ kind: 'Role', namespace, name, isClusterRole: true }, undefined);
  }

  /** A RoleBinding gives a role in its own namespace, however many of them can be made. */
  #inEveryNamespace(role: string): number {
    const { at, isNew } = this.#network.add({
      kind: 'Hub',
      namespace: undefined,
      name: `ClusterRole ${role}`,
    });
    if (!isNew) return at;
    for (const namespace of this.#around.namespaces) {
      for (const { to } of this.#clusterRole(role, namespace)) this.#network.lead(at, to);
    }
    return at;
  }

  /** The role of a binding never changes: only who has it. */
  #boundRoles({ namespace, names, because: [bind, change] }: Held): Outcome[] {
    const kind = bind?.resource === 'roles' ? 'Role' : 'ClusterRole';
    const isInNamespaces = change?.resource === 'rolebindings';
    const place = `${kind} ${isInNamespaces ? (namespace ?? 'of any namespace') : ''}`;
    if (names !== undefined || change?.names !== undefined) {
      const isMeant = ({ role, name }: Binding) =>
        (names?.includes(role) ?? true) && (change?.names?.includes(name) ?? true);
      return this.#throughBindings((this.#bindings.get(place) ?? []).filter(isMeant));
    }
    const hub = { kind: 'Hub', namespace: undefined, name: `bindings of ${place}` } as const;
    const { at, isNew } = this.#network.add(hub);
    if (isNew) {
      for (const { to, through } of this.#throughBindings(this.#bindings.get(place) ?? [])) {
        this.#network.lead(at, to, 'proven', undefined, through);
      }
    }
    return [{ to: at }];
  }

  /** By one binding of each role. */
  #throughBindings(bindings: readonly Binding[]): Outcome[] {
    const found = new Map<number, Outcome>();
    for (const { kind, role, name, namespace } of bindings) {
      const roles = kind === 'Role' ? this.#rolesOf(namespace, [role]) : this.#clusterRole(role, namespace);
      for (const { to } of roles) if (!found.has(to)) found.set(to, { to, through: name });
    }
    return [...found.values()];
  }

  #rolesOf(namespace: string | undefined, names: readonly string[] | undefined): Outcome[] {
    const namespaces = namespace === undefined ? [...this.#rolesIn.keys()] : [namespace];
    return namespaces.flatMap((each) =>
      (this.#rolesIn.get(each) ?? [])
        .filter((name) => names === undefined || names.includes(name))
        .flatMap((name) => this.#role({ kind: 'Role', namespace: each, name, isClusterRole: false }, each)),
    );
  }

  /** @param home where the role itself is */
  #role(vertex: Vertex & { kind: 'Role' }, home: string | undefined): Outcome[] {
    const role = this.#roles.get(keyOf({ ...vertex, namespace: home }));
    if (role === undefined) return [];
    const { at, isNew } = this.#network.add(vertex);
    if (isNew) this.#onNewRole(at, role);
    return [{ to: at, through: vertex.name }];
  }

  #everyRight(namespace: string | undefined): Outcome {
    if (namespace === undefined) return { to: this.#target('cluster-admin') };
    const { at, isNew } = this.#network.add({ kind: 'Namespace', name: namespace });
    if (isNew) this.#onNewRole(at, undefined);
    return { to: at };
  }

  /** What is added to a role comes to all who hold it where they hold it. */
  #changed(kind: 'ClusterRole' | 'Role', held: Held, grants: readonly Grant[]): Outcome[] {
    const mayChange = (name: string) =>
      held.because.every(({ names }: Right) => names === undefined || names.includes(name));
    const found = new Map<string, Outcome>();
    for (const { role, namespace } of grants) {
      // The controller overwrites the rules of an aggregated role.
      if (role['kind'] !== kind || asObject(role['aggregationRule']) !== undefined) continue;
      const { name, namespace: home } = vertexOfRole(role);
      if (!mayChange(name) || (kind === 'Role' && held.namespace !== undefined && held.namespace !== home))
        continue;
      const where = namespace ?? '';
      if (!found.has(where)) found.set(where, { ...this.#everyRight(namespace), through: name });
    }
    return found.has('') ? [found.get('')!] : [...found.values()];
  }

  #aggregated(held: Held, grants: readonly Grant[]): Outcome[] {
    // A role that is created has no name yet when it is asked whether it may be.
    if (held.because.some(({ names }) => names !== undefined)) return [];
    const grant =
      grants.find(({ role, namespace }) => namespace === undefined && isAggregated(role)) ??
      grants.find(({ role }) => isAggregated(role));
    if (grant === undefined) return [];
    return [{ ...this.#everyRight(grant.namespace), through: vertexOfRole(grant.role).name }];
  }

  #tokensIn(namespace: string | undefined, names: readonly string[]): Outcome[] {
    return this.#around.tokenSecrets
      .filter((secret) => names.includes(secret.name) && (namespace ?? secret.namespace) === secret.namespace)
      .map((secret) => ({
        to: this.#network.add({ kind: 'ServiceAccount', namespace: secret.namespace, name: secret.account })
          .at,
        through: secret.name,
      }));
  }

  /** Files of root are closed to the users that `restricted` asks for. */
  #volumeCertainty(namespace: string | undefined): Certainty {
    return namespace !== undefined && this.#around.admission.level(namespace) === 'restricted'
      ? 'possible'
      : 'proven';
  }

  #unguarded(namespace: string | undefined, names: readonly string[] | undefined): Outcome[] {
    const { admission, namespaces } = this.#around;
    const places = (namespace === undefined ? [...namespaces] : [namespace]).filter(
      (each) => admission.isEnforced(each) && (names === undefined || names.includes(each)),
    );
    if (places.length === 0) return [];
    const isOpen = places.some((each) => admission.certainty(each) === 'proven');
    return [{ to: this.#hubs.at('nodes'), certainty: isOpen ? 'proven' : 'possible' }];
  }
}

function isAggregated(role: JsonObject): boolean {
  return asObject(role['aggregationRule']) !== undefined;
}
