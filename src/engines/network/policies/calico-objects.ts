import { asArray, asNumber, asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { stringMap } from '../../../kubernetes/object.ts';
import type { LabelMatcher } from '../../../kubernetes/selectors.ts';
import { type Address, parseAddress, parseBlock } from '../addresses.ts';
import { type Boundaries, union } from '../intervals.ts';
import { ADMIN, BASELINE, NAMESPACES, type OpaquePolicy, type Stage } from './policy.ts';

const GROUPS = new Set(['projectcalico.org', 'crd.projectcalico.org']);

/** Addresses that have labels: of a NetworkSet, or of a host endpoint. */
interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
  readonly addresses: Boundaries<Address>;
}

/** What policies of Calico refer to. */
export class CalicoObjects {
  readonly #tiers = new Map<string, Stage>();
  readonly #sets: Labelled[] = [];
  readonly #hosts: Labelled[] = [];
  /** Hosts whose own traffic is in the hands of policies that are not evaluated. */
  readonly opaque: readonly OpaquePolicy[];

  constructor(objects: readonly JsonObject[]) {
    // Every installation has them, and what they are cannot be changed (api/pkg/apis/projectcalico/v3/tier.go).
    for (const stage of [ADMIN, { ...ADMIN, name: 'adminnetworkpolicy' }, BASELINE]) {
      this.#tiers.set(stage.name, stage);
    }
    this.#tiers.set('default', { ...NAMESPACES, combination: 'ordered' });
    const namespaces = new Map<string, Readonly<Record<string, string>>>();
    const opaque: OpaquePolicy[] = [];
    for (const object of objects) {
      if (object['apiVersion'] === 'v1' && object['kind'] === 'Namespace') {
        const metadata = asObject(object['metadata']);
        namespaces.set(asString(metadata?.['name']) ?? '', stringMap(metadata?.['labels']));
      }
    }
    for (const object of objects) {
      if (!GROUPS.has((asString(object['apiVersion']) ?? '').split('/')[0]!)) continue;
      const kind = asString(object['kind']) ?? '';
      const metadata = asObject(object['metadata']);
      const name = asString(metadata?.['name']) ?? '';
      const labels = stringMap(metadata?.['labels']);
      const spec = asObject(object['spec']);
      switch (kind) {
        case 'Tier':
          this.#readTier(name, spec);
          break;
        case 'GlobalNetworkSet':
          this.#sets.push({ labels, addresses: netsOf(spec) });
          break;
        case 'NetworkSet': {
          const namespace = asString(metadata?.['namespace']) || 'default';
          const inherited = { 'kubernetes.io/metadata.name': namespace, ...namespaces.get(namespace) };
          this.#sets.push({
            labels: {
              ...Object.fromEntries(Object.entries(inherited).map(([key, value]) => [`pcns.${key}`, value])),
              'pcns.projectcalico.org/name': namespace,
              ...labels,
              'projectcalico.org/namespace': namespace,
            },
            addresses: netsOf(spec),
          });
          break;
        }
        case 'HostEndpoint':
          this.#hosts.push({ labels, addresses: expectedOf(spec) });
          opaque.push({ object, kind, namespace: undefined, name, isOfMesh: false, isOfHosts: true });
          break;
      }
    }
    this.opaque = opaque;
  }

  #readTier(name: string, spec: JsonObject | undefined): void {
    if (this.#tiers.has(name)) return;
    const order = asNumber(spec?.['order']) ?? Number.POSITIVE_INFINITY;
    const unmatched = spec?.['defaultAction'] === 'Pass' ? 'next' : 'deny';
    this.#tiers.set(name, { name, order, combination: 'ordered', unmatched });
  }

  /** Undefined where the tier was not seen: then it is not known what is asked before it. */
  tier(name: string): Stage | undefined {
    return this.#tiers.get(name);
  }

  /** The addresses of the NetworkSets that a selector selects. */
  addressesOf(matches: LabelMatcher): Boundaries<Address> {
    return addressesOf(this.#sets, matches);
  }

  /** The addresses of the host endpoints that it selects; undefined where it selects none. */
  hostsOf(matches: LabelMatcher): Boundaries<Address> | undefined {
    return this.#hosts.some(({ labels }) => matches(labels)) ? addressesOf(this.#hosts, matches) : undefined;
  }
}

function addressesOf(all: readonly Labelled[], matches: LabelMatcher): Boundaries<Address> {
  return all
    .filter(({ labels }) => matches(labels))
    .reduce<Boundaries<Address>>((sum, { addresses }) => union(sum, addresses), []);
}

/** Calico skips what it cannot parse. */
function netsOf(spec: JsonObject | undefined): Boundaries<Address> {
  return (asArray(spec?.['nets']) ?? []).reduce<Boundaries<Address>>(
    (sum, net) => union(sum, parseNet(asString(net) ?? '') ?? []),
    [],
  );
}

function expectedOf(spec: JsonObject | undefined): Boundaries<Address> {
  return (asArray(spec?.['expectedIPs']) ?? []).reduce<Boundaries<Address>>((sum, text) => {
    const address = parseAddress(asString(text) ?? '');
    return address === undefined ? sum : union(sum, [address, address + 1n]);
  }, []);
}

/** A block, or a single address (ParseCIDROrIP of libcalico-go/lib/net). */
export function parseNet(text: string): Boundaries<Address> | undefined {
  if (text.includes('/')) return parseBlock(text);
  const address = parseAddress(text);
  return address === undefined ? undefined : [address, address + 1n];
}
