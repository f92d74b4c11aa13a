import { asArray, asObject, asString, type Json, type JsonObject } from '../../../../kubernetes/json.ts';
import { IRRELEVANT, type LoggedEnd, type ReadLine, UNKNOWN } from './flow-log.ts';
import { countOf, first, firstText, portOf, protocolOf, timeOf } from './values.ts';

/**
 * Whether a line is Calico's: flow logs of calico/node (felix: collector/types/…/flowlog) with `source_…` and `dest_…`, and those of
 * Goldmane, of which the shorter prefixes and names of times are.
 */
export function isCalico(line: JsonObject): boolean {
  return (
    line['action'] !== undefined && line['reporter'] !== undefined && first(line, 'dest_port') !== undefined
  );
}

export function readCalico(line: JsonObject): ReadLine {
  const protocol = protocolOf(first(line, 'proto', 'protocol'));
  if (protocol === undefined) return IRRELEVANT;
  const port = portOf(first(line, 'dest_port'));
  if (port === undefined) return UNKNOWN;
  const action = asString(line['action'])?.toLowerCase();
  if (action === undefined) return UNKNOWN;
  return {
    from: endOf(line, 'source_', 'src_'),
    to: endOf(line, 'dest_', 'dst_'),
    protocol,
    port,
    sourcePort: portOf(first(line, 'source_port', 'src_port')),
    isDropped: action !== 'allow',
    // A flow is of the connection: its destination is the end that was called.
    isReply: false,
    seenAt: asString(line['reporter'])?.toLowerCase() === 'src' ? 'source' : 'destination',
    count: countOf(first(line, 'num_flows')),
    time: timeOf(first(line, 'end_time', 'endTime', 'start_time', 'startTime')),
  };
}

function endOf(line: JsonObject, ...prefixes: readonly string[]): LoggedEnd {
  const text = (name: string) => firstText(line, ...prefixes.map((prefix) => `${prefix}${name}`));
  const type = text('type');
  const namespace = text('namespace');
  // Networks and nodes have a name, `pvt`, `pub` or the node's, and no namespace.
  const name = namespace === undefined ? undefined : (text('name') ?? text('name_aggr'));
  return {
    namespace,
    pod: name,
    labels: labelsOf(first(line, ...prefixes.map((prefix) => `${prefix}labels`))),
    address: text('ip'),
    isNode: type === 'hep',
    names: (asArray(first(line, ...prefixes.map((prefix) => `${prefix}domains`))) ?? []).filter(
      (each) => typeof each === 'string',
    ),
  };
}

/** `{"labels":["app=web"]}`, the list alone, or one text with commas or bars between. */
function labelsOf(value: Json | undefined): Record<string, string> {
  const listed = asArray(asObject(value)?.['labels'] ?? value);
  const items = listed ?? (typeof value === 'string' ? value.split(/\s*[|,]\s*/) : []);
  const labels: Record<string, string> = {};
  for (const item of items) {
    const [, key, text] = typeof item === 'string' ? (/^([^=]+)=(.*)$/s.exec(item) ?? []) : [];
    if (key !== undefined && !key.startsWith('projectcalico.org/')) labels[key] = text!;
  }
  return labels;
}
