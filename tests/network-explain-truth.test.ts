import { expect, test } from 'vitest';
import {
  type Because,
  type Endpoint,
  explain,
  Network,
  type NetworkPod,
  type Protocol,
  parseAddress,
} from '../src/engines/network/index.ts';
import { readManifests } from '../src/evidence/manifests/index.ts';
import { connectivityRows } from './oracles/connectivity.ts';
import { Tally } from './oracles/tally.ts';
import { hasTruth, readTruth, truthPath } from './truth.ts';

const CONNECTIVITY = 'npguard-connectivity';

/** What it says of some ports between two ends: whether they pass, and which policies and rules have a say at each end. */
interface Told {
  readonly from: string;
  readonly to: string;
  readonly isAllowed: boolean;
  readonly ports: readonly (readonly [Protocol, number])[];
  readonly egress: Side;
  readonly ingress: Side;
}

interface Side {
  isAllowed: boolean | undefined;
  /** `Kind name`, with the rule that lets through, stops or passes on. */
  readonly rules: string[];
  /** Policies that select the pod, and none of whose rules lets the packet through. */
  readonly without: string[];
}

/** `TCP:[1-79,81-65535], UDP`: the first and the last port of each range. */
function portsOf(text: string): (readonly [Protocol, number])[] {
  return [...text.matchAll(/(TCP|UDP|SCTP)(?::\[([^\]]*)\])?/g)].flatMap(([, protocol, ranges = '1-65535']) =>
    [...ranges.matchAll(/\d+/g)].map(([port]) => [protocol as Protocol, Number(port)] as const),
  );
}

const SEPARATOR = /^-{20,}$/m;
const RULE = /(\w*NetworkPolicy) '(.+?)' (?:allows|denies|passes) .*? rule (\S+)/g;
const SELECTS = /(\w*NetworkPolicy) '(.+?)' selects /g;
const NOTHING: Side = { isAllowed: true, rules: [], without: [] };

/** What is said of one end, until what is said of the other. */
function sideOf(part: string, direction: 'Egress' | 'Ingress'): Side {
  const section = part.split(/^\t\t(?=\w)/m).find((each) => each.startsWith(`${direction} (`));
  if (section === undefined) return { isAllowed: undefined, rules: [], without: [] };
  return {
    isAllowed: section.startsWith(`${direction} (Allowed)`),
    rules: [...section.matchAll(RULE)].map(([, kind, name, rule]) => `${kind} ${name} ${rule}`).sort(),
    without: [...section.matchAll(SELECTS)].map(([, kind, name]) => `${kind} ${name}`).sort(),
  };
}

