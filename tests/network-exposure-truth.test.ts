import { expect, test } from 'vitest';
import { Exposure, Network, type PortSet, PROTOCOLS, type Protocol } from '../src/engines/network/index.ts';
import { PortAlgebra } from '../src/engines/network/ports.ts';
import { readManifests } from '../src/evidence/manifests/index.ts';
import { asObject, type JsonObject } from '../src/kubernetes/json.ts';
import { connectivityRows } from './oracles/connectivity.ts';
import { Tally } from './oracles/tally.ts';
import { hasTruth, readTruth, truthPath } from './truth.ts';

const CONNECTIVITY = 'npguard-connectivity';

/** Its words for ports as ours: `SCTP 1-65535,TCP 80-80`. */
function portsOf(text: string): string {
  if (text === 'All Connections')
    return PROTOCOLS.map((protocol) => `${protocol} 1-65535`)
      .sort()
      .join();
  const ranges: string[] = [];
  // A name of AdminNetworkPolicy has no protocol.
  let protocol = 'TCP';
  for (const part of text.split(',')) {
    const [, named, port = ''] = /^\s*(?:(TCP|UDP|SCTP) )?(\S+)\s*$/.exec(part) ?? [];
    protocol = named ?? protocol;
    const [from, to = from] = port.split('-');
    ranges.push(`${protocol} ${from}-${to}`);
  }
  return ranges.sort().join();
}

function setOf(algebra: PortAlgebra, text: string): PortSet {
  return algebra.of(
    text.split(',').map((range) => {
      const [, protocol, from, to] = /^(\w+) (\d+)-(\d+)$/.exec(range)!;
      return { protocol: protocol as Protocol, from: Number(from), to: Number(to) };
    }),
  );
}

function textOf({ ranges }: PortSet): string {
  return ranges
    .map(({ protocol, from, to }) => `${protocol} ${from}-${to}`)
    .sort()
    .join();
}

test.skipIf(!hasTruth(CONNECTIVITY))('what netpol-analyzer says the entire cluster reaches', async () => {
  const tally = new Tally(CONNECTIVITY, 'exposure, entire cluster');
  const rows = connectivityRows(
    tally,
    ({ kind, variant }) => kind === 'exposure' && ['', 'explain'].includes(variant!),
  );
  let [exposed, labelled] = [0, 0];
  for (const row of rows) {
    await tally.compare(row['case']!, async () => {
      const wrong: string[] = [];
      const { objects } = await readManifests([truthPath(CONNECTIVITY, row['input']!)]);
      const network = new Network(objects, { isComplete: false });
      const exposure = new Exposure(network, { objects, isComplete: false, knowsNodes: false });
      const { algebra } = network.model;
      const text = readTruth(CONNECTIVITY, row['expected_txt']!).toString();
      const theirs = [...text.matchAll(/^(\S+)\s+<=\s+entire-cluster : (.+?)\s*$/gm)].map(
        ([, workload, ports]) => `${workload} ${portsOf(ports!)}`,
      );
      const byLabels = [...text.matchAll(/^(\S+)\s+<=\s+\[all namespaces\]\/\[pod with .+?\] : (.+?)\s*$/gm)];
      const ours: string[] = [];
      for (const group of network.groups) {
        const name = `${group.namespace}/${group.name}[${group.kind}]`;
        const { anyNamespace, byLabels: labels } = exposure.of(group);
        if (!anyNamespace.allowed.isEmpty) ours.push(`${name} ${textOf(anyNamespace.allowed)}`);
        for (const [, , ports] of byLabels.filter(([, workload]) => workload === name)) {
          labelled++;
          // With the right labels a pod has what every pod has, and this.
          const ranges = setOf(algebra, portsOf(ports!));
          if (!algebra.difference(ranges, algebra.union(anyNamespace.allowed, labels)).isEmpty)
            wrong.push(`${name} by labels ${ports}; ours ${textOf(labels)}`);
        }
      }
      exposed += theirs.length;
      const lacks = theirs.filter((line) => !ours.includes(line));
      const adds = ours.filter((line) => !theirs.includes(line));
      if (lacks.length + adds.length > 0) wrong.push(`lacks ${lacks} adds ${adds}`);
      return wrong;
    });
  }
  expect(tally.finish()).toEqual([]);
  expect(rows.length).toBeGreaterThan(50);
  expect(labelled).toBeGreaterThan(1);
  expect(exposed).toBeGreaterThan(30);
});

