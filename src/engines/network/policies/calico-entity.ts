import { asArray, asObject, asString, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { type Address, ALL_IPV4, ALL_IPV6 } from '../addresses.ts';
import { type Boundaries, union } from '../intervals.ts';
import { type CalicoObjects, parseNet } from './calico-objects.ts';
import { Selection } from './calico-selection.ts';
import type { Peer } from './policy.ts';
import type { PolicyReader } from './reader.ts';

/** What the parts of a rule's `source` and `destination` are read with. */
export interface EntityReader {
  readonly reader: PolicyReader;
  readonly objects: CalicoObjects;
  /** Undefined in a GlobalNetworkPolicy. */
  readonly namespace: string | undefined;
}

/**
 * What a rule demands of one end, but for its ports; nothing where that may be anybody (GetEntityRuleSelector of
 * libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go in projectcalico/calico).
 */
export function readEntity(from: EntityReader, entity: JsonObject, path: string): readonly Peer[] {
  const { reader } = from;
  const terms: Peer[] = [];
  if (entity['services'] !== undefined) terms.push({ kind: 'unknown', path: `${path}.services` });
  const selected = readSelected(from, entity, path);
  if (selected !== undefined) terms.push(selected);
  const notSelector = asString(entity['notSelector']) ?? '';
  if (notSelector.trim() !== '') {
    // Whatever else is demanded: in whichever namespace.
    const excluded = new Selection(reader);
    excluded.add('selector', notSelector, `${path}.notSelector`);
    terms.push({
      kind: 'not',
      peer: asPeer(from, excluded, `${path}.notSelector`),
      path: `${path}.notSelector`,
    });
  }
  const nets = readNets(reader, entity['nets'], `${path}.nets`);
  if (nets !== undefined) terms.push(nets);
  const notNets = readNets(reader, entity['notNets'], `${path}.notNets`);
  if (notNets !== undefined) terms.push({ kind: 'not', peer: notNets, path: notNets.path });
  return terms;
}

/** The ends that the positive selectors name; undefined where there is none. */
function readSelected(from: EntityReader, entity: JsonObject, path: string): Peer | undefined {
  const { reader, namespace } = from;
  const selection = new Selection(reader);
  selection.add('selector', entity['selector'], `${path}.selector`);
  const accounts = asObject(entity['serviceAccounts']);
  if (accounts !== undefined) {
    const within = `${path}.serviceAccounts`;
    selection.add('serviceAccountSelector', accounts['selector'], `${within}.selector`);
    selection.addAccounts((asArray(accounts['names']) ?? []).map((name) => asString(name) ?? ''));
  }
  const hasSelector = selection.isGiven;
  selection.add('namespaceSelector', entity['namespaceSelector'], `${path}.namespaceSelector`, true);
  const namesNamespaces = (asString(entity['namespaceSelector']) ?? '') !== '';
  const excludes = (asString(entity['notSelector']) ?? '') !== '';
  if (!hasSelector && !namesNamespaces && !(excludes && namespace !== undefined)) return undefined;
  // Without a selector of namespaces, a policy of a namespace speaks of that one as soon as it selects anything.
  if (!namesNamespaces && namespace !== undefined) selection.in(namespace);
  return asPeer(from, selection, hasSelector ? `${path}.selector` : path);
}

/** Pods, and the addresses of NetworkSets and host endpoints with such labels. */
function asPeer({ objects }: EntityReader, selection: Selection, path: string): Peer {
  const pods: Peer = { kind: 'pods', selector: selection.pods, path };
  const addresses = objects.addressesOf(selection.labelled);
  const hosts = objects.hostsOf(selection.labelled);
  const peers: Peer[] = [pods];
  if (addresses.length > 0) peers.push({ kind: 'addresses', addresses, pods: 'possible', path });
  if (hosts !== undefined) {
    // Which addresses a host endpoint has besides those that it states is not known.
    const anyHost: Peer[] = [
      { kind: 'nodes', nodes: 'all', path },
      { kind: 'addresses', addresses: hosts, pods: 'known', path },
    ];
    const host: Peer = { kind: 'any-of', peers: anyHost, path };
    peers.push({ kind: 'all-of', peers: [host, { kind: 'unknown', path }], path });
  }
  return peers.length === 1 ? pods : { kind: 'any-of', peers, path };
}

function readNets(reader: PolicyReader, value: Json | undefined, path: string): Peer | undefined {
  const nets = asArray(value) ?? [];
  if (nets.length === 0) return undefined;
  const addresses = nets.reduce<Boundaries<Address>>((sum, net, index) => {
    const block = parseNet(asString(net) ?? '');
    if (block === undefined) reader.refuse('invalid-block', `${path}[${index}]`, asString(net) ?? '');
    return union(sum, block ?? []);
  }, []);
  return { kind: 'addresses', addresses, pods: 'possible', path };
}

/** Packets of one IP family. */
export function familyOf(version: Json | undefined, path: string): readonly Peer[] {
  if (version !== 4 && version !== 6) return [];
  const addresses = version === 4 ? ALL_IPV4 : ALL_IPV6;
  return [{ kind: 'addresses', addresses, pods: 'possible', path }];
}
