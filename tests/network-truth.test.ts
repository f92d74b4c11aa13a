import { expect, test } from 'vitest';
import { type Address, ALL_IPV6 } from '../src/engines/network/addresses.ts';
import {
  compareNetworks,
  connectionsOf,
  type End,
  explain,
  formatAddress,
  Network,
  type PortSet,
  PROTOCOLS,
  type Protocol,
  parseAddress,
  type WorkloadGroup,
} from '../src/engines/network/index.ts';
import { type Boundaries, difference } from '../src/engines/network/intervals.ts';
import { PortAlgebra } from '../src/engines/network/ports.ts';
import { readManifests } from '../src/evidence/manifests/index.ts';
import { connectivityRows } from './oracles/connectivity.ts';
import { Tally } from './oracles/tally.ts';
import { hasTruth, readTruth, truthCases, truthPath } from './truth.ts';

const CYCLONUS = 'cyclonus-netpol';
const CONFORMANCE = 'cnp-conformance';
const CONNECTIVITY = 'npguard-connectivity';

async function networkOf(...paths: string[]): Promise<Network> {
  const { objects } = await readManifests(paths);
  return new Network(objects, { isComplete: false });
}

/** Network Policies, "What you can't do with network policies (at least, not yet)". */
const LOOPBACK =
  'cells of a pod to itself: "Pods cannot currently block localhost access" (kubernetes.io, Network Policies, "What you can\'t do with network policies"); its simulator applies policies to them';
test.skipIf(!hasTruth(CYCLONUS))('every cell of the tables of cyclonus', async () => {
  const tally = new Tally(CYCLONUS, 'tables');
  let cells = 0;
  for (const row of truthCases(CYCLONUS)) {
    await tally.compare(row['case']!, async () => {
      const wrong: string[] = [];
      const { model, pods } = await networkOf(
        truthPath(CYCLONUS, row['cluster']!),
        truthPath(CYCLONUS, row['policies']!),
      );
      const [header, ...lines] = readTruth(CYCLONUS, row['expected']!).toString().trim().split(/\r?\n/);
      const columns = header!.split(',').slice(2);
      for (const line of lines) {
        const [from, to, ...expected] = line.split(',');
        if (from === to) {
          for (const _ of columns) tally.leaveOutWithin(LOOPBACK);
          continue;
        }
        const verdict = model.between(pods.get(from!)!, pods.get(to!)!);
        columns.forEach((column, index) => {
          const [protocol, port] = column.split('/') as [Protocol, string];
          const ours = verdict.allowed.has(protocol, Number(port)) ? 'A' : 'B';
          cells++;
          if (ours !== expected[index] || !verdict.unknown.isEmpty) wrong.push(`${line} ${column}`);
        });
      }
      return wrong;
    });
  }
  expect(tally.finish()).toEqual([]);
  expect(cells).toBeGreaterThan(50_000);
});

test.skipIf(!hasTruth(CONFORMANCE))(
  'every poke of the conformance tests of ClusterNetworkPolicy',
  async () => {
    const tally = new Tally(CONFORMANCE, 'pokes');
    const rows = truthCases(CONFORMANCE);
    const networks = new Map<string, Promise<Network>>();
    for (const row of rows) {
      await tally.compare(row['case']!, async () => {
        const state = row['state']!;
        if (!networks.has(state)) networks.set(state, networkOf(truthPath(CONFORMANCE, state)));
        const { model, pods } = (await networks.get(state))!;
        // A pod on the network of its node is reached at the node's address.
        const to = pods.get(row['dst']!) ?? parseAddress(row['dst_ip']!)!;
        const packet = { protocol: row['protocol'] as Protocol, port: Number(row['port']) };
        const { allowed, because } = explain(model, pods.get(row['src']!)!, to, packet);
        const ours = allowed === true ? 'allow' : allowed === false ? 'deny' : 'unknown';
        return [
          ...(because.length > 0 ? [] : ['without an argument']),
          ...(ours === row['expected'] ? [] : [ours]),
        ];
      });
    }
    expect(tally.finish()).toEqual([]);
    expect(rows.length).toBeGreaterThan(100);
  },
);

const BLOCK = /^(\d+\.\d+\.\d+\.\d+)-(\d+\.\d+\.\d+\.\d+)$/;

/** `TCP 80,90-100,UDP 53`, and `All Connections`. */
function portsOf(text: string): string {
  if (text === 'All Connections')
    return PROTOCOLS.map((protocol) => `${protocol} 1-65535`)
      .sort()
      .join();
  let protocol = '';
  const ranges = text.split(',').map((part) => {
    const [, named, range] = /^(?:([A-Z]+) )?(\d+(?:-\d+)?)$/.exec(part.trim())!;
    protocol = named ?? protocol;
    return `${protocol} ${range!.includes('-') ? range : `${range}-${range}`}`;
  });
  return ranges.sort().join();
}