interface Guest {
  readonly namespace: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>> | undefined;
  };
  readonly labels: Readonly<Record<string, string>>;
}

const REQUIREMENT = /\{Key:([^,]+),Operator:(\w+),Values:\[([^\]]*)\],\}|([^{},=]+)=([^{},]*)/g;

/** Whether labels fulfil a selector as it writes it: `{app=x,{Key:role,Operator:In,Values:[a b],}}`. */
function fulfils(labels: Readonly<Record<string, string>>, selector: string): boolean {
  return [...selector.matchAll(REQUIREMENT)].every(([, key = '', operator, values = '', name, value]) => {
    if (name !== undefined) return labels[name] === value;
    const own = labels[key];
    if (operator === 'Exists') return own !== undefined;
    if (operator === 'DoesNotExist') return own === undefined;
    return (own !== undefined && values.split(' ').includes(own)) === (operator === 'In');
  });
}

/** Labels that just fulfil `{app=x,{Key:role,Operator:In,Values:[a b],}}`: one set for each of the values. */
function labelsFor(selector: string): Record<string, string>[] {
  let sets: Record<string, string>[] = [{}];
  const add = (key: string, values: readonly string[]) => {
    sets = sets.flatMap((labels) => values.map((value) => ({ ...labels, [key]: value })));
  };
  for (const [, key, operator, values, name, value] of selector.matchAll(REQUIREMENT)) {
    if (name !== undefined) add(name, [value!]);
    else if (operator === 'In') add(key!, values!.split(' '));
    else if (operator === 'Exists') add(key!, ['any']);
  }
  return sets;
}

const PEER = /^(\[.*?\]|[^[/]+)\/\[(.*)\]$/;
const OF_NAMESPACES = /^\[namespace with (.*)\]$/;

/** Pods that are just what `[namespace with {…}]/[pod with {…}]` says and nothing more, in namespaces that are not there yet. */
function guestsOf(peer: string): Guest[] {
  const [, namespace, pods] = PEER.exec(peer) ?? [];
  if (pods === undefined) return [{ namespace: { name: 'guests', labels: {} }, labels: {} }];
  const [, wanted] = OF_NAMESPACES.exec(namespace!) ?? [];
  const homes =
    wanted !== undefined
      ? labelsFor(wanted).map((labels) => ({ name: 'guests', labels }))
      : [
          namespace === '[all namespaces]'
            ? { name: 'guests', labels: {} }
            : { name: namespace!, labels: undefined },
        ];
  return homes.flatMap((home) => labelsFor(pods).map((labels) => ({ namespace: home, labels })));
}

/** Whether a guest is one of those that a line is of, with the labels that the namespaces of the objects have. */
function isOne(guest: Guest, peer: string, labelsOf: ReadonlyMap<string, Record<string, string>>): boolean {
  const [, namespace, pods] = PEER.exec(peer) ?? [];
  if (pods === undefined) return peer === 'entire-cluster';
  const { name, labels } = guest.namespace;
  const own = { 'kubernetes.io/metadata.name': name, ...(labels ?? labelsOf.get(name)) };
  const [, wanted] = OF_NAMESPACES.exec(namespace!) ?? [];
  const isHome =
    wanted === undefined ? namespace === '[all namespaces]' || namespace === name : fulfils(own, wanted);
  return isHome && fulfils(guest.labels, pods);
}

const EXPOSED = /^(\S+)\s+(<=|=>)\s+(.+?)(?: : (.+?))?\s*$/gm;
/** Apart, so that two are no range. */
const portNamed = (index: number) => 20_001 + 2 * index;

/** A guest that is there beside the objects, with a port of each of the names. */
function withGuest(
  objects: readonly JsonObject[],
  { namespace, labels }: Guest,
  names: readonly string[],
): Network {
  const ports = names.map((name, index) => ({ name, containerPort: portNamed(index) }));
  const metadata = { name: namespace.name, labels: { ...namespace.labels } };
  return Network.of([
    ...objects,
    ...(namespace.labels === undefined ? [] : [{ apiVersion: 'v1', kind: 'Namespace', metadata }]),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'guest', namespace: namespace.name, labels: { ...labels } },
      spec: { containers: [{ name: 'guest', image: 'guest', ports }] },
    },
  ]);
}

