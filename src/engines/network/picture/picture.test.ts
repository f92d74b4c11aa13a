import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALL_IPV4, parseBlock } from '../addresses.ts';
import type { Connection, End } from '../connections.ts';
import { INTERNET } from '../exposure/internet.ts';
import { difference, union } from '../intervals.ts';
import type { WorkloadGroup } from '../network.ts';
import { PortAlgebra, type PortSet } from '../ports.ts';
import { collapse, isCrowded, writtenInto } from './collapse.ts';
import { partsOf } from './outside.ts';
import { type ArrowEnd, type Picture, type PictureNode, pictureOf } from './picture.ts';

const algebra = new PortAlgebra();
const tcp = (from: number, to = from) => algebra.of([{ protocol: 'TCP', from, to }]);
const SETS = [algebra.none, tcp(80), tcp(443), algebra.union(tcp(80), tcp(443)), algebra.all];
const PRIVATE = parseBlock('10.0.0.0/8')!;
const INSIDE = parseBlock('10.1.0.0/16')!;
const BLOCKS = [ALL_IPV4, PRIVATE, INSIDE, difference(ALL_IPV4, PRIVATE), difference(PRIVATE, INSIDE)];

type Group = WorkloadGroup;
type Pair = Connection<Group>;

const group = (namespace: string, name: string): Group => ({ namespace, kind: 'Deployment', name, pods: [] });
const keyOf = (end: End<Group>): string => {
  if ('group' in end) return `${end.group.namespace}/${end.group.name}`;
  return 'entity' in end
    ? end.entity
    : `${BLOCKS.findIndex((block) => block.join() === end.addresses.join())}`;
};

/** Pods that are judged by what they are: so twins, open pods and odd ones come together as they do in clusters. */
const worlds = fc
  .record({
    namespaces: fc.integer({ min: 1, max: 4 }),
    workloads: fc.integer({ min: 1, max: 14 }),
    kinds: fc.array(fc.nat({ max: 3 }), { minLength: 14, maxLength: 14 }),
    open: fc.array(fc.nat({ max: SETS.length - 1 }), { minLength: 64, maxLength: 64 }),
    maybe: fc.array(fc.nat({ max: 3 * SETS.length }), { minLength: 64, maxLength: 64 }),
    outside: fc.array(fc.nat({ max: SETS.length - 1 }), { minLength: 20, maxLength: 20 }),
    odd: fc.array(fc.tuple(fc.nat({ max: 13 }), fc.nat({ max: 13 }), fc.nat({ max: SETS.length - 1 })), {
      maxLength: 5,
    }),
  })
  .map(({ namespaces, workloads, kinds, open, maybe, outside, odd }) => {
    const groups = Array.from({ length: workloads }, (_, index) =>
      group(`n${index % namespaces}`, `w${index}`),
    );
    const pairs: Pair[] = [];
    const put = (from: End<Group>, to: End<Group>, allowed: PortSet, unknown: PortSet) => {
      if (!allowed.isEmpty || !unknown.isEmpty) pairs.push({ from, to, allowed, unknown });
    };
    groups.forEach((from, a) => {
      groups.forEach((to, b) => {
        if (a === b) return;
        const same = (a % namespaces === b % namespaces ? 1 : 0) * 16;
        const at = kinds[a]! * 4 + kinds[b]! + same;
        const exception = odd.find(([source, destination]) => source === a && destination === b)?.[2];
        put({ group: from }, { group: to }, SETS[exception ?? open[at]!]!, SETS[maybe[at]!] ?? algebra.none);
      });
      BLOCKS.slice(kinds[a]! > 1 ? 2 : 0, kinds[a]! > 1 ? 5 : 2).forEach((addresses, index) => {
        if (kinds[a]! > 1 && index === 0)
          put({ group: from }, { addresses }, SETS[outside[a]!]!, algebra.none);
        if (index === 1) put({ addresses }, { group: from }, SETS[outside[kinds[a]!]!]!, algebra.none);
      });
      if (kinds[a] === 0) put({ entity: 'ingress-controller' }, { group: from }, SETS[1]!, algebra.none);
    });
    return { groups, pairs };
  });

/** Everything that an end of an arrow holds: workloads by name, addresses as one of a set of test blocks, an entity. */
function held(picture: Picture, end: ArrowEnd): readonly (Group | PictureNode)[] {
  const members = (node: PictureNode) =>
    node.kind === 'workloads' || node.kind === 'namespaces' ? node.groups : [node];
  if ('node' in end) return members(picture.nodes[end.node]!);
  return picture.nodes.flatMap((node): readonly (Group | PictureNode)[] => {
    if ('namespace' in end)
      return node.kind === 'workloads' && node.namespace === end.namespace ? node.groups : [];
    if (end.every === 'address') return node.kind === 'addresses' ? [node] : [];
    if (end.every === 'namespace') return node.kind === 'namespaces' ? node.groups : [];
    return node.kind === 'workloads' || node.kind === 'namespaces' ? node.groups : [];
  });
}

