import { asString, type JsonObject } from '../../../../kubernetes/json.ts';
import { IRRELEVANT, type ReadLine, UNKNOWN } from './flow-log.ts';
import { firstText, portOf, timeOf } from './values.ts';

/** Whether a line is of Envoy's access log as Istio writes it in JSON (https://istio.io/latest/docs/tasks/observability/logs/access-log/). */
export function isEnvoy(line: JsonObject): boolean {
  return line['downstream_remote_address'] !== undefined && line['upstream_cluster'] !== undefined;
}

export function readEnvoy(line: JsonObject): ReadLine {
  const cluster = asString(line['upstream_cluster']) ?? '';
  const isInbound = cluster.startsWith('inbound|');
  const from = endOf(firstText(line, 'downstream_remote_address'));
  // What comes in goes on to the same pod; what goes out, to a pod that the proxy chose.
  const to = endOf(firstText(line, isInbound ? 'downstream_local_address' : 'upstream_host'));
  if (from === undefined) return UNKNOWN;
  // Refused by the proxy, or led nowhere.
  if (to === undefined || cluster === '' || cluster === 'BlackHoleCluster') return IRRELEVANT;
  return {
    from: { address: from.address },
    to: { address: to.address, names: isInbound ? [] : [firstText(line, 'authority') ?? ''].filter(Boolean) },
    protocol: 'TCP',
    port: to.port,
    sourcePort: from.port,
    isDropped: false,
    isReply: false,
    count: 1,
    time: timeOf(line['start_time']),
  };
}

function endOf(text: string | undefined): { address: string; port: number } | undefined {
  const [, address, port] = /^\[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})$/.exec(text ?? '') ?? [];
  const number = portOf(port);
  return address === undefined || number === undefined ? undefined : { address, port: number };
}