function* toldIn(text: string): Generator<Told> {
  for (const block of text.split(SEPARATOR)) {
    const between = /Connections between (.+?) => (.+?):$/m.exec(block);
    if (between === null) continue;
    const [, from, to] = between;
    // What comes after the last block is of other pairs.
    const [own] = block.split(/^#{20,}$/m);
    for (const part of own!.split(/^\t(?=Allowed |Denied )/m).slice(1)) {
      const [, word, ports] = /^(Allowed|Denied) (.+?) due to /.exec(part)!;
      const isAllowed = word === 'Allowed';
      // `Allowed … due to the system default` has no sections: no policy says anything at either end.
      const isDefault = /^Allowed .+ due to the system default/.test(part);
      const side = (direction: 'Egress' | 'Ingress') => (isDefault ? NOTHING : sideOf(part, direction));
      yield {
        from: from!,
        to: to!,
        isAllowed,
        ports: portsOf(ports!),
        egress: side('Egress'),
        ingress: side('Ingress'),
      };
    }
  }
  const [, whole = ''] = text.split(/^# All Connections due to the system default.*\n#+$/m);
  for (const [, from, to] of whole.split(/\n\n/)[0]!.matchAll(/^(.+?) => (.+?)$/gm)) {
    yield {
      from: from!,
      to: to!,
      isAllowed: true,
      ports: portsOf('TCP, UDP, SCTP'),
      egress: NOTHING,
      ingress: NOTHING,
    };
  }
}

const policyName = ({
  kind,
  namespace,
  name,
}: {
  kind: string;
  namespace: string | undefined;
  name: string;
}) => `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;

function ourSide(because: readonly Because[], direction: Because['direction']): Omit<Side, 'isAllowed'> {
  const own = because.filter((each) => each.direction === direction);
  const rules = own.flatMap((each) => {
    if (!('rule' in each)) return [];
    const { rule, policy } = each;
    const [, index] = /\[(\d+)\]$/.exec(rule.path)!;
    return [`${policyName(policy)} ${rule.name ?? `#${Number(index) + 1}`}`];
  });
  const without = own.flatMap((each) => (each.effect === 'no-rule' ? each.policies.map(policyName) : []));
  return { rules: rules.sort(), without: without.sort() };
}

const ON_HOST_NETWORK =
  'packets of pods on the network of their node, which we call unknown and it does not: "undefined" in kubernetes.io, Network Policies, "NetworkPolicy and hostNetwork pods"';
const NO_REASON = 'ends of packets for which it gives no reason: the verdict is compared, the reason is not';

test.skipIf(!hasTruth(CONNECTIVITY))(
  'how netpol-analyzer explains what passes and what does not',
  async () => {
    const tally = new Tally(CONNECTIVITY, 'explanations');
    const rows = connectivityRows(
      tally,
      ({ case: name, kind }) => kind !== 'diff' && name!.includes('explain'),
    );
    const count = { packets: 0, rules: 0, unexplained: 0 };
    for (const row of rows) {
      await tally.compare(row['case']!, async () => {
        const wrong: string[] = [];
        const { objects } = await readManifests([truthPath(CONNECTIVITY, row['input']!)]);
        const { model, groups } = new Network(objects, { isComplete: false });
        const pods = new Map<string, NetworkPod>(
          groups.map(({ namespace, kind, name, pods: [first] }) => [`${namespace}/${name}[${kind}]`, first!]),
        );
        const end = (written: string): Endpoint | undefined => {
          const block = /^(\d+\.\d+\.\d+\.\d+)-/.exec(written);
          return block === null ? pods.get(written) : parseAddress(block[1]!);
        };
        for (const told of toldIn(readTruth(CONNECTIVITY, row['expected_txt']!).toString())) {
          // Nobody can ask for its ingress controller as an end.
          if (told.from === '{ingress-controller}') continue;
          const [from, to] = [end(told.from), end(told.to)];
          for (const [protocol, port] of told.ports) {
            count.packets++;
            const name = `${told.from} => ${told.to} ${protocol}/${port}`;
            const { allowed, because } = explain(model, from!, to!, { protocol, port });
            // It holds NetworkPolicies to be enforced for pods on the network of their node, of which Kubernetes says that it is not
            // defined (Network Policies, "NetworkPolicy and hostNetwork pods").
            if (allowed === 'unknown' && because.some(({ effect }) => effect === 'host-network'))
              tally.leaveOutWithin(ON_HOST_NETWORK);
            else if (allowed !== told.isAllowed) wrong.push(`${name}: ${allowed}`);
            for (const direction of ['egress', 'ingress'] as const) {
              const { isAllowed, rules, without } = told[direction];
              // Where it gives no reason at all, ours is not compared.
              if (isAllowed === undefined) {
                count.unexplained++;
                tally.leaveOutWithin(NO_REASON);
                continue;
              }
              const ours = ourSide(because, direction);
              count.rules += rules.length + without.length;
              if (ours.rules.join() !== rules.join() || ours.without.join() !== without.join())
                wrong.push(
                  `${name} ${direction}: ${rules} without ${without}; ours ${ours.rules} without ${ours.without}`,
                );
            }
          }
        }
        return wrong;
      });
    }
    expect(tally.finish()).toEqual([]);
    expect(rows.length).toBeGreaterThan(20);
    expect(count.packets).toBeGreaterThan(7000);
    expect(count.unexplained).toBeLessThan(20);
  },
);
