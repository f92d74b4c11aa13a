import { asObject, asString } from '../../../kubernetes/json.ts';
import type { Control, Forbidden, Judge } from '../control.ts';
import type { Pod } from '../pod.ts';
import { joinQuote, pluralize, setters, sortedSet } from '../wording.ts';

const TYPES_1_0 = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const TYPES_1_31 = [...TYPES_1_0, 'container_engine_t'];

/** SELinux types are limited to those of containers; user and role may not be set: check_seLinuxOptions.go. */
export const seLinuxOptions: Control = {
  id: 'seLinuxOptions',
  level: 'baseline',
  versions: [
    { minimumVersion: 'v1.0', judge: allowing(TYPES_1_0) },
    { minimumVersion: 'v1.31', judge: allowing(TYPES_1_31) },
  ],
};

function allowing(types: readonly string[]): Judge {
  return (pod) => judge(pod, types);
}

function judge(pod: Pod, allowedTypes: readonly string[]): Forbidden | undefined {
  const paths: string[] = [];
  const badTypes: string[] = [];
  const identities = new Set<string>();
  const forbidden = (securityContext: typeof pod.securityContext, path: string): boolean => {
    const options = asObject(securityContext?.['seLinuxOptions']);
    if (options === undefined) return false;
    const before = paths.length;
    const type = asString(options['type']) ?? '';
    if (!allowedTypes.includes(type)) {
      badTypes.push(type);
      paths.push(`${path}.securityContext.seLinuxOptions.type`);
    }
    for (const field of ['user', 'role']) {
      if ((asString(options[field]) ?? '') === '') continue;
      identities.add(field);
      paths.push(`${path}.securityContext.seLinuxOptions.${field}`);
    }
    return paths.length > before;
  };
  const podIsBad = forbidden(pod.securityContext, 'spec');
  const bad: string[] = [];
  for (const { name, path, securityContext } of pod.containers) {
    if (forbidden(securityContext, path)) bad.push(name);
  }
  if (paths.length === 0) return undefined;

  const types = sortedSet(badTypes);
  const data: string[] = [];
  if (types.length > 0) data.push(`${pluralize('type', 'types', types.length)} ${joinQuote(types)}`);
  if (identities.has('user')) data.push('user may not be set');
  if (identities.has('role')) data.push('role may not be set');
  return {
    reason: 'seLinuxOptions',
    detail: `${setters(podIsBad, bad).join(' and ')} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
    paths,
  };
}
