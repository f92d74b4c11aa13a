import { compareText } from '../../assessment/order.ts';
import {
  type Flow,
  generatePolicies,
  Network,
  type Party,
  type Proof,
  Prover,
  parseAddress,
  policyObject,
  type WorkloadGroup,
} from '../../engines/network/index.ts';
import { KubernetesObject, type Origin } from '../../kubernetes/object.ts';
import { nearest } from '../../kubernetes/spelling.ts';
import { jsonText } from '../../reports/escape.ts';
import type { GeneratePoliciesFlags } from '../commands/network/generate.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { BufferedSink } from '../outputs.ts';
import type { Field } from '../places.ts';
import { UsageError } from '../usage-error.ts';
import { nameOf, portsText } from './ends.ts';
import { readFlows } from './flow-files.ts';
import { generatedPoliciesJson } from './generated-policies-json.ts';
import { groupsText, PolicyWriter } from './generated-policies-yaml.ts';
import { tellProblems } from './problems.ts';
import { type NetworkSource, openNetwork } from './source.ts';

/** Lines of one kind that are named on standard error. */
const NAMED = 10;

/** Namespaces of the cluster's own programs, which are meant only by their name. */
const SYSTEM = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** Makes the least NetworkPolicies out of evidence, and proves them. */
export async function generate(
  context: Context,
  flags: GeneratePoliciesFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { words, terminal } = context;
  const { output, workload = [], flows: files = [], apiServer = [], namespace, ...rest } = flags;
  const { includeDropped, includeAmbiguous } = flags;
  const apiServers = apiServer.map(addressAndPort);
  const flows = files.length === 0 ? undefined : await readFlows(context, files, paths, includeDropped);
  // All of a cluster is read: whoever talks to the namespace may be in another.
  const source = await openNetwork(context, rest, paths);
  const { network, evidence } = source;
  const includes = scopeOf(network, namespace, workload);
  const generation = generatePolicies(network, evidence.objects, {
    includes,
    wholeNamespaces: workload.length === 0,
    includeAmbiguous,
    apiServers,
    log: flows?.log,
  });
  const after = applied(source, generation.policies.map(policyObject), new Set(generation.replaced));
  const proof = new Prover(network, after, generation).prove();

  const because = [
    ...generation.policies.flatMap(({ ingress = [], egress = [] }) =>
      [...ingress, ...egress].flatMap(({ peers }) => peers.flatMap((peer) => peer.because)),
    ),
    ...generation.leftOut,
  ];
  await source.places.know([
    ...because.flatMap((each): Field[] => (each.source === undefined ? [] : [each.source])),
    ...generation.replaced.map(({ raw }) => ({ raw, path: 'metadata.name' })),
  ]);
  const writer = new PolicyWriter(context, {
    generation,
    wholeNamespaces: workload.length === 0,
    flows,
    places: source.places,
  });
  const sink = new BufferedSink(terminal.stdout);
  if (output === 'json') {
    const report = generatedPoliciesJson({ generation, proof, flows, places: source.places });
    await sink.write(`${jsonText(JSON.stringify(report))}\n`);
  } else for (const text of writer.write()) await sink.write(text);
  await sink.flush();

  const isWhole = await tellProblems(context, source);
  const said = words.networkGenerate;
  if (flows !== undefined && flows.unknown > 0) {
    const { unknown: count, places } = flows;
    say(context, said.unknownLines({ count, places: places.join(', '), more: count > places.length }));
  }
  const beyond = flows?.log.beyond ?? 0;
  if (beyond > 0) say(context, said.beyond({ count: beyond }));
  if (network.groups.length === 0) say(context, words.network.nobodyFound());
  const { leftOut, outOfReach } = generation;
  if (leftOut.length > 0) {
    say(context, said.leftOutCount({ count: leftOut.length }));
    for (const item of leftOut.slice(0, NAMED)) {
      say(
        context,
        `  ${item.group === undefined ? '' : `${nameOf(item.group)}: `}${writer.leftOutText(item)}`,
      );
    }
    if (leftOut.length > NAMED) say(context, `  ${said.more({ count: leftOut.length - NAMED })}`);
  }
  if (outOfReach.length > 0) say(context, said.outOfReach({ workloads: groupsText(outOfReach) }));
  const hasEvidence = generation.flows.length > 0;
  if (!hasEvidence && generation.policies.length > 0) say(context, said.noEvidence());
  if (generation.policies.length > 0) tellProof(context, proof, generation.flows.length);
  if (proof.lost.length > 0 || proof.excess.length > 0) return EXIT.findings;
  const isSettled =
    leftOut.length === 0 && proof.unknown.length === 0 && beyond === 0 && (flows?.unknown ?? 0) === 0;
  return isWhole && isSettled && hasEvidence ? EXIT.clean : EXIT.notEvaluated;
}

