import type { Control, Forbidden } from '../control.ts';
import { eachObject, type Pod } from '../pod.ts';
import { containersNamed, pluralize, sortedSet } from '../wording.ts';

/** Ports of the host are forbidden: check_hostPorts.go. */
export const hostPorts: Control = {
  id: 'hostPorts',
  level: 'baseline',
  versions: [{ minimumVersion: 'v1.0', judge }],
};

function judge(pod: Pod): Forbidden | undefined {
  const bad: string[] = [];
  const forbidden: string[] = [];
  const paths: string[] = [];
  for (const { name, path, fields } of pod.containers) {
    const before = forbidden.length;
    eachObject(fields['ports'], (port, index) => {
      const hostPort = port['hostPort'];
      if (!Number.isInteger(hostPort) || hostPort === 0) return;
      forbidden.push(String(hostPort));
      paths.push(`${path}.ports[${index}].hostPort`);
    });
    if (forbidden.length > before) bad.push(name);
  }
  if (bad.length === 0) return undefined;
  const ports = sortedSet(forbidden);
  const uses = pluralize('uses', 'use', bad.length);
  return {
    reason: 'hostPort',
    detail: `${containersNamed(bad)} ${uses} ${pluralize('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}`,
    paths,
  };
}
