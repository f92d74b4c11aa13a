import { asArray, asObject, asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { type Address, parseAddress } from '../addresses.ts';
import type { NetworkPod } from '../endpoints.ts';
import { INTERNET, PRIVATE, reachesInternet } from './internet.ts';
import { addressReach } from './reach.ts';
import type { Reach } from './way.ts';

/** Who reaches the addresses of nodes: the internet where a node has one that is globally reachable (k8s.io/api NodeAddress). */
export class NodeReach {
  readonly #byNode = new Map<string, Reach>();
  readonly #any: Reach;

  /** @param isWhole whether these are all nodes */
  constructor(nodes: readonly KubernetesObject[], isWhole: boolean) {
    const reaches = nodes.map((node) => {
      const addresses = addressesOf(node);
      // Before a cloud's controller has been asked, a node may have no address at all.
      const reach = addresses.length === 0 ? UNKNOWN : addressReach(addresses);
      this.#byNode.set(node.name, reach);
      return reach;
    });
    const isPublic = reaches.some(({ clients, doubt }) => doubt === undefined && reachesInternet(clients));
    const isKnown = isWhole && reaches.length > 0 && reaches.every(({ doubt }) => doubt === undefined);
    this.#any = isPublic
      ? { clients: INTERNET, doubt: undefined }
      : isKnown
        ? { clients: PRIVATE, doubt: undefined }
        : UNKNOWN;
  }

  /** Of any node. */
  get any(): Reach {
    return this.#any;
  }

  /** Of the node that a pod runs on; of any where that is not known. */
  of({ node }: NetworkPod): Reach {
    return (node === undefined ? undefined : this.#byNode.get(node)) ?? this.#any;
  }
}

const UNKNOWN: Reach = { clients: INTERNET, doubt: 'node-addresses' };

function addressesOf(node: KubernetesObject): Address[] {
  return (asArray(asObject(node.raw['status'])?.['addresses']) ?? []).flatMap((entry) => {
    const address = parseAddress(asString(asObject(entry)?.['address']) ?? '');
    return address === undefined ? [] : [address];
  });
}