const end = (each: End<WorkloadGroup>): string | Boundaries<Address> => {
  if ('entity' in each) return `{${each.entity}}`;
  // netpol-analyzer leaves IPv6 out.
  if ('addresses' in each) return difference(each.addresses, ALL_IPV6);
  return `${each.group.namespace}/${each.group.name}[${each.group.kind}]`;
};

/** An end as netpol-analyzer writes it. */
function theirEnd(written: string): string | Boundaries<Address> {
  const name = written.replace('[External]', '');
  const block = BLOCK.exec(name);
  return block === null ? name : [parseAddress(block[1]!)!, parseAddress(block[2]!)! + 1n];
}

/** What one list of pairs has and the other has not, both ways. */
function differencesOf(theirs: readonly Pair[], ours: readonly Pair[]): Record<'lacks' | 'adds', string[]> {
  const points = new Set<Address>();
  for (const pair of [...ours, ...theirs]) {
    for (const each of pair) if (typeof each !== 'string') for (const point of each) points.add(point);
  }
  const sorted = [...points].sort((a, b) => (a < b ? -1 : 1));
  const [expected, got] = [cut(theirs, sorted), cut(ours, sorted)];
  return {
    lacks: [...expected].filter((line) => !got.has(line)),
    adds: [...got].filter((line) => !expected.has(line)),
  };
}

/** How two lists of pairs differ; undefined where they do not. */
function differenceOf(theirs: readonly Pair[], ours: readonly Pair[]): string | undefined {
  const { lacks, adds } = differencesOf(theirs, ours);
  if (lacks.length === 0 && adds.length === 0) return undefined;
  return `lacks ${lacks.length} ${lacks[0]}; adds ${adds.length} ${adds[0]}`;
}

const ourPorts = ({ ranges }: PortSet) =>
  ranges
    .map(({ protocol, from, to }) => `${protocol} ${from}-${to}`)
    .sort()
    .join();

type Pair = readonly [from: string | Boundaries<Address>, to: string | Boundaries<Address>, ports: string];

/** Pairs with all blocks cut at all points, so that it does not matter how either side merges them. */
function cut(pairs: readonly Pair[], points: readonly Address[]): Set<string> {
  const pieces = (end: string | Boundaries<Address>): string[] => {
    if (typeof end === 'string') return [end];
    const within: string[] = [];
    for (let i = 0; i < end.length; i += 2) {
      for (const point of points)
        if (point >= end[i]! && point < end[i + 1]!) within.push(formatAddress(point));
    }
    return within;
  };
  return new Set(
    pairs.flatMap(([from, to, ports]) =>
      pieces(from).flatMap((source) =>
        pieces(to).map((destination) => `${source} => ${destination} : ${ports}`),
      ),
    ),
  );
}