/** Ports by pair of an exact picture, addresses taken at some points. */
const POINTS = ['10.0.0.1', '10.1.0.1', '1.1.1.1', '127.0.0.1'].map((text) => parseBlock(`${text}/32`)![0]!);

function expanded(picture: Picture, isKnown: boolean): Map<string, PortSet> {
  const result = new Map<string, PortSet>();
  const names = (end: ArrowEnd): string[] =>
    held(picture, end).flatMap((each) => {
      if ('name' in each) return [keyOf({ group: each })];
      if (each.kind === 'ingress-controller') return ['ingress-controller'];
      return each.kind === 'addresses' ? pointsIn(each.addresses) : [];
    });
  for (const arrow of picture.arrows.filter((each) => each.isKnown === isKnown)) {
    for (const from of names(arrow.from)) {
      for (const to of names(arrow.to)) {
        if (from === to) continue;
        const key = `${from} ${to}`;
        result.set(key, algebra.union(result.get(key) ?? algebra.none, arrow.ports));
      }
    }
  }
  return result;
}

function pointsIn(set: readonly bigint[]): string[] {
  return POINTS.flatMap((point, index) => {
    for (let i = 0; i < set.length; i += 2) if (point >= set[i]! && point < set[i + 1]!) return [`@${index}`];
    return [];
  });
}

function wanted(pairs: readonly Pair[], isKnown: boolean): Map<string, PortSet> {
  const result = new Map<string, PortSet>();
  const names = (end: End<Group>) => ('addresses' in end ? pointsIn(end.addresses) : [keyOf(end)]);
  for (const { from, to, allowed, unknown } of pairs) {
    const ports = isKnown ? allowed : unknown;
    if (ports.isEmpty) continue;
    for (const source of names(from)) {
      for (const destination of names(to)) {
        const key = `${source} ${destination}`;
        result.set(key, algebra.union(result.get(key) ?? algebra.none, ports));
      }
    }
  }
  return result;
}

const texts = (map: ReadonlyMap<string, PortSet>) => [...map].map(([key, { id }]) => `${key} ${id}`).sort();

test('the arrows of a picture are exactly the connections', () => {
  fc.assert(
    fc.property(worlds, ({ groups, pairs }) => {
      const picture = pictureOf(algebra, groups, pairs);
      for (const isKnown of [true, false]) {
        expect(texts(expanded(picture, isKnown))).toEqual(texts(wanted(pairs, isKnown)));
      }
      const all = picture.nodes.flatMap((node) => (node.kind === 'workloads' ? node.groups : []));
      expect(new Set(all)).toEqual(new Set(groups));
      expect(all.length).toBe(groups.length);
    }),
    { numRuns: 400, seed: 6 },
  );
});

test('a crowded picture says of each two nodes all that is open for some of their pods, and no more', () => {
  fc.assert(
    fc.property(worlds, fc.integer({ min: 1, max: 6 }), ({ groups, pairs }, nodes) => {
      const picture = collapse(algebra, pictureOf(algebra, groups, pairs), { nodes, arrows: 4 });
      const members = picture.nodes.map((_, node) => {
        const all = held(picture, { node });
        return all.flatMap((each) => ('name' in each ? [keyOf({ group: each })] : []));
      });
      const exact = wanted(pairs, true);
      members.forEach((sources, from) => {
        members.forEach((destinations, to) => {
          if (from === to && sources.length < 2) return;
          let some = algebra.none;
          for (const source of sources) {
            for (const destination of destinations) {
              some = algebra.union(some, exact.get(`${source} ${destination}`) ?? algebra.none);
            }
          }
          let drawn = algebra.none;
          for (const arrow of picture.arrows) {
            // That is: every other one.
            const isOther = [arrow.from, arrow.to].some((end) => 'every' in end && end.every === 'namespace');
            if (isOther && from === to) continue;
            const covers = (end: ArrowEnd, names: readonly string[]) => {
              const all = held(picture, end).flatMap((each) =>
                'name' in each ? [keyOf({ group: each })] : [],
              );
              return names.length > 0 && names.every((name) => all.includes(name));
            };
            if (arrow.isKnown && covers(arrow.from, sources) && covers(arrow.to, destinations))
              drawn = algebra.union(drawn, arrow.ports);
          }
          expect(drawn).toBe(some);
        });
      });
      const isMerged = (end: ArrowEnd) =>
        'node' in end
          ? picture.nodes[end.node]!.kind === 'namespaces'
          : 'every' in end && end.every === 'namespace';
      for (const { from, to, isPartial } of picture.arrows) {
        expect(isPartial).toBe(isMerged(from) || isMerged(to));
      }
    }),
    { numRuns: 300, seed: 6 },
  );
});

