import type { Requirement, Selector } from './network-shapes.ts';
import type { Choices } from './random-pod.ts';

/** What random worlds are made of: few values, so that policies meet pods often, and their neighbours. */
export const NAMESPACES = ['shop', 'pay', 'default', 'ops'];
const LABELS: readonly [string, readonly string[]][] = [
  ['app', ['web', 'db', 'api', '']],
  ['env', ['prod', 'dev']],
  ['canary', ['true']],
];
export const PORT_NAMES = ['http', 'dns', 'metrics', 'nowhere'];
export const PORTS = [1, 52, 53, 54, 79, 80, 81, 443, 8079, 8080, 8081, 9090, 65534, 65535];
export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

/** Blocks with some that lie strictly within them. */
export const BLOCKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['0.0.0.0/0', ['10.0.0.0/8', '192.168.0.0/24', '203.0.113.0/24', '169.254.169.254/32', '128.0.0.0/1']],
  ['10.0.0.0/8', ['10.0.1.0/24', '10.0.0.0/30', '10.0.2.2/32']],
  ['10.0.1.0/24', ['10.0.1.1/32', '10.0.1.2/31']],
  ['10.0.0.1/32', []],
  ['192.168.0.0/16', ['192.168.0.0/31', '192.168.0.2/32']],
  ['203.0.113.0/24', ['203.0.113.128/25', '203.0.113.7/32']],
  ['128.0.0.0/1', ['203.0.113.0/24']],
  ['::/0', ['fd00::/16', 'fd01::/64', '2001:db8::/32', '8000::/1']],
  ['fd00::/8', ['fd00::1:0/112', 'fd01::2/128', 'fd00::/127']],
  ['fd00::1:0/112', ['fd00::1:1/128', 'fd00::1:2/127']],
  ['2001:db8::/32', ['2001:db8:1::/48', '2001:db8::7/128']],
]);

export function randomLabels(choices: Choices): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, values] of LABELS) if (choices.chance(0.6)) labels[key] = choices.of(values);
  return labels;
}

export function randomSelector(choices: Choices): Selector {
  if (choices.chance(0.25)) return {};
  if (choices.chance(0.05)) return { matchLabels: null, matchExpressions: null };
  const labels = LABELS.filter(() => choices.chance(0.35)).map(([key, values]) => [key, choices.of(values)]);
  return {
    ...(labels.length > 0 ? { matchLabels: Object.fromEntries(labels) } : {}),
    ...(choices.chance(0.35) ? { matchExpressions: choices.list(2, () => randomRequirement(choices)) } : {}),
  };
}

/** Of namespaces, also by their names. */
export function randomNamespaceSelector(choices: Choices): Selector {
  if (choices.chance(0.7)) return randomSelector(choices);
  const key = 'kubernetes.io/metadata.name';
  if (choices.chance(0.5)) return { matchLabels: { [key]: choices.of(NAMESPACES) } };
  const values = [choices.of(NAMESPACES), 'nowhere'];
  return { matchExpressions: [{ key, operator: choices.of(['In', 'NotIn']), values }] };
}

function randomRequirement(choices: Choices): Requirement {
  const [key, values] = choices.of([...LABELS, ['absent', ['x']] as [string, string[]]]);
  const operator = choices.of(['In', 'NotIn', 'Exists', 'DoesNotExist']);
  if (operator === 'In' || operator === 'NotIn') {
    return { key, operator, values: [choices.of(values), ...choices.list(2, () => choices.of(values))] };
  }
  return choices.chance(0.3) ? { key, operator, values: choices.of([[], null]) } : { key, operator };
}
