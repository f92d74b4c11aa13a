import {
  asArray,
  asObject,
  asObjects,
  asString,
  type Json,
  type JsonObject,
} from '../../../kubernetes/json.ts';
import { compileLabelSelector } from '../../../kubernetes/selectors.ts';
import { type Address, ALL_IPV4, ALL_IPV6, parseAddress, parseBlock } from '../addresses.ts';
import { type Boundaries, difference, includes } from '../intervals.ts';
import type { CiliumObjects } from './cilium-objects.ts';
import { CiliumSelector, maybe } from './cilium-selector.ts';
import type { Direction, Peer, PodSelector } from './policy.ts';
import type { PolicyReader } from './reader.ts';

const EVERYWHERE: Boundaries<Address> = [ALL_IPV6[0]!, ALL_IPV4[1]!];
/** Entities that the schema knows not, and Cilium does. */
const UNLISTED = ['world-ipv4', 'world-ipv6'];
const BY_IP_FAMILY: Readonly<Record<string, Boundaries<Address>>> = {
  'world-ipv4': ALL_IPV4,
  'world-ipv6': ALL_IPV6,
};
/** No pod, node or address is one of these: Cilium's own endpoints, and pods before and outside of its care. */
const NOBODY = ['init', 'health', 'unmanaged', 'none'];
/** Cilium's Envoy, which serves Ingresses and Gateways: no pod, and no known pod's namespace. */
const ENVOY: PodSelector = { namespaces: '', pods: () => true, labels: [], key: 'cilium ingress' };
const ALL_PODS = { matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] };

/** Nodes by their labels: policies that name them are refused unless Cilium is set up for them. */
export function namesNodes(rule: JsonObject): boolean {
  return asObjects(rule['fromNodes']).length + asObjects(rule['toNodes']).length > 0;
}

/** Requirements change what all other rules of the direction mean, in whichever policy they stand. */
export function hasRequirements(rule: JsonObject): boolean {
  return asObjects(rule['fromRequires']).length + asObjects(rule['toRequires']).length > 0;
}

/**
 * The peers of a rule (pkg/policy/api/ingress.go and egress.go). Where it names none: all of them if it has ports, and nobody if it has
 * not. An empty list is nobody.
 */
export class CiliumPeers {
  readonly #reader: PolicyReader;
  /** The policy's own; undefined for one of the whole cluster. */
  readonly #namespace: string | undefined;
  readonly #objects: CiliumObjects;

  constructor(reader: PolicyReader, namespace: string | undefined, objects: CiliumObjects) {
    this.#reader = reader;
    this.#namespace = namespace;
    this.#objects = objects;
  }

