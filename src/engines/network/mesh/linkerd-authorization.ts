import { child } from '../../../kubernetes/field-path.ts';
import { asObject, asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { type LabelMatcher, labelSelector } from '../../../kubernetes/selectors.ts';
import type { Address } from '../addresses.ts';
import type { Boundaries } from '../intervals.ts';
import type { Client, Decision, Outcome } from './client.ts';
import type { Question } from './istio-rules.ts';
import {
  Authentications,
  type ClientAuthorization,
  clientOf,
  EVERYWHERE,
} from './linkerd-authentications.ts';
import { letsIn } from './linkerd-clients.ts';
import { GROUP, isForServer, parentServers, portsOf, targets } from './linkerd-servers.ts';
import { isIn, type MeshPod, portList } from './mesh-pod.ts';
import type { LinkerdSettings } from './settings.ts';
import { createdAt, oldestOf, type Statement } from './statement.ts';
import { agreed, type Truth } from './truth.ts';

interface Server {
  readonly object: KubernetesObject;
  readonly createdAt: number | undefined;
  readonly hasRoutes: boolean;
  readonly selects: LabelMatcher;
}

interface Authorization extends ClientAuthorization {
  /** Nothing where it is so by default. */
  readonly statement: Statement | undefined;
}

/** What decides about a port of a pod. */
interface Port {
  readonly authorizations: readonly Authorization[];
  /** Where it says who is let in if nothing else does. */
  readonly statement: Statement | undefined;
  /** Routes say more than that. */
  readonly isOpen: boolean;
}

const PREFIX = 'config.linkerd.io/';
const DEFAULT_POLICY = `${PREFIX}default-inbound-policy`;
/** What goes past the proxy unless told otherwise (charts/linkerd-control-plane/values.yaml, proxyInit.ignoreInboundPorts). */
const SKIPPED = '4567,4568';
/** Of the proxy itself. */
const PROXY_PORTS = [4190, 4191];

/**
 * What Linkerd's proxies let in (linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs;
 * https://linkerd.io/2/reference/authorization-policy/). A Server that selects a port of a pod decides about it: what AuthorizationPolicies
 * for it or its namespace, ServerAuthorizations or its accessPolicy let in, by default nothing. A port without one has the policy of the
 * pod, by default everything. Of two Servers the older one counts.
 */
export class LinkerdAuthorization {
  readonly #settings: LinkerdSettings;
  readonly #authentications: Authentications;
  readonly #servers = new Map<string, Server[]>();
  readonly #selected = new WeakMap<MeshPod, readonly Server[]>();
  readonly #ports = new Map<Server, Port>();
  readonly #policies: readonly KubernetesObject[];
  readonly #ofServers: readonly KubernetesObject[];
  readonly #namespaces: ReadonlyMap<string, KubernetesObject>;

  constructor(
    objects: readonly KubernetesObject[],
    settings: LinkerdSettings,
    namespaces: ReadonlyMap<string, KubernetesObject>,
  ) {
    this.#settings = settings;
    this.#namespaces = namespaces;
    this.#authentications = new Authentications(objects, settings);
    const ofKind = (kind: string) =>
      objects.filter((object) => object.group === GROUP && object.kind === kind);
    this.#policies = ofKind('AuthorizationPolicy');
    this.#ofServers = ofKind('ServerAuthorization');
    const routes = objects.filter(({ kind }) => kind === 'HTTPRoute' || kind === 'GRPCRoute');
    const routed = new Set(routes.flatMap(parentServers));
    for (const object of ofKind('Server')) {
      const namespace = object.namespace ?? 'default';
      const selector = asObject(object.spec['podSelector']);
      const server = {
        object,
        createdAt: createdAt(object),
        hasRoutes: routed.has(`${namespace}/${object.name}`),
        selects: (selector === undefined ? undefined : labelSelector(selector)) ?? (() => false),
      };
      const same = this.#servers.get(namespace);
      if (same === undefined) this.#servers.set(namespace, [server]);
      else same.push(server);
    }
  }

  /** The ports of which policies speak, as ranges. */
  portsOf(pod: MeshPod): readonly (readonly [from: number, to: number])[] {
    const own = this.#annotations(pod);
    const listed = Object.keys(own).flatMap((key) => (key.endsWith('-ports') ? portList(own[key]) : []));
    const numbers = this.#selecting(pod).flatMap(({ object }) => portsOf(object, pod));
    const single = [...numbers, ...pod.mesh.httpProbes, ...PROXY_PORTS];
    return [...listed, ...portList(SKIPPED), ...single.map((port) => [port, port] as const)];
  }

  get blocks(): readonly Boundaries<Address>[] {
    const clients = this.#ofServers.map((each) => clientOf(each, this.#settings)?.networks ?? []);
    return [this.#settings.clusterNetworks, ...this.#authentications.blocks, ...clients];
  }

  /** What it asks of clients of a pod. */
  questions(pod: MeshPod): readonly Question[] {
    const servers = this.#selecting(pod).map((server) => this.#serverPort(server));
    const asked = servers.flatMap(({ authorizations }) => authorizations);
    const byDefault = [false, true].flatMap((needsIdentity) =>
      this.#byDefault(this.#defaultPolicy(pod).policy, needsIdentity, undefined),
    );
    return [...asked, ...byDefault].map((each) => (client) => letsIn(each, client, this.#settings));
  }

  /** Names what decides about a pod; equal for pods about which the same does. */
  keyOf(pod: MeshPod): string {
    return JSON.stringify([
      this.#selecting(pod).map(({ object }) => [object.name, portsOf(object, pod)]),
      Object.entries(this.#annotations(pod)),
      pod.mesh.httpProbes,
    ]);
  }

  decide(pod: MeshPod, port: number, client: Client): Decision {
    if (this.#isSkipped(pod, port)) return { outcome: 'pass', steps: [] };
    const decisions = this.#portsAt(pod, port).map((each) => this.#decide(each, client));
    const outcome = agreed(
      decisions.map((each) => each.outcome),
      'unknown',
    );
    const steps = decisions.flatMap((each) => each.steps);
    // Whoever asks for the path of a probe is let in, and the proxy's own ports are answered by itself.
    const isOdd = outcome === 'refuse' && (pod.mesh.httpProbes.includes(port) || PROXY_PORTS.includes(port));
    return { outcome: isOdd ? 'unknown' : outcome, steps };
  }

  /** Whether a client without an identity may be let in. */
  takesPlaintext(
    pod: MeshPod,
    port: number,
  ): { readonly answer: Truth; readonly because: readonly Statement[] } {
    if (this.#isSkipped(pod, port)) return { answer: 'yes', because: [] };
    const ports = this.#portsAt(pod, port);
    const answers = ports.map(({ authorizations, isOpen }): Truth => {
      const isLetIn = authorizations.some(
        ({ identities, networks }) => identities === 'anybody' && networks.length > 0,
      );
      return isLetIn ? 'yes' : isOpen ? 'unknown' : 'no';
    });
    return {
      answer: agreed(answers, 'unknown'),
      because: ports.flatMap(({ authorizations, statement }) => {
        const plain = authorizations.find(({ identities }) => identities === 'anybody');
        return plain?.statement ?? statement ?? [];
      }),
    };
  }

  #decide({ authorizations, statement, isOpen }: Port, client: Client): Decision {
    const found = authorizations.map((each) => ({ ...each, match: letsIn(each, client, this.#settings) }));
    const effects = { yes: 'allowed', unknown: 'undecided' } as const;
    const first = found.find(({ match }) => match === 'yes');
    const told = first === undefined ? found.filter(({ match }) => match === 'unknown') : [first];
    const outcome: Outcome = first !== undefined ? 'pass' : told.length > 0 ? 'unknown' : 'refuse';
    const steps = told.map(({ match, statement: own }) => ({
      effect: effects[match as 'yes' | 'unknown'],
      statements: own === undefined ? [] : [own],
    }));
    if (outcome !== 'refuse' && !isOpen) return { outcome, steps };
    const last = {
      effect: isOpen ? ('undecided' as const) : ('no-rule' as const),
      statements: statement === undefined ? [] : [statement],
    };
    return { outcome: isOpen ? 'unknown' : outcome, steps: [...steps, last] };
  }

  #isSkipped(pod: MeshPod, port: number): boolean {
    return isIn(portList(this.#annotations(pod)[`${PREFIX}skip-inbound-ports`] ?? SKIPPED), port);
  }

  /** What may decide about a port: more than one where it is not known which Server is older. */
  #portsAt(pod: MeshPod, port: number): readonly Port[] {
    const servers = oldestOf(
      this.#selecting(pod).filter(({ object }) => portsOf(object, pod).includes(port)),
    );
    return servers.length === 0
      ? [this.#defaultPort(pod, port)]
      : servers.map((server) => this.#serverPort(server));
  }

  #selecting(pod: MeshPod): readonly Server[] {
    let servers = this.#selected.get(pod);
    if (servers === undefined) {
      servers = (this.#servers.get(pod.namespace) ?? []).filter(({ selects }) => selects(pod.labels));
      this.#selected.set(pod, servers);
    }
    return servers;
  }

  #defaultPort(pod: MeshPod, port: number): Port {
    const { policy, isStated } = this.#defaultPolicy(pod);
    const own = this.#annotations(pod);
    const needs = `${PREFIX}proxy-require-identity-inbound-ports`;
    const needsIdentity = isIn(portList(own[needs]), port);
    const statement =
      isStated || needsIdentity ? this.#annotation(pod, isStated ? DEFAULT_POLICY : needs) : undefined;
    return { authorizations: this.#byDefault(policy, needsIdentity, statement), statement, isOpen: false };
  }

  #defaultPolicy(pod: MeshPod): { readonly policy: string; readonly isStated: boolean } {
    const stated = this.#annotations(pod)[DEFAULT_POLICY];
    return stated !== undefined && POLICIES.has(stated)
      ? { policy: stated, isStated: true }
      : { policy: this.#settings.defaultInboundPolicy, isStated: false };
  }

  /** A pod's own, and those that it is given from its namespace when it is made (pkg/inject/inject.go, AppendNamespaceAnnotations). */
  #annotations(pod: MeshPod): Readonly<Record<string, string>> {
    const { annotations, isRunning } = pod.mesh;
    const inherited = isRunning ? undefined : this.#namespaces.get(pod.namespace)?.annotations;
    const given = Object.entries(inherited ?? {}).filter(([key]) => key.startsWith(PREFIX));
    return { ...Object.fromEntries(given), ...annotations };
  }

  #annotation({ namespace, mesh }: MeshPod, key: string): Statement | undefined {
    if (mesh.annotations[key] !== undefined) {
      return mesh.source && { object: mesh.source.object, path: child(mesh.source.path, key) };
    }
    const object = this.#namespaces.get(namespace);
    return object && { object: object.raw, path: child('metadata.annotations', key) };
  }

  #serverPort(server: Server): Port {
    let port = this.#ports.get(server);
    if (port === undefined) {
      port = this.#readPort(server);
      this.#ports.set(server, port);
    }
    return port;
  }

  #readPort({ object, hasRoutes }: Server): Port {
    const { namespace = 'default', name, spec } = object;
    const protocol = asString(spec['proxyProtocol']);
    const ofServer = this.#ofServers
      .filter((each) => (each.namespace ?? 'default') === namespace && isForServer(each, object))
      .flatMap((each) => {
        const client = clientOf(each, this.#settings);
        return client === undefined
          ? []
          : [{ ...client, statement: { object: each.raw, path: 'spec.client' } }];
      });
    const policies = this.#policies
      .filter((each) => (each.namespace ?? 'default') === namespace && targets(each, name))
      .flatMap((each) => {
        const required = this.#authentications.required(each);
        const statement = { object: each.raw, path: 'spec.requiredAuthenticationRefs' };
        return required === undefined ? [] : [{ ...required, statement }];
      });
    const access = asString(spec['accessPolicy']);
    const statement = { object: object.raw, path: access === undefined ? 'spec' : 'spec.accessPolicy' };
    const byDefault = access === undefined ? [] : this.#byDefault(access, false, statement);
    return {
      authorizations: [...ofServer, ...policies, ...byDefault],
      statement,
      isOpen: hasRoutes && protocol !== 'opaque' && protocol !== 'TLS',
    };
  }

  /** policy-controller/k8s/index/src/defaults.rs */
  #byDefault(
    policy: string,
    needsIdentity: boolean,
    statement: Statement | undefined,
  ): readonly Authorization[] {
    if (policy === 'audit') return [{ identities: 'anybody', networks: EVERYWHERE, statement }];
    if (!POLICIES.has(policy) || policy === 'deny') return [];
    const isAuthenticated = needsIdentity || policy.endsWith('-authenticated');
    const networks = policy.startsWith('cluster-') ? this.#settings.clusterNetworks : EVERYWHERE;
    return [{ identities: isAuthenticated ? ['*'] : 'anybody', networks, statement }];
  }
}

const POLICIES = new Set([
  'all-authenticated',
  'all-unauthenticated',
  'cluster-authenticated',
  'cluster-unauthenticated',
  'deny',
  'audit',
]);