function tellProof(context: Context, proof: Proof, flows: number): void {
  const said = context.words.networkGenerate;
  const tell = <T>(items: readonly T[], line: (item: T) => string) => {
    for (const item of items.slice(0, NAMED)) say(context, line(item));
    if (items.length > NAMED) say(context, said.more({ count: items.length - NAMED }));
  };
  const end = (group: WorkloadGroup | 'outside') => (group === 'outside' ? said.outside : nameOf(group));
  tell(proof.lost, (flow) => said.lost({ flow: flowText(context, flow) }));
  tell(proof.unknown, (flow) => said.undecided({ flow: flowText(context, flow) }));
  tell(proof.excess, ({ from, to, ports }) =>
    said.excess({ from: end(from), to: end(to), ports: portsText(context, ports) }),
  );
  const { kept, lost, unknown, excess, stopped, narrowed } = proof;
  const isProven = lost.length + unknown.length + excess.length === 0;
  say(context, said.kept({ isProven, kept, flows, stopped, narrowed }));
}

function flowText(context: Context, { from, to, ports }: Flow): string {
  const { everywhere } = context.words.networkGenerate;
  const party = (end: Party): string => {
    switch (end.kind) {
      case 'workload':
        return nameOf(end.group);
      case 'pods':
        return `${end.namespace} ${Object.entries(end.labels)
          .map(([key, value]) => `${key}=${value}`)
          .join()}`;
      case 'blocks':
        return end.blocks.map(({ cidr }) => cidr).join(', ');
      case 'anywhere':
        return everywhere;
    }
  };
  return `${party(from)} => ${party(to)} : ${ports.map(({ protocol, port }) => `${protocol} ${port}`).join(', ')}`;
}

/** The sources with the new policies in place of the old. */
function applied(
  { network, evidence }: NetworkSource,
  policies: readonly ReturnType<typeof policyObject>[],
  replaced: ReadonlySet<KubernetesObject>,
): Network {
  const origin: Origin = {
    file: { path: '' },
    document: 0,
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'yaml',
    within: '',
  };
  const objects = [
    ...evidence.objects.filter((object) => !replaced.has(object)),
    ...policies.map((raw, document) => new KubernetesObject(raw, { ...origin, document })),
  ];
  const unseen = network.opaque.filter(({ object }) => Object.keys(object).length === 0);
  return new Network(objects, { isComplete: evidence.isComplete, unseen });
}

/** Labels by which people call an app. */
const APP_LABELS = [
  'app.kubernetes.io/instance',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/name',
  'app',
  'k8s-app',
];

function scopeOf(
  { groups }: Network,
  namespace: string | undefined,
  workloads: readonly string[],
): (group: WorkloadGroup) => boolean {
  const isIn = (group: WorkloadGroup) =>
    namespace === undefined ? !SYSTEM.has(group.namespace) : group.namespace === namespace;
  if (workloads.length === 0) {
    if (namespace !== undefined && !groups.some(isIn)) {
      throw new UsageError((words) => words.networkGenerate.noWorkloadIn({ namespace }));
    }
    return isIn;
  }
  const chosen = new Set<WorkloadGroup>();
  for (const name of workloads) {
    const isNamed = (group: WorkloadGroup) =>
      name.includes('/')
        ? `${group.namespace}/${group.name}` === name
        : isIn(group) &&
          (group.name === name ||
            group.pods.some(({ labels }) => APP_LABELS.some((key) => labels[key] === name)));
    const found = groups.filter(isNamed);
    for (const group of found) chosen.add(group);
    if (found.length > 0) continue;
    const near = nearest(
      name,
      [...new Set(groups.map((group) => `${group.namespace}/${group.name}`))].sort(compareText),
    );
    throw new UsageError((words) => words.networkGenerate.nobody({ name, near }));
  }
  return (group) => chosen.has(group);
}

function addressAndPort(value: string): { readonly address: string; readonly port: number } {
  const [, bracketed, plain, text] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
  const address = bracketed ?? plain ?? '';
  const port = Number(text);
  if (parseAddress(address) === undefined || !(port >= 1 && port <= 65_535)) {
    throw new UsageError((words) => words.networkGenerate.notAnAddress({ value }));
  }
  return { address, port };
}
