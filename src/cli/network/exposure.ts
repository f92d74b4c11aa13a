import { compareText } from '../../assessment/order.ts';
import {
  Exposure,
  entriesNotRead,
  entryKinds,
  isEntryKind,
  type LooseWay,
  type WorkloadExposure,
} from '../../engines/network/index.ts';
import { NEEDS } from '../../evidence/cluster/needs.ts';
import { resourceName } from '../../kubernetes/gaps.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ExposureFlags } from '../commands/network/exposure.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { BufferedSink } from '../outputs.ts';
import { nameOf } from './ends.ts';
import { exposureJson } from './exposure-json.ts';
import { exposureText } from './exposure-text.ts';
import { problemsJson, tellProblems } from './problems.ts';
import { openNetwork } from './source.ts';

/** What a cluster is asked for, each with its API group. */
const LISTED: ReadonlySet<string> = new Set(NEEDS.map(({ group, kind }) => `${group}/${kind}`));

/** Kinds without which a way into pods may be missed. */
const OPENING = new Set([
  '/Service',
  '/Pod',
  '/Node',
  'discovery.k8s.io/EndpointSlice',
  'networking.k8s.io/Ingress',
  ...['Gateway', 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute', 'ReferenceGrant'].map(
    (kind) => `gateway.networking.k8s.io/${kind}`,
  ),
  'route.openshift.io/Route',
]);

export interface ExposureReport {
  readonly workloads: readonly WorkloadExposure[];
  readonly loose: readonly LooseWay[];
  /** Objects that may let clients in and are not evaluated. */
  readonly notRead: readonly KubernetesObject[];
  /** Lists of a cluster that were refused, or that it was not asked for. */
  readonly unseen: readonly string[];
}

/** Says what is reachable from the internet, from any namespace and from the node. */
export async function exposure(
  context: Context,
  flags: ExposureFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const { output, ...rest } = flags;
  const source = await openNetwork(context, rest, paths, { whole: true });
  const { objects, gaps, isComplete } = source.evidence;
  const { network } = source;
  const asked = new Exposure(network, {
    objects,
    isComplete,
    knowsNodes: !gaps.some(({ kind }) => kind === 'Node'),
  });
  const groups = [...network.groups].sort((a, b) => compareText(nameOf(a), nameOf(b)));
  const workloads = groups.map((group) => asked.of(group));
  const report: ExposureReport = {
    workloads,
    loose: asked.loose(),
    notRead: entriesNotRead(objects),
    unseen: [
      ...gaps
        .filter(
          ({ group, kind, reason }) =>
            (OPENING.has(`${group}/${kind}`) || isEntryKind(group, kind)) && reason !== 'not-asked',
        )
        .map((gap) => `${resourceName(gap)} (${words.gap[gap.reason]})`),
      ...(isComplete ? entryKinds(objects) : [])
        .filter(({ group, kind }) => !LISTED.has(`${group}/${kind}`))
        .map((each) => `${resourceName(each)} (${words.gap['not-asked']})`),
    ],
  };
  const { places } = source;
  await places.know([
    ...workloads.flatMap(({ ways }) => ways.map(({ way }) => ({ raw: way.object, path: way.path }))),
    ...report.loose.map(({ object, path }) => ({ raw: object, path })),
    ...report.notRead.map(({ raw }) => ({ raw, path: '' })),
  ]);
  const sink = new BufferedSink(terminal.stdout);
  const lines =
    output === 'json'
      ? exposureJson(report, places, await problemsJson(source))
      : exposureText(context, report, places);
  for (const line of lines) await sink.write(line);
  await sink.flush();

  const isWhole = await tellProblems(context, source);
  for (const name of report.unseen) say(context, words.exposure.unseen({ resource: name }));
  if (report.notRead.length > 0) {
    say(context, words.exposure.notRead({ objects: namedOf(report.notRead) }));
  }
  if (groups.length === 0) say(context, words.network.nobodyFound());
  const open = workloads.filter(({ internet }) => !internet.allowed.isEmpty).length;
  const unknown = workloads.filter((each) => isUnknown(each)).length;
  say(context, words.exposure.summary({ workloads: workloads.length, open, unknown }));
  const isSettled =
    unknown === 0 &&
    report.unseen.length === 0 &&
    report.notRead.length === 0 &&
    report.loose.every(({ reason }) => isCertain(reason, isComplete));
  return isWhole && isSettled && groups.length > 0 ? EXIT.clean : EXIT.notEvaluated;
}

function isUnknown({ internet, private: within, anyNamespace, node }: WorkloadExposure): boolean {
  return [internet, within, anyNamespace, node].some((verdict) => !verdict.unknown.isEmpty);
}

/** Whether such a way certainly ends in no pod: a Service, or its endpoints, may stand in other manifests. */
function isCertain(reason: LooseWay['reason'], isComplete: boolean): boolean {
  return reason === 'elsewhere' || reason === 'no-port' || isComplete;
}

const NAMED = 20;

function namedOf(objects: readonly KubernetesObject[]): string {
  const names = objects.slice(0, NAMED).map(({ kind, namespace, name }) => {
    return `${kind} ${namespace ?? 'default'}/${name}`;
  });
  return [...names, ...(objects.length > NAMED ? [`+${objects.length - NAMED}`] : [])].join(', ');
}
