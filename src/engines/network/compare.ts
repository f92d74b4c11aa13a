import { type Address, ALL_IPV4, ALL_IPV6, isIpv4 } from './addresses.ts';
import { type Connection, connectionsOf, type End } from './connections.ts';
import { type Boundaries, difference, union } from './intervals.ts';
import { crossed, joined } from './joined.ts';
import type { NetworkModel } from './model.ts';
import type { Network, WorkloadGroup } from './network.ts';
import { PortAlgebra, type PortSet } from './ports.ts';

/** What two states of a network let through differently from one end to another. */
export interface ConnectionChange {
  readonly from: End<WorkloadGroup>;
  readonly to: End<WorkloadGroup>;
  /** Passes after, and did not before or was unknown. */
  readonly granted: PortSet;
  /** Passed before, and is not known to pass after; what is unknown of it is `unclear` too. */
  readonly revoked: PortSet;
  /** Unknown in one of the states alone, and not granted. */
  readonly unclear: PortSet;
  /** Where one of the workloads is there in one state alone, which one of the states it is. */
  readonly only: 'before' | 'after' | undefined;
}

interface Ports {
  readonly allowed: PortSet;
  readonly unknown: PortSet;
}

interface Part extends Ports {
  readonly addresses: Boundaries<Address>;
}

/** The connections of one state, those between the same two workloads, and those of a workload with addresses, under one key. */
class State {
  readonly pairs = new Map<string, Connection<WorkloadGroup>>();
  readonly outside = new Map<
    string,
    { readonly group: WorkloadGroup; readonly isInto: boolean; readonly parts: Part[] }
  >();
  readonly groups: ReadonlySet<string>;

  /** @param addsIpv6 whether what passes with addresses of IPv6 is asked for besides, of which no policy speaks */
  constructor({ model, groups, entries }: Network, addsIpv6: boolean) {
    this.groups = new Set(groups.map(keyOf));
    for (const connection of connectionsOf(model, groups, entries)) {
      const { from, to } = connection;
      if (!('addresses' in from) && !('addresses' in to)) {
        this.pairs.set(`${endKey(from)} ${endKey(to)}`, connection);
        continue;
      }
      const isInto = 'addresses' in from;
      const inner = isInto ? to : from;
      const outer = isInto ? from : to;
      if (!('group' in inner) || !('addresses' in outer)) continue;
      this.#put(inner.group, isInto, { ...connection, addresses: outer.addresses });
    }
    if (!addsIpv6) return;
    const sample = model.surroundings.sampleOf(ALL_IPV6);
    for (const group of groups) {
      const pods = model.kindsOf(group.pods);
      for (const isInto of [true, false]) {
        const verdict = pods
          .map((pod) => (isInto ? model.fromAddress(sample, pod) : model.toAddress(pod, sample)))
          .reduce((one, other) => model.either(one, other));
        this.#put(group, isInto, { ...verdict, addresses: ALL_IPV6 });
      }
    }
  }

  #put(group: WorkloadGroup, isInto: boolean, part: Part): void {
    const key = `${isInto ? 'into' : 'out of'} ${keyOf(group)}`;
    const known = this.outside.get(key);
    if (known === undefined) this.outside.set(key, { group, isInto, parts: [part] });
    else known.parts.push(part);
  }
}

function keyOf({ namespace, kind, name }: WorkloadGroup): string {
  return `${namespace}/${kind}/${name}`;
}

function endKey(end: End<WorkloadGroup>): string {
  if ('group' in end) return keyOf(end.group);
  return 'entity' in end ? end.entity : '';
}

/** Connections have addresses of IPv6 only where a policy speaks of them. */
function speaksOfIpv6({ blocks }: NetworkModel): boolean {
  return blocks.some(([first]) => !isIpv4(first!));
}

const EVERY_ADDRESS = union(ALL_IPV6, ALL_IPV4);

/** What changes between two states, each pair once. */
export function* compareNetworks(before: Network, after: Network): Generator<ConnectionChange> {
  const [beforeHasIpv6, afterHasIpv6] = [speaksOfIpv6(before.model), speaksOfIpv6(after.model)];
  const first = new State(before, afterHasIpv6 && !beforeHasIpv6);
  const second = new State(after, beforeHasIpv6 && !afterHasIpv6);
  const algebra = new PortAlgebra();
  const none: Ports = { allowed: algebra.none, unknown: algebra.none };
  /** Sets of different engines are not comparable; here they are. */
  const own = ({ allowed, unknown }: Ports): Ports => ({
    allowed: algebra.of(allowed.ranges),
    unknown: algebra.of(unknown.ranges),
  });
  const change = (a: Ports, b: Ports) => {
    const granted = algebra.difference(b.allowed, a.allowed);
    const revoked = algebra.difference(a.allowed, b.allowed);
    const unclear = algebra.union(
      algebra.difference(a.unknown, b.unknown),
      algebra.difference(b.unknown, a.unknown),
    );
    return { granted, revoked, unclear: algebra.difference(unclear, granted) };
  };
  const only = (...ends: readonly End<WorkloadGroup>[]): ConnectionChange['only'] => {
    const keys = ends.flatMap((end) => ('group' in end ? [keyOf(end.group)] : []));
    if (keys.some((key) => !first.groups.has(key))) return 'after';
    return keys.some((key) => !second.groups.has(key)) ? 'before' : undefined;
  };
  const tell = function* (from: End<WorkloadGroup>, to: End<WorkloadGroup>, a: Ports, b: Ports) {
    const changed = change(a, b);
    if (Object.values(changed).every(({ isEmpty }) => isEmpty)) return;
    yield { from, to, ...changed, only: only(from, to) };
  };

  for (const key of new Set([...first.pairs.keys(), ...second.pairs.keys()])) {
    const [a, b] = [first.pairs.get(key), second.pairs.get(key)];
    const { from, to } = (b ?? a)!;
    yield* tell(from, to, a === undefined ? none : own(a), b === undefined ? none : own(b));
  }
  const whole = (parts: readonly Part[]): Part[] => {
    const covered = parts.reduce<Boundaries<Address>>((all, { addresses }) => union(all, addresses), []);
    return [
      ...parts.map((part) => ({ ...own(part), addresses: part.addresses })),
      { ...none, addresses: difference(EVERY_ADDRESS, covered) },
    ];
  };
  for (const key of new Set([...first.outside.keys(), ...second.outside.keys()])) {
    const [a, b] = [first.outside.get(key), second.outside.get(key)];
    const { group, isInto } = (b ?? a)!;
    const pieces = crossed(whole(a?.parts ?? []), whole(b?.parts ?? []));
    // Pieces with the same change are told together.
    const told = joined(pieces, ({ one, other }) => {
      const { granted, revoked, unclear } = change(one, other);
      return `${granted.id} ${revoked.id} ${unclear.id}`;
    });
    for (const { addresses, one, other } of told) {
      const ends = [{ addresses }, { group }] as const;
      yield* isInto ? tell(ends[0], ends[1], one, other) : tell(ends[1], ends[0], one, other);
    }
  }
}
