import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PortAlgebra, type PortRange, PROTOCOLS } from './ports.ts';

const SEED = 20261123;

const range = fc
  .record({
    protocol: fc.constantFrom(...PROTOCOLS),
    from: fc.integer({ min: 1, max: 40 }),
    size: fc.nat(20),
  })
  .map(({ protocol, from, size }): PortRange => ({ protocol, from, to: from + size }));
const ranges = fc.array(range, { maxLength: 5 });
const EVERY = PROTOCOLS.flatMap((protocol) => Array.from({ length: 65 }, (_, port) => ({ protocol, port })));

test(`sets of ports are sets (seed ${SEED})`, () => {
  const algebra = new PortAlgebra();
  fc.assert(
    fc.property(ranges, ranges, (first, second) => {
      const [a, b] = [algebra.of(first), algebra.of(second)];
      const isIn = (list: PortRange[], protocol: string, port: number) =>
        list.some((each) => each.protocol === protocol && each.from <= port && port <= each.to);
      const [either, both, only] = [
        algebra.union(a, b),
        algebra.intersection(a, b),
        algebra.difference(a, b),
      ];
      const wrong = EVERY.filter(({ protocol, port }) => {
        const [inA, inB] = [isIn(first, protocol, port), isIn(second, protocol, port)];
        return (
          a.has(protocol, port) !== inA ||
          either.has(protocol, port) !== (inA || inB) ||
          both.has(protocol, port) !== (inA && inB) ||
          only.has(protocol, port) !== (inA && !inB)
        );
      });
      expect(wrong).toEqual([]);
      // Equal sets are the same object, however they came about.
      expect(algebra.union(a, b)).toBe(algebra.of([...second, ...first]));
      expect(algebra.of([...a.ranges])).toBe(a);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('ports are 1 to 65535', () => {
  const algebra = new PortAlgebra();
  expect(algebra.of([{ protocol: 'UDP', from: 0, to: 70_000 }]).ranges).toEqual([
    { protocol: 'UDP', from: 1, to: 65_535 },
  ]);
  expect(algebra.all.ranges).toHaveLength(3);
  expect(algebra.difference(algebra.all, algebra.of([{ protocol: 'TCP', from: 80, to: 80 }])).ranges).toEqual(
    [
      { protocol: 'TCP', from: 1, to: 79 },
      { protocol: 'TCP', from: 81, to: 65_535 },
      { protocol: 'UDP', from: 1, to: 65_535 },
      { protocol: 'SCTP', from: 1, to: 65_535 },
    ],
  );
});
