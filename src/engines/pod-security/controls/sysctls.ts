import { asString } from '../../../kubernetes/json.ts';
import type { Control, ControlVersion, Forbidden } from '../control.ts';
import { eachObject, fieldPath, type Pod } from '../pod.ts';
import type { Version } from '../version.ts';

/** The safe sysctls, each list added to those before it. */
const SAFE_SINCE: readonly [Version, readonly string[]][] = [
  [
    'v1.0',
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  ['v1.27', ['net.ipv4.ip_local_reserved_ports']],
  [
    'v1.29',
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  ['v1.32', ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  ['v1.37', ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
];

/** Only sysctls that are confined to the pod may be set: check_sysctls.go. */
export const sysctls: Control = {
  id: 'sysctls',
  level: 'baseline',
  versions: SAFE_SINCE.map(([minimumVersion], index): ControlVersion => {
    const safe = new Set(SAFE_SINCE.slice(0, index + 1).flatMap(([, names]) => names));
    return { minimumVersion, judge: (pod) => judge(pod, safe) };
  }),
};

function judge(pod: Pod, safe: ReadonlySet<string>): Forbidden | undefined {
  const forbidden: string[] = [];
  const paths: string[] = [];
  eachObject(pod.securityContext?.['sysctls'], (sysctl, index) => {
    const name = asString(sysctl['name']) ?? '';
    if (safe.has(name)) return;
    forbidden.push(name);
    paths.push(fieldPath(`spec.securityContext.sysctls[${index}]`, sysctl, 'name'));
  });
  if (forbidden.length === 0) return undefined;
  return { reason: 'forbidden sysctls', detail: forbidden.join(', '), paths };
}
