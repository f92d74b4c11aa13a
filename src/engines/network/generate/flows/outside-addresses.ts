import { type Address, parseBlock } from '../../addresses.ts';
import { INTERNET } from '../../exposure/internet.ts';
import { intersection } from '../../intervals.ts';
import type { WorkloadGroup } from '../../network.ts';
import type { Block, PolicyPort, Seen } from '../evidence.ts';

/** More addresses than these are not listed one by one: they are those of a service that has many, and change. */
const MOST = 8;

/** Blocks for addresses that are many: the private networks that hold some of them, and the internet. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
const REST: readonly Block[] = [
  {
    cidr: '0.0.0.0/0',
    except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  },
  { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] },
];

export interface Gathered {
  readonly group: WorkloadGroup;
  /** Whether the addresses are those of clients. */
  readonly isInto: boolean;
  readonly protocol: PolicyPort['protocol'];
  readonly port: PolicyPort['port'];
  readonly blocks: readonly Block[];
  readonly seen: Seen;
  readonly names: readonly string[];
  readonly isMany: boolean;
}

interface Collected {
  readonly group: WorkloadGroup;
  readonly isInto: boolean;
  readonly port: PolicyPort;
  readonly byAddress: Map<string, { seen: Seen; readonly names: Set<string> }>;
}

/** Addresses outside of the cluster, by the workload and the port that they are seen with. */
export class OutsideAddresses {
  readonly #collected = new Map<WorkloadGroup, Map<string, Collected>>();

  add(
    group: WorkloadGroup,
    isInto: boolean,
    port: PolicyPort,
    blocks: readonly Block[],
    seen: Seen,
    names: readonly string[],
  ): void {
    const ofGroup = this.#collected.get(group) ?? new Map<string, Collected>();
    this.#collected.set(group, ofGroup);
    const key = `${isInto} ${port.protocol} ${port.port}`;
    const collected = ofGroup.get(key) ?? { group, isInto, port, byAddress: new Map() };
    ofGroup.set(key, collected);
    for (const { cidr } of blocks) {
      const known = collected.byAddress.get(cidr);
      if (known === undefined) collected.byAddress.set(cidr, { seen, names: new Set(names) });
      else {
        known.seen = together(known.seen, seen);
        for (const name of names) known.names.add(name);
      }
    }
  }

  *gathered(): Generator<Gathered> {
    for (const ofGroup of this.#collected.values()) {
      for (const { group, isInto, port, byAddress } of ofGroup.values()) {
        const base = { group, isInto, ...port };
        if (byAddress.size <= MOST) {
          for (const [cidr, { seen, names }] of byAddress) {
            yield { ...base, blocks: [{ cidr, except: [] }], seen, names: [...names].sort(), isMany: false };
          }
          continue;
        }
        const cidrs = [...byAddress.keys()];
        const seen = [...byAddress.values()].map((each) => each.seen).reduce(together);
        const names = [...new Set([...byAddress.values()].flatMap((each) => [...each.names]))].sort();
        yield { ...base, blocks: widened(cidrs), seen, names, isMany: true };
      }
    }
  }
}

function together(a: Seen, b: Seen): Seen {
  const times = [a.first, a.last, b.first, b.last].filter((time) => time !== undefined);
  return {
    count: a.count + b.count,
    first: times.length === 0 ? undefined : Math.min(...times),
    last: times.length === 0 ? undefined : Math.max(...times),
    files: [...new Set([...a.files, ...b.files])].sort(),
  };
}

function widened(cidrs: readonly string[]): Block[] {
  const isIn = (cidr: string, block: readonly Address[]) => intersection(parseBlock(cidr)!, block).length > 0;
  const blocks: Block[] = PRIVATE.filter((block) => cidrs.some((cidr) => isIn(cidr, parseBlock(block)!))).map(
    (cidr) => ({ cidr, except: [] }),
  );
  const others = cidrs.filter((cidr) => !PRIVATE.some((block) => isIn(cidr, parseBlock(block)!)));
  // What is neither private nor on the internet, such as link-local addresses, is listed whatever its number.
  const odd = others.filter((cidr) => !isIn(cidr, INTERNET));
  const isOf = (family: 'v4' | 'v6') =>
    others.some((cidr) => isIn(cidr, INTERNET) && cidr.includes(':') === (family === 'v6'));
  return [
    ...blocks,
    ...(isOf('v4') ? [REST[0]!] : []),
    ...(isOf('v6') ? [REST[1]!] : []),
    ...odd.map((cidr) => ({ cidr, except: [] })),
  ];
}
