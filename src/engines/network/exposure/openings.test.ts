import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { formatAddress, parseAddress } from '../addresses.ts';
import { includes } from '../intervals.ts';
import { INTERNET } from './internet.ts';
import { exposureOf, object, pod, service } from './test-exposure.ts';

const byte = fc.constantFrom(1, 8, 10, 44, 100, 172, 192, 200);
const block = fc.tuple(byte, byte, fc.integer({ min: 1, max: 17 }));
const rules = fc.array(
  fc.record({ block, except: fc.integer({ min: 18, max: 28 }), port: fc.constantFrom(80, 81, 82) }),
  { maxLength: 5 },
);

/** Whether an IPv4 address begins with the same bits as another. */
function isIn(address: bigint, base: string, bits: number): boolean {
  return (
    (address - parseAddress('0.0.0.0')!) >> BigInt(32 - bits) ===
    (parseAddress(base)! - parseAddress('0.0.0.0')!) >> BigInt(32 - bits)
  );
}

test('each client gets through where a rule names its address, and is named where not all do', () => {
  fc.assert(
    fc.property(
      rules,
      fc.array(fc.tuple(byte, byte, byte), { minLength: 5, maxLength: 20 }),
      (stated, clients) => {
        const ingress = stated.map(({ block: [a, b, bits], except, port }): JsonObject => {
          const base = `${a}.${b}.0.0`;
          return {
            from: [{ ipBlock: { cidr: `${base}/${bits}`, except: [`${base}/${except}`] } }],
            ports: [{ port }],
          };
        });
        const policy = object(
          'NetworkPolicy',
          'w',
          { spec: { podSelector: {}, policyTypes: ['Ingress'], ingress } },
          'networking.k8s.io/v1',
        );
        const ports = [80, 81, 82].map((port) => ({ name: `p${port}`, port }));
        const balancer = service('w', {
          type: 'LoadBalancer',
          allocateLoadBalancerNodePorts: false,
          externalTrafficPolicy: 'Local',
          ports,
        });
        const exposed = exposureOf([pod('w'), balancer, policy]).workloads.get('w')!;
        const way = exposed.ways.find((each) => each.way.kind === 'load-balancer')!;
        for (const [a, b, c] of clients) {
          const address = parseAddress(`${a}.${b}.${c}.7`)!;
          if (!includes(INTERNET, address)) continue;
          for (const { target, isOpen, clients: named } of way.ports) {
            const passes = stated.some(
              ({ block: [x, y, bits], except, port }) =>
                port === target.from &&
                isIn(address, `${x}.${y}.0.0`, bits) &&
                !isIn(address, `${x}.${y}.0.0`, except),
            );
            const ours = isOpen === true && (named === undefined || includes(named, address));
            expect(ours, `${formatAddress(address)} ${target.from}`).toBe(passes);
          }
        }
      },
    ),
    { seed: 6, numRuns: 300 },
  );
});
