import { asArray, asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { readYaml } from '../../../kubernetes/yaml/index.ts';
import { type Address, parseBlock } from '../addresses.ts';
import { type Boundaries, union } from '../intervals.ts';
import { isMeshConfig } from './mesh-pod.ts';

/** How Istio was installed (istio.io/api mesh/v1alpha1 MeshConfig), or its defaults. */
export interface IstioSettings {
  /** Whether the ConfigMap was seen. */
  readonly isSeen: boolean;
  /** Where policies for the whole mesh are; more than one where several installations say so. */
  readonly rootNamespaces: ReadonlySet<string>;
  readonly trustDomains: readonly string[];
  /** Whether proxies use mutual TLS on their own wherever the other end can. */
  readonly hasAutoMutualTls: boolean;
}

/** How Linkerd was installed (charts/linkerd-control-plane/values.yaml), or its defaults. */
export interface LinkerdSettings {
  readonly isSeen: boolean;
  /** What follows `<account>.<namespace>.serviceaccount.identity.` in identities. */
  readonly identitySuffix: string;
  readonly defaultInboundPolicy: string;
  readonly clusterNetworks: Boundaries<Address>;
}

const LONGEST_TEXT = 1 << 20;

export function istioSettings(objects: readonly KubernetesObject[]): IstioSettings {
  const configs = objects
    .filter((object) => object.kind === 'ConfigMap' && object.group === '' && isMeshConfig(object))
    .map(({ namespace, raw }) => ({ namespace, config: inText(raw, 'mesh') }));
  const roots = configs.map(
    ({ config, namespace }) => asString(config['rootNamespace']) || namespace || 'istio-system',
  );
  const domains = configs.flatMap(({ config }) => [
    asString(config['trustDomain']) || 'cluster.local',
    ...(asArray(config['trustDomainAliases']) ?? []).flatMap((each) => asString(each) ?? []),
  ]);
  return {
    isSeen: configs.length > 0,
    rootNamespaces: new Set(roots.length > 0 ? roots : ['istio-system']),
    trustDomains: domains.length > 0 ? [...new Set(domains)] : ['cluster.local'],
    hasAutoMutualTls: configs.every(({ config }) => config['enableAutoMtls'] !== false),
  };
}

export function linkerdSettings(objects: readonly KubernetesObject[]): LinkerdSettings {
  const config = objects.find(
    ({ kind, group, name }) => kind === 'ConfigMap' && group === '' && name === 'linkerd-config',
  );
  const values: JsonObject = config === undefined ? {} : inText(config.raw, 'values');
  const domain = asString(values['identityTrustDomain']) || asString(values['clusterDomain']);
  const networks = asString(values['clusterNetworks']) || CLUSTER_NETWORKS;
  return {
    isSeen: config !== undefined,
    identitySuffix: `${config?.namespace ?? 'linkerd'}.${domain || 'cluster.local'}`,
    defaultInboundPolicy:
      asString(asObject(values['proxy'])?.['defaultInboundPolicy']) || 'all-unauthenticated',
    clusterNetworks: networks
      .split(',')
      .map((text) => parseBlock(text.trim()) ?? [])
      .reduce<Boundaries<Address>>(union, []),
  };
}

const CLUSTER_NETWORKS = '10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fd00::/8';

/** The YAML that a ConfigMap has under a key; nothing where it is none. */
function inText(raw: JsonObject, key: string): JsonObject {
  const text = asString(asObject(raw['data'])?.[key]) ?? '';
  if (text.length > LONGEST_TEXT) return {};
  const [document] = readYaml(new TextEncoder().encode(text));
  return document?.error === undefined ? (asObject(document?.value) ?? {}) : {};
}
