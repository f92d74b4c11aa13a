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
import { jsonText } from '../../reports/escape.ts';
import type { Places } from '../places.ts';
import type { ExposureReport } from './exposure.ts';

/** One workload a line, inside of one JSON object. */
export function* exposureJson(
  { workloads, loose, notRead, unseen }: ExposureReport,
  places: Places,
  problems: readonly object[],
): Generator<string> {
  yield '{"exposure":[';
  for (const [index, each] of workloads.entries()) {
    yield `${index === 0 ? '' : ','}\n${text(workloadJson(each, places))}`;
  }
  const nowhere = loose.map((each) => looseJson(each, places));
  const notEvaluated = notRead.map(({ raw }) => ({ object: identity(raw), source: places.at(raw, '') }));
  const rest = { leadsNowhere: nowhere, notEvaluated, notSeen: unseen, problems };
  yield `\n],${text(rest).slice(1)}\n`;
}

const text = (value: object) => jsonText(JSON.stringify(value));

function workloadJson(exposed: WorkloadExposure, places: Places): object {
  const { group, declared, internet, private: within, anyNamespace, byLabels, node, ways } = exposed;
  const { namespace, kind, name } = group;
  const verdict = ({ allowed, unknown }: { allowed: PortSet; unknown: PortSet }) => ({
    ports: allowed.ranges,
    unknown: unknown.ranges,
  });
  return {
    namespace,
    kind,
    name,
    declares: declared.ranges,
    internet: verdict(internet),
    privateNetworks: verdict(within),
    anyNamespace: { ...verdict(anyNamespace), byLabels: byLabels.ranges },
    node: verdict(node),
    ways: ways.map((each) => wayJson(each, places)),
  };
}

function wayJson({ way, ports }: WayIn, places: Places): object {
  const { kind, object, path, through, source, clients } = way;
  return {
    way: kind,
    object: identity(object),
    source: places.at(object, path),
    ...(through.length === 0 ? {} : { through: through.map(identity) }),
    clients: clientsName(clients) ?? formatBlocks(clients),
    ...(clients.length === 0 ? {} : { sourceAddress: source }),
    ports: ports.map(portJson),
  };
}

function portJson({ outside, target, isDeclared, isOpen, doubt, clients }: OpenPort): object {
  return {
    ...target,
    ...(outside === undefined ? {} : { outside }),
    declared: isDeclared,
    open: isOpen,
    ...(doubt === undefined ? {} : { because: doubt }),
    ...(clients === undefined ? {} : { clients: formatBlocks(clients) }),
  };
}

function looseJson({ object, path, reason }: LooseWay, places: Places): object {
  return { object: identity(object), path, source: places.at(object, path), because: reason };
}

function identity(object: JsonObject): object {
  const metadata = asObject(object['metadata']);
  return {
    apiVersion: asString(object['apiVersion']) ?? '',
    kind: asString(object['kind']) ?? '',
    namespace: asString(metadata?.['namespace']) || 'default',
    name: asString(metadata?.['name']) ?? '',
  };
}
