import { asArray, asObject, asString, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { type Address, ALL_IPV4, ALL_IPV6, parseAddress, parseBlock } from '../addresses.ts';
import { type Boundaries, difference, union } from '../intervals.ts';
import { accountIdentity, namespaceIdentity } from './linkerd-identity.ts';
import { GROUP } from './linkerd-servers.ts';
import type { LinkerdSettings } from './settings.ts';

/** Whom an authorization lets in. */
export interface ClientAuthorization {
  /** Of these identities; `anybody` without one as well, `any-tls` with any TLS at all. */
  readonly identities: readonly string[] | 'anybody' | 'any-tls';
  readonly networks: Boundaries<Address>;
}

export const EVERYWHERE: Boundaries<Address> = union(ALL_IPV4, ALL_IPV6);

/** What AuthorizationPolicies of Linkerd refer to. */
export class Authentications {
  readonly #settings: LinkerdSettings;
  readonly #meshTls = new Map<string, KubernetesObject>();
  readonly #networks = new Map<string, KubernetesObject>();

  constructor(objects: readonly KubernetesObject[], settings: LinkerdSettings) {
    this.#settings = settings;
    for (const object of objects) {
      if (object.group !== GROUP) continue;
      const key = `${object.namespace ?? 'default'}/${object.name}`;
      if (object.kind === 'MeshTLSAuthentication') this.#meshTls.set(key, object);
      if (object.kind === 'NetworkAuthentication') this.#networks.set(key, object);
    }
  }

  get blocks(): readonly Boundaries<Address>[] {
    return [...this.#networks.values()].map(({ spec }) => networksIn(spec['networks']));
  }

  /**
   * What an AuthorizationPolicy requires, all of it (policy-controller/k8s/index/src/inbound/index.rs, policy_client_authz); undefined
   * where Linkerd leaves the policy out, as for a reference to nothing.
   */
  required(policy: KubernetesObject): ClientAuthorization | undefined {
    const own = policy.namespace ?? 'default';
    let identities: readonly string[] | undefined;
    let networks: Boundaries<Address> | undefined;
    for (const entry of asArray(policy.spec['requiredAuthenticationRefs']) ?? []) {
      const { group, kind, namespace, name } = referenceOf(entry, own);
      const isIdentity = (group === GROUP && kind === 'MeshTLSAuthentication') || kind === 'ServiceAccount';
      if (isIdentity) {
        if (identities !== undefined) return undefined;
        identities =
          kind === 'ServiceAccount'
            ? [accountIdentity(name, namespace, this.#settings)]
            : this.#identitiesOf(`${namespace}/${name}`);
        if (identities === undefined) return undefined;
      } else if (group === GROUP && kind === 'NetworkAuthentication') {
        const found = this.#networks.get(`${namespace}/${name}`);
        if (found === undefined || networks !== undefined) return undefined;
        networks = networksIn(found.spec['networks']);
      } else return undefined;
    }
    return { identities: identities ?? 'anybody', networks: networks ?? EVERYWHERE };
  }

  #identitiesOf(key: string): readonly string[] | undefined {
    const object = this.#meshTls.get(key);
    if (object === undefined) return undefined;
    const own = object.namespace ?? 'default';
    const stated = strings(object.spec['identities']);
    const referred = (asArray(object.spec['identityRefs']) ?? []).map((entry) => {
      const { kind, namespace, name } = referenceOf(entry, own);
      if (kind === 'ServiceAccount') return accountIdentity(name, namespace, this.#settings);
      return kind === 'Namespace' ? namespaceIdentity(name, this.#settings) : undefined;
    });
    const all = [...stated, ...referred];
    return all.length === 0 || all.includes(undefined) ? undefined : all.filter((each) => each !== undefined);
  }
}

/**
 * The clients of a ServerAuthorization (policy-controller/k8s/index/src/inbound/server_authorization.rs); undefined where it names none,
 * so that it is left out.
 */
export function clientOf(
  authorization: KubernetesObject,
  settings: LinkerdSettings,
): ClientAuthorization | undefined {
  const client = asObject(authorization.spec['client']) ?? {};
  const stated = asArray(client['networks']) ?? [];
  const networks = stated.length === 0 ? settings.clusterNetworks : networksIn(stated);
  if (client['unauthenticated'] === true) return { identities: 'anybody', networks };
  const meshTls = asObject(client['meshTLS']);
  if (meshTls === undefined) return undefined;
  if (meshTls['unauthenticatedTLS'] === true) return { identities: 'any-tls', networks };
  const accounts = (asArray(meshTls['serviceAccounts']) ?? []).map((entry) => {
    const account = asObject(entry) ?? {};
    const namespace = asString(account['namespace']) || (authorization.namespace ?? 'default');
    return accountIdentity(asString(account['name']) ?? '', namespace, settings);
  });
  const identities = [...strings(meshTls['identities']), ...accounts];
  return identities.length === 0 ? undefined : { identities, networks };
}

function networksIn(value: Json | undefined): Boundaries<Address> {
  return (asArray(value) ?? []).reduce<Boundaries<Address>>((all, entry) => {
    const network: JsonObject = asObject(entry) ?? {};
    const except = strings(network['except']).map(blockOf).reduce<Boundaries<Address>>(union, []);
    return union(all, difference(blockOf(asString(network['cidr']) ?? ''), except));
  }, []);
}

function blockOf(text: string): Boundaries<Address> {
  const address = parseAddress(text);
  return address === undefined ? (parseBlock(text) ?? []) : [address, address + 1n];
}

function referenceOf(entry: Json, own: string) {
  const reference = asObject(entry) ?? {};
  return {
    group: asString(reference['group']) ?? '',
    kind: asString(reference['kind']) ?? '',
    namespace: asString(reference['namespace']) || own,
    name: asString(reference['name']) ?? '',
  };
}

function strings(value: Json | undefined): string[] {
  return (asArray(value) ?? []).flatMap((each) => asString(each) ?? []);
}
