import {
  clientsName,
  formatBlocks,
  type LooseWay,
  type OpenPort,
  type PortSet,
  type WayIn,
  type WorkloadExposure,
} from '../../engines/network/index.ts';
import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import { escapeText } from '../../reports/escape.ts';
import type { Context } from '../context.ts';
import type { Places } from '../places.ts';
import { nameOf } from './ends.ts';
import type { ExposureReport } from './exposure.ts';
import { rangesText, type Shown } from './ranges-text.ts';

/** A block for each workload: from where it is reached, and by which ways. */
export function* exposureText(
  context: Context,
  { workloads, loose }: ExposureReport,
  places: Places,
): Generator<string> {
  const { exposure: words } = context.words;
  for (const exposed of workloads) {
    const { group, ways } = exposed;
    yield line(0, nameOf(group));
    const { internet, private: within, anyNamespace, byLabels, node } = exposed;
    yield line(1, `${words.from.internet}: ${verdictText(context, internet, exposed)}`);
    if (!within.allowed.isEmpty || !within.unknown.isEmpty) {
      yield line(1, `${words.from.private}: ${verdictText(context, within, exposed)}`);
    }
    yield line(1, `${words.from.anyNamespace}: ${verdictText(context, anyNamespace, exposed)}`);
    if (!byLabels.isEmpty) {
      yield line(1, `${words.from.byLabels}: ${verdictText(context, { allowed: byLabels }, exposed)}`);
    }
    yield line(1, `${words.from.node}: ${verdictText(context, node, exposed)}`);
    for (const each of ways) yield line(2, wayText(context, each, places));
  }
  if (loose.length > 0) yield line(0, words.nowhere.title());
  for (const each of loose) yield line(1, looseText(context, each, places));
}

function line(depth: number, text: string): string {
  return `${'  '.repeat(depth)}${escapeText(text)}\n`;
}

/** The ports that containers declare by their numbers; of others, all that there are in one word. */
function verdictText(
  context: Context,
  { allowed, unknown }: { readonly allowed: PortSet; readonly unknown?: PortSet },
  { declared }: WorkloadExposure,
): string {
  const { exposure: words, network } = context.words;
  const shown = (ports: PortSet) => {
    const [own, others] = split(ports, declared);
    return [
      ...(own.length > 0 ? [rangesText(own)] : []),
      ...(others.length === 0
        ? []
        : [
            isEverythingElse(ports, declared)
              ? own.length > 0
                ? words.everyOther()
                : words.everyUndeclared()
              : words.undeclared({ ports: rangesText(others) }),
          ]),
    ].join('; ');
  };
  const parts = [
    ...(allowed.isEmpty ? [] : [shown(allowed)]),
    ...(unknown === undefined || unknown.isEmpty ? [] : [network.maybe({ ports: shown(unknown) })]),
  ];
  return parts.length === 0 ? network.noPort : parts.join('; ');
}

/** Ranges of the set that are declared, and those that are not. */
function split(ports: PortSet, declared: PortSet): [Shown[], Shown[]] {
  const own: Shown[] = [];
  const others: Shown[] = [];
  for (const { protocol, from, to } of ports.ranges) {
    let start = from;
    for (const each of declared.ranges) {
      if (each.protocol !== protocol || each.to < start || each.from > to) continue;
      const [first, last] = [Math.max(each.from, start), Math.min(each.to, to)];
      if (first > start) others.push({ protocol, from: start, to: first - 1 });
      own.push({ protocol, from: first, to: last });
      start = last + 1;
    }
    if (start <= to) others.push({ protocol, from: start, to });
  }
  return [own, others];
}

const EVERY = 3 * 65_535;

function isEverythingElse(ports: PortSet, declared: PortSet): boolean {
  const count = (ranges: readonly Shown[]) => ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const [, others] = split(ports, declared);
  return count(others) === EVERY - count(declared.ranges);
}

function wayText(context: Context, { way, ports }: WayIn, places: Places): string {
  const { exposure: words } = context.words;
  const { kind, object, path, through, clients } = way;
  const by = [object, ...through].map(named).join(' → ');
  const place = places.text(object, path);
  const open = groupsOf(ports).map((group) => openText(context, group));
  const scope = words.clients[clientsName(clients) ?? 'ranges']({ ranges: formatBlocks(clients).join(', ') });
  return `${words.way[kind]} ${by} (${place})${scope}: ${open.length === 0 ? words.leadsToNoPort() : open.join('; ')}`;
}

function named(object: JsonObject): string {
  const metadata = asObject(object['metadata']);
  const namespace = asString(metadata?.['namespace']) || 'default';
  return `${asString(object['kind']) ?? ''} ${namespace}/${asString(metadata?.['name']) ?? ''}`;
}

/** Ports of which the same is to be said; those that clients know by another number stay alone. */
function groupsOf(ports: readonly OpenPort[]): OpenPort[][] {
  const groups = new Map<string, OpenPort[]>();
  for (const port of ports) {
    const { outside, target, isDeclared, isOpen, doubt, clients } = port;
    const renamed = outside === undefined || outside === target.from ? '' : outside;
    const key = [renamed, isDeclared, isOpen, doubt, clients?.join()].join(' ');
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [port]);
    else known.push(port);
  }
  return [...groups.values()];
}

function openText({ words: { exposure: words } }: Context, group: readonly OpenPort[]): string {
  const { outside, target, isDeclared, isOpen, doubt, clients } = group[0]!;
  const ranges = rangesText(group.map((port) => port.target));
  const isRenamed = outside !== undefined && outside !== target.from;
  const isWhole = group.length === 3 && group.every((port) => port.target.to - port.target.from === 65_534);
  const notes = [
    ...(isDeclared ? [] : [words.notDeclared()]),
    ...(isOpen === false ? [words.stopped()] : []),
    ...(isOpen === 'named' ? [words.named()] : []),
    ...(doubt === undefined ? [] : [words.doubt[doubt]]),
    ...(clients === undefined ? [] : [words.onlyFrom({ clients: formatBlocks(clients).join(', ') })]),
  ];
  const shown = isWhole ? words.everyPort() : `${isRenamed ? `${outside} → ` : ''}${ranges}`;
  return notes.length === 0 ? shown : `${shown} (${notes.join('; ')})`;
}

function looseText({ words: { exposure: words } }: Context, each: LooseWay, places: Places): string {
  const { object, path, reason } = each;
  return `${named(object)} ${path} (${places.text(object, path)}): ${words.nowhere[reason]}`;
}
