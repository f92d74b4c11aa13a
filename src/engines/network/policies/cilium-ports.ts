import {
  asArray,
  asObject,
  asObjects,
  asString,
  type Json,
  type JsonObject,
} from '../../../kubernetes/json.ts';
import { type PortRange, PROTOCOLS, type Protocol } from '../ports.ts';
import { checkLayer7, type WrittenPort } from './cilium-layer7.ts';
import type { Direction, NamedPort, RulePorts } from './policy.ts';
import type { PolicyReader } from './reader.ts';

/** The ports of a rule that are sure, or those for which further conditions hold. */
export interface CiliumPorts {
  readonly ports: RulePorts;
  readonly isConditional: boolean;
  readonly path: string;
}

const MOST = 40;
const LAST = 65_535;
/** RFC 6335, section 5.1, as pkg/iana/svcname.go reads it. */
const SERVICE_NAME = /^(?:[a-zA-Z0-9]-?)*[a-zA-Z](?:-?[a-zA-Z0-9])*$/;
/** Of PortRule, with what the proxy looks at once a connection is made: some of its packets pass. */
const KNOWN = new Set(['ports', 'rules', 'serverNames', 'terminatingTLS', 'originatingTLS', 'listener']);
const KNOWN_DENY = new Set(['ports']);
const FAMILIES = ['IPv4', 'IPv6', '', undefined];

/**
 * `toPorts` and `icmps` of a rule (pkg/policy/api/l4.go, icmp.go; what is refused: rule_validation.go). A rule for ICMP alone lets no
 * port through.
 */
export function readCiliumPorts(
  reader: PolicyReader,
  rule: JsonObject,
  direction: Direction,
  { isDeny, isOfHosts }: { readonly isDeny: boolean; readonly isOfHosts: boolean },
  path: string,
): readonly CiliumPorts[] {
  const entries = asObjects(rule['toPorts']);
  const icmps = asObjects(rule['icmps']);
  icmps.forEach((icmp, index) => {
    checkIcmp(reader, icmp, `${path}.icmps[${index}]`);
  });
  if (entries.length === 0 && icmps.length === 0) return [{ ports: 'all', isConditional: false, path }];
  if (entries.length > 0 && icmps.length > 0) {
    reader.refuse('invalid-port', path, 'the ICMPs block may only be present without ToPorts');
  }
  const sure: Ports = { ranges: [], named: [] };
  const conditional: CiliumPorts[] = [];
  entries.forEach((entry, index) => {
    const at = `${path}.toPorts[${index}]`;
    const unsure: Ports = { ranges: [], named: [] };
    const known = isDeny ? KNOWN_DENY : KNOWN;
    // What a listener of Envoy does with a connection is its own matter.
    const isUnsure =
      asObject(entry['listener']) !== undefined || Object.keys(entry).some((key) => !known.has(key));
    const written = readEntry(reader, entry, direction, isUnsure ? unsure : sure, unsure, at);
    checkLayer7(reader, entry, written, direction, isOfHosts, at);
    if (unsure.ranges.length + unsure.named.length > 0) {
      conditional.push({ ports: unsure, isConditional: true, path: at });
    }
  });
  const isAllUnsure = conditional.length > 0 && sure.ranges.length + sure.named.length === 0;
  return isAllUnsure ? conditional : [{ ports: sure, isConditional: false, path }, ...conditional];
}

interface Ports {
  readonly ranges: PortRange[];
  readonly named: NamedPort[];
}

function readEntry(
  reader: PolicyReader,
  entry: JsonObject,
  direction: Direction,
  into: Ports,
  unsure: Ports,
  path: string,
): readonly WrittenPort[] {
  const ports = asObjects(entry['ports']);
  if (ports.length > MOST) reader.refuse('too-many', `${path}.ports`, `${ports.length} > ${MOST}`);
  const hasDns = (asArray(asObject(entry['rules'])?.['dns'])?.length ?? 0) > 0;
  return ports.map((port, index): WrittenPort => {
    const at = `${path}.ports[${index}]`;
    const protocols = protocolsOf(reader, port['protocol'], `${at}.protocol`);
    const end = endOf(reader, port['endPort'], `${at}.endPort`);
    const text = typeof port['port'] === 'number' ? String(port['port']) : (asString(port['port']) ?? '');
    // The schema wants text.
    if (typeof port['port'] === 'number') reader.readAsMeant('invalid-port', `${at}.port`);
    if (text.length <= 15 && SERVICE_NAME.test(text)) {
      for (const protocol of protocols) {
        // At egress, Cilium looks for the name among all pods of the cluster, and takes no port where they do not agree.
        if (direction === 'egress') unsure.ranges.push({ protocol, from: 1, to: LAST });
        else into.named.push({ name: text.toLowerCase(), protocol });
      }
      return { protocols, isZero: false };
    }
    const from = parsePort(text);
    if (from === undefined) reader.refuse('invalid-port', `${at}.port`, text);
    if (from === undefined || end === undefined) return { protocols, isZero: false };
    if (hasDns && end > from) reader.refuse('invalid-port', `${at}.endPort`, String(end));
    // Port 0 is every port; an end that lies before the beginning is none (PortRangeToMaskedPorts).
    const isEvery = from === 0 && (end === 0 || end === LAST);
    const to = isEvery ? LAST : Math.max(from, end);
    for (const protocol of protocols) into.ranges.push({ protocol, from, to });
    return { protocols, isZero: from === 0 };
  });
}

/** As Go's ParseUint does with base 0: digits alone, octal where the first is 0. */
function parsePort(text: string): number | undefined {
  if (!/^\d+(?:_\d+)*$/.test(text)) return undefined;
  const digits = text.replaceAll('_', '');
  const isOctal = digits.length > 1 && digits.startsWith('0');
  if (isOctal && /[89]/.test(digits)) return undefined;
  const value = Number.parseInt(digits, isOctal ? 8 : 10);
  return value <= LAST ? value : undefined;
}

function endOf(reader: PolicyReader, value: Json | undefined, path: string): number | undefined {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LAST) return value;
  reader.refuse('invalid-port', path, JSON.stringify(value));
  return undefined;
}

/** None or ANY is each of the three. */
function protocolsOf(reader: PolicyReader, value: Json | undefined, path: string): readonly Protocol[] {
  if (value === undefined || value === null || value === '') return PROTOCOLS;
  const text = asString(value) ?? '';
  const upper = text.toUpperCase();
  const known = upper === 'ANY' ? PROTOCOLS : PROTOCOLS.filter((protocol) => protocol === upper);
  if (known.length === 0) reader.refuse('invalid-protocol', path, String(value));
  // The schema wants capitals, where Cilium itself does not.
  else if (upper !== text) reader.readAsMeant('invalid-protocol', path);
  return known;
}

function checkIcmp(reader: PolicyReader, icmp: JsonObject, path: string): void {
  const fields = asObjects(icmp['fields']);
  if (fields.length > MOST) reader.refuse('too-many', `${path}.fields`, `${fields.length} > ${MOST}`);
  fields.forEach((field, index) => {
    const family = asString(field['family']);
    if (!FAMILIES.includes(family))
      reader.refuse('invalid-protocol', `${path}.fields[${index}].family`, family!);
  });
}