const every = (groups: readonly Group[], ports: PortSet): Pair[] =>
  groups.flatMap((from) =>
    groups.flatMap((to): Pair[] =>
      from === to
        ? []
        : [{ from: { group: from }, to: { group: to }, allowed: ports, unknown: algebra.none }],
    ),
  );

test('three hundred pods that are all open to each other are one statement', () => {
  const groups = Array.from({ length: 300 }, (_, index) => group(`n${index % 30}`, `w${index}`));
  const { nodes, arrows } = pictureOf(algebra, groups, every(groups, algebra.all));
  expect(nodes).toHaveLength(30);
  expect(arrows).toMatchObject([{ from: { every: 'pod' }, to: { every: 'pod' }, isKnown: true }]);
  expect(writtenInto(nodes, arrows[0]!)).toBe('to');
});

test('what every pod reaches is said at the pod, and a whole namespace is one end', () => {
  const groups = ['a/1', 'a/2', 'a/3', 'b/1', 'b/2', 'b/3'].map((text) => {
    const [namespace, name] = text.split('/');
    return group(namespace!, name!);
  });
  const [first, second, third] = groups as [Group, Group, Group];
  const open = (from: Group, to: Group, ports: PortSet): Pair => ({
    from: { group: from },
    to: { group: to },
    allowed: ports,
    unknown: algebra.none,
  });
  const pairs = [
    ...groups.slice(1).map((from) => open(from, first, tcp(80))),
    ...groups.slice(3).map((to) => open(second, to, tcp(443))),
    open(third, second, tcp(1)),
  ];
  const { nodes, arrows } = pictureOf(algebra, groups, pairs);
  const names = nodes.map((node) =>
    node.kind === 'workloads' ? node.groups.map(({ name }) => name).join() : '',
  );
  expect(names).toEqual(['1', '2', '3', '1,2,3']);
  expect(arrows.map(({ from, to, ports }) => [from, to, ports.id])).toEqual([
    [{ every: 'pod' }, { node: 0 }, tcp(80).id],
    [{ node: 1 }, { node: 3 }, tcp(443).id],
    [{ node: 2 }, { node: 1 }, tcp(1).id],
  ]);
});

test('namespaces that are alike become one node only where nothing else helps', () => {
  const groups = Array.from({ length: 40 }, (_, index) => group(`n${index % 20}`, `w${index}`));
  const pairs = groups.flatMap((from, a) =>
    groups.flatMap((to, b): Pair[] =>
      a !== b && a % 20 === b % 20 && a < b
        ? [{ from: { group: from }, to: { group: to }, allowed: tcp(80), unknown: algebra.none }]
        : [],
    ),
  );
  const exact = pictureOf(algebra, groups, pairs);
  expect(exact.nodes).toHaveLength(40);
  const half = collapse(algebra, exact, { nodes: 30, arrows: 100 });
  expect(half.nodes.filter(({ kind }) => kind === 'namespaces')).toHaveLength(10);
  const one = collapse(algebra, exact, { nodes: 5, arrows: 100 });
  expect(one.nodes).toHaveLength(1);
  expect(isCrowded(one, { nodes: 5, arrows: 100 })).toBe(false);
});

test('addresses are named by what they are', () => {
  const internet = partsOf(INTERNET);
  expect(internet).toEqual([{ of: 'internet', family: undefined, isWhole: true, blocks: [], except: [] }]);
  expect(partsOf(ALL_IPV4)).toMatchObject(
    ['internet', 'private-networks', 'special-purpose'].map((of) => ({ of, family: 'IPv4', isWhole: true })),
  );
  expect(partsOf(union(PRIVATE, parseBlock('169.254.169.254/32')!))).toMatchObject([
    { of: 'private-networks', isWhole: false, blocks: ['10.0.0.0/8'] },
    { of: 'special-purpose', blocks: ['169.254.169.254/32'] },
  ]);
  expect(partsOf(difference(INTERNET, parseBlock('1.1.1.0/24')!))).toEqual([
    { of: 'internet', family: undefined, isWhole: false, blocks: [], except: ['1.1.1.0/24'] },
  ]);
  expect(partsOf(parseBlock('1.1.1.1/32')!.map((point) => point + 1n))).toMatchObject([
    { blocks: ['1.1.1.2/32'] },
  ]);
  expect(partsOf([parseBlock('1.1.1.1/32')![0]!, parseBlock('1.1.1.9/32')![0]!])).toMatchObject([
    { blocks: ['1.1.1.1-1.1.1.8'] },
  ]);
});