/** What a row was asked for alone, as its name says: `focus_workload_default_emailservice_egress_tcp-8080`. */
function focusOf(variant: string) {
  const words = variant.split('_');
  const names = variant.startsWith('focus_workload')
    ? words.slice(2).filter((word) => !/^(ingress|egress|(tcp|udp|sctp)-\d+)$/.test(word))
    : [];
  const isNamed = (each: string | Boundaries<Address>) =>
    typeof each === 'string' && names.includes(/\/(.+)\[/.exec(each)?.[1] ?? '');
  const [, protocol, port] = /(tcp|udp|sctp)-(\d+)/.exec(variant) ?? [];
  return {
    isMeant: ([from, to]: Pair) =>
      names.length === 0 ||
      (isNamed(from) && !words.includes('ingress')) ||
      (isNamed(to) && !words.includes('egress')),
    packet:
      port === undefined ? undefined : { protocol: protocol!.toUpperCase() as Protocol, port: Number(port) },
  };
}

test.skipIf(!hasTruth(CONNECTIVITY))('the connections that netpol-analyzer lists', async () => {
  const tally = new Tally(CONNECTIVITY, 'connections');
  // What explains them has no such list (tests/network-explain-truth.test.ts).
  const rows = connectivityRows(
    tally,
    ({ kind, variant }) => ['connlist', 'exposure'].includes(kind!) && !variant!.includes('explain'),
  );
  let compared = 0;
  for (const row of rows) {
    await tally.compare(row['case']!, async () => {
      const wrong: string[] = [];
      const network = await networkOf(truthPath(CONNECTIVITY, row['input']!));
      const { isMeant, packet } = focusOf(row['variant']!);
      const passes = (allowed: PortSet) =>
        packet === undefined ? !allowed.isEmpty : allowed.has(packet.protocol, packet.port);
      // What passes to and from pods on the network of their node if the network plugin ignores policies there is unknown beside it.
      const ours = [...connectionsOf(network.model, network.groups, network.entries)]
        .filter(({ allowed }) => passes(allowed))
        .map(
          ({ from, to, allowed }): Pair => [
            end(from),
            end(to),
            packet === undefined ? ourPorts(allowed) : '',
          ],
        )
        .filter(isMeant);
      // What follows is exposure; where a port was asked for, it is named above the list alone.
      const [text] = readTruth(CONNECTIVITY, row['expected_txt']!)
        .toString()
        .split(/^Exposure Analysis/m);
      const theirs = [...text!.matchAll(/^(\S+) => (\S+?)(?: : (.+?))?\s*$/gm)].map(
        ([, from, to, ports]): Pair => [
          theirEnd(from!),
          theirEnd(to!),
          ports === undefined ? '' : portsOf(ports),
        ],
      );
      compared += theirs.length;
      const found = differenceOf(theirs, ours);
      if (found !== undefined) wrong.push(`${found}`);
      return wrong;
    });
  }
  expect(tally.finish()).toEqual([]);
  expect(rows.length).toBeGreaterThan(110);
  expect(compared).toBeGreaterThan(1000);
});

test.skipIf(!hasTruth(CONNECTIVITY))('nothing is certain of pods in a network of their own', async () => {
  // Where there are secondary networks too, its inputs state the primary ones in an API group that has none.
  const rows = truthCases(CONNECTIVITY).filter(
    ({ kind, variant, features }) =>
      kind === 'connlist' &&
      variant === '' &&
      features!.includes('UserDefinedNetwork') &&
      !features!.includes('NetworkAttachmentDefinition'),
  );
  const wrong: string[] = [];
  for (const row of rows) {
    const network = await networkOf(truthPath(CONNECTIVITY, row['input']!));
    const ours = [...connectionsOf(network.model, network.groups, network.entries)]
      .filter(({ allowed }) => !allowed.isEmpty)
      .map(({ from, to, allowed }): Pair => [end(from), end(to), ourPorts(allowed)]);
    const text = readTruth(CONNECTIVITY, row['expected_txt']!)
      .toString()
      .replaceAll(/\[c?udn\]/g, '');
    const theirs = [...text.matchAll(/^(\S+) => (\S+) : (.+?)\s*$/gm)].map(
      ([, from, to, ports]): Pair => [theirEnd(from!), theirEnd(to!), portsOf(ports!)],
    );
    for (const line of differencesOf(theirs, ours).adds) wrong.push(`${row['case']}: ${line}`);
  }
  expect(rows.length).toBeGreaterThan(9);
  expect(wrong).toEqual([]);
});

const DIFFERENCE =
  /^diff-type: \w+, source: (.+?), destination: (.+?), (?:ref|dir)1: (.+?), (?:ref|dir)2: (.+?)(?:, workloads-diff-info: .*)?$/gm;

test.skipIf(!hasTruth(CONNECTIVITY))('the differences that netpol-analyzer finds', async () => {
  const algebra = new PortAlgebra();
  const setOf = (text: string) =>
    algebra.of(
      text === 'No Connections'
        ? []
        : portsOf(text)
            .split(',')
            .map((range) => {
              const [, protocol, from, to] = /^(\w+) (\d+)-(\d+)$/.exec(range)!;
              return { protocol: protocol as Protocol, from: Number(from), to: Number(to) };
            }),
    );
  const tally = new Tally(CONNECTIVITY, 'differences');
  const rows = connectivityRows(tally, ({ kind }) => kind === 'diff');
  for (const row of rows) {
    await tally.compare(row['case']!, async () => {
      const wrong: string[] = [];
      const before = await networkOf(truthPath(CONNECTIVITY, row['input2']!));
      const after = await networkOf(truthPath(CONNECTIVITY, row['input']!));
      const ours = [...compareNetworks(before, after)]
        .filter(({ granted, revoked }) => !granted.isEmpty || !revoked.isEmpty)
        .map(
          ({ from, to, granted, revoked }): Pair => [
            end(from),
            end(to),
            `+${ourPorts(granted)} -${ourPorts(revoked)}`,
          ],
        );
      const text = readTruth(CONNECTIVITY, row['expected_txt']!).toString();
      const theirs = [...text.matchAll(DIFFERENCE)].map(([, from, to, first, second]): Pair => {
        const [a, b] = [setOf(first!), setOf(second!)];
        const [granted, revoked] = [algebra.difference(b, a), algebra.difference(a, b)];
        return [theirEnd(from!), theirEnd(to!), `+${ourPorts(granted)} -${ourPorts(revoked)}`];
      });
      const found = differenceOf(theirs, ours);
      if (found !== undefined) wrong.push(`${found}`);
      return wrong;
    });
  }
  expect(tally.finish()).toEqual([]);
  expect(rows.length).toBeGreaterThan(20);
});