  read(rule: JsonObject, direction: Direction, hasPorts: boolean, path: string): 'all' | readonly Peer[] {
    const side = direction === 'ingress' ? 'from' : 'to';
    const list = (kind: string) => this.#list(rule, `${side}${kind}`, path);
    const lists = {
      Endpoints: list('Endpoints'),
      CIDR: list('CIDR'),
      CIDRSet: list('CIDRSet'),
      Entities: list('Entities'),
      Nodes: list('Nodes'),
      Groups: list('Groups'),
      Services: direction === 'egress' ? list('Services') : undefined,
      FQDNs: direction === 'egress' ? list('FQDNs') : undefined,
    };
    const named = Object.entries(lists).filter(([, items]) => items !== undefined && items.length > 0);
    const names = named.map(([kind]) => `${side}${kind}`);
    if (names.length > 1) this.#reader.refuse('invalid-peer', path, `combining ${names.join(' and ')}`);
    for (const kind of ['Nodes', 'Requires']) {
      asObjects(rule[`${side}${kind}`]).forEach((each, index) => {
        CiliumSelector.read(this.#reader, each, `${path}.${side}${kind}[${index}]`);
      });
    }
    const at = (kind: string, index: number) => `${path}.${side}${kind}[${index}]`;
    const peers: Peer[] = [
      ...(lists.Endpoints ?? []).flatMap((each, index) => this.#endpoints(each, at('Endpoints', index))),
      ...(lists.CIDR ?? []).flatMap((each, index) => this.#block(each, at('CIDR', index))),
      ...(lists.CIDRSet ?? []).flatMap((each, index) =>
        this.#blockWithExceptions(each, at('CIDRSet', index)),
      ),
      ...(lists.Entities ?? []).flatMap((each, index, all) => this.#entity(each, all, at('Entities', index))),
      ...(lists.Groups ?? []).map((_, index) => maybe(outside(EVERYWHERE, at('Groups', index)))),
      ...(lists.Services ?? []).flatMap((each, index) => this.#service(each, at('Services', index))),
      ...(lists.FQDNs ?? []).map((each, index) => this.#name(each, at('FQDNs', index))),
    ];
    const selectsNobody = [lists.Endpoints, lists.CIDR, lists.CIDRSet, lists.Entities, lists.Nodes].some(
      (items) => items?.length === 0,
    );
    if (selectsNobody) return [];
    if (names.length === 0) return hasPorts ? 'all' : [];
    return names.includes(`${side}Entities`) && lists.Entities!.includes('all') ? 'all' : peers;
  }

  #list(rule: JsonObject, field: string, path: string): readonly Json[] | undefined {
    const value = rule[field];
    if (value === undefined || value === null) return undefined;
    const items = asArray(value);
    if (items === undefined) this.#reader.refuse('invalid-peer', `${path}.${field}`, JSON.stringify(value));
    return items;
  }

  #endpoints(value: Json, path: string): readonly Peer[] {
    return CiliumSelector.read(this.#reader, value, path).asPeer(this.#namespace).peers(path);
  }

  #block(value: Json, path: string): readonly Peer[] {
    const text = asString(value) ?? '';
    const address = parseAddress(text);
    const block = address === undefined ? parseBlock(text) : ([address, address + 1n] as const);
    if (block === undefined) this.#reader.refuse('invalid-block', path, text);
    // The schema wants a length.
    if (address !== undefined) this.#reader.readAsMeant('invalid-block', path);
    return [outside(block ?? [], path)];
  }

  #blockWithExceptions(value: Json, path: string): readonly Peer[] {
    const entry = asObject(value) ?? {};
    const group = asString(entry['cidrGroupRef']) ?? '';
    const groups = asObject(entry['cidrGroupSelector']);
    const text = asString(entry['cidr']) ?? '';
    const stated = [group !== '', groups !== undefined, text !== ''].filter(Boolean).length;
    if (stated !== 1) this.#reader.refuse('invalid-peer', path, Object.keys(entry).join(', '));
    const compiled = compileLabelSelector(groups ?? {});
    if ('refused' in compiled)
      this.#reader.refuse('invalid-selector', `${path}.cidrGroupSelector`, compiled.refused);
    const block = text === '' ? EVERYWHERE : this.#reader.block(text, `${path}.cidr`);
    const exceptions = (asArray(entry['except']) ?? []).map((each, index) => {
      const at = `${path}.except[${index}]`;
      const exception = this.#reader.block(each, at);
      const address = parseAddress((asString(each) ?? '').split('/')[0]!);
      // Cilium looks at the address alone, and not at the length.
      if (text !== '' && address !== undefined && block.length > 0 && !includes(block, address)) {
        this.#reader.refuse('invalid-exception', at, asString(each) ?? '');
      }
      return exception;
    });
    const without = (blocks: Boundaries<Address>) =>
      outside(exceptions.reduce<Boundaries<Address>>(difference, blocks), path);
    if (text !== '') return [without(block)];
    const known = groups === undefined ? this.#objects.group(group) : undefined;
    if (known !== undefined) return [without(known)];
    // There may be groups that were not seen.
    const seen = groups === undefined ? [] : this.#objects.groupsWith(groups);
    const demandsNothing = groups !== undefined && !demandsLabel(groups);
    // Whoever is in no group has no label of one.
    return [
      without(seen),
      maybe(without(EVERYWHERE)),
      ...(demandsNothing ? [{ kind: 'unknown', path } as const] : []),
    ];
  }

  /** The pods that a Service selects; what others lead to is not looked up. */
  #service(value: Json, path: string): readonly Peer[] {
    const { found, isAll } = this.#objects.services(value);
    const peers = found.flatMap(({ namespace, selector }) =>
      selector === undefined
        ? [maybe(outside(EVERYWHERE, path))]
        : CiliumSelector.read(this.#reader, { matchLabels: selector }, path).asPeer(namespace).peers(path),
    );
    return isAll ? peers : [...peers, { kind: 'unknown', path }];
  }

  #entity(value: Json, all: readonly Json[], path: string): readonly Peer[] {
    const entity = asString(value) ?? '';
    const node = { kind: 'nodes', nodes: 'all', path } as const;
    const family = BY_IP_FAMILY[entity];
    if (UNLISTED.includes(entity)) this.#reader.readAsMeant('invalid-peer', path);
    // In clusters of one IP family they are nobody.
    if (family !== undefined) return [maybe(outside(family, path))];
    if (NOBODY.includes(entity)) return [];
    switch (entity) {
      case 'all':
        return [];
      case 'ingress':
        return [maybe({ kind: 'pods', selector: ENVOY, path })];
      case 'world':
        return [outside(EVERYWHERE, path)];
      case 'cluster':
        return [...CiliumSelector.read(this.#reader, ALL_PODS, path).peers(path), node];
      // Together they are all nodes, even where it is not known which is which.
      case 'host':
        return all.includes('remote-node') ? [node] : [{ ...node, whose: 'own' }];
      case 'remote-node':
        return all.includes('host') ? [node] : [{ ...node, whose: 'other' }];
      case 'kube-apiserver':
        return [maybe(node), maybe(outside(EVERYWHERE, path))];
      default:
        this.#reader.refuse('invalid-peer', path, entity);
        return [];
    }
  }

  #name(value: Json, path: string): Peer {
    const { matchName, matchPattern } = (asObject(value) ?? {}) as Readonly<Record<string, Json | undefined>>;
    const [name, pattern] = [asString(matchName) ?? '', asString(matchPattern) ?? ''];
    const isBad =
      (name !== '' && pattern !== '') ||
      !/^[-a-zA-Z0-9_.]*$/.test(name) ||
      !/^[-a-zA-Z0-9_.*]*$/.test(pattern);
    if (isBad) this.#reader.refuse('invalid-peer', path, `${name} ${pattern}`.trim());
    // Addresses of the cluster are never meant by their names.
    return { kind: 'names', mayBePods: false, path };
  }
}

function demandsLabel({ matchLabels, matchExpressions }: JsonObject): boolean {
  const operators = asObjects(matchExpressions).map(({ operator }) => operator);
  const hasLabels = Object.keys(asObject(matchLabels) ?? {}).length > 0;
  return hasLabels || operators.includes('In') || operators.includes('Exists');
}

/** Addresses outside of the cluster: neither pods nor nodes are meant by their addresses. */
function outside(addresses: Boundaries<Address>, path: string): Peer {
  return { kind: 'addresses', addresses, pods: 'never', path };
}