/** `All Connections`, or nothing where the row was asked for one port alone, of which every line then speaks. */
function statedPorts(text: string | undefined, names: readonly string[], variant: string): string {
  const [, protocol, port] = /(tcp|udp|sctp)-(\d+)/.exec(variant) ?? [];
  if (text === undefined) return `${protocol!.toUpperCase()} ${port}-${port}`;
  // Names stand for ports that only a guest has.
  return portsOf(names.reduce((all, name, index) => all.replace(name, String(portNamed(index))), text));
}

const ADDITIVE =
  'lines of one selector, for a pod that another one selects as well: compared are all of its lines together, as policies "are additive" (kubernetes.io, Network Policies, "The two sorts of pod isolation")';

test.skipIf(!hasTruth(CONNECTIVITY))('what netpol-analyzer says pods reach that are not there', async () => {
  const tally = new Tally(CONNECTIVITY, 'exposure, pods by labels');
  const algebra = new PortAlgebra();
  const rows = connectivityRows(tally, ({ kind }) => kind === 'exposure');
  let [compared, together] = [0, 0];
  for (const row of rows) {
    await tally.compare(row['case']!, async () => {
      const wrong: string[] = [];
      const { objects } = await readManifests([truthPath(CONNECTIVITY, row['input']!)]);
      const raws = objects.map(({ raw }) => raw);
      const labelsOf = new Map(
        objects
          .filter(({ kind }) => kind === 'Namespace')
          .map(({ name, raw }) => [name, asObject(raw['metadata'])?.['labels'] as Record<string, string>]),
      );
      const text = readTruth(CONNECTIVITY, row['expected_txt']!).toString();
      const [, exposed = ''] = text.split(/^Exposure Analysis/m);
      const lines = [...exposed.matchAll(EXPOSED)].map(([, workload, arrow, peer, ports]) => {
        const names = [...(ports ?? '').matchAll(/(?<![A-Za-z])[a-z][a-z0-9-]*/g)].map(([name]) => name);
        const set = setOf(algebra, statedPorts(ports, names, row['variant']!));
        return { workload, arrow, peer: peer!, names, ports: set };
      });
      for (const { workload, arrow, peer, names, ports } of lines) {
        if (peer.includes('[External]')) continue;
        for (const guest of guestsOf(peer)) {
          const { model, groups, pods } = withGuest(raws, guest, names);
          const host = groups.find(
            ({ namespace, kind, name }) => `${namespace}/${name}[${kind}]` === workload,
          );
          const pod = host!.pods[0]!;
          const stranger = pods.get(`${guest.namespace.name}/guest`)!;
          // What the guest's own policies say is left out there.
          const { allowed } =
            arrow === '<='
              ? model.at(pod, 'ingress', stranger, pod)
              : model.at(pod, 'egress', stranger, stranger);
          const ours = algebra.of(allowed.ranges);
          const isAsked = /-\d+$/.test(row['variant']!);
          compared++;
          if ((isAsked ? algebra.intersection(ours, ports) : ours) === ports) continue;
          // Each of its lines is of one selector alone; a pod that several of them select has what all of them let through
          // (NetworkPolicy: "they do not conflict; they are additive").
          together++;
          const all = lines
            .filter((line) => line.workload === workload && line.arrow === arrow)
            .filter((line) => isOne(guest, line.peer, labelsOf))
            .reduce((sum, line) => algebra.union(sum, line.ports), algebra.none);
          if (ours === all) tally.leaveOutWithin(ADDITIVE);
          else {
            wrong.push(`${workload} ${arrow} ${peer}: ${textOf(ports)}; ours ${textOf(ours)}`);
          }
        }
      }
      return wrong;
    });
  }
  expect(tally.finish()).toEqual([]);
  expect(rows.length).toBeGreaterThan(60);
  expect(compared).toBeGreaterThan(240);
  expect(together).toBeLessThan(20);
});
