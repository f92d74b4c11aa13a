import { posix } from 'node:path';
import type { ClockTrace, NotRead, TimeService } from '../../kubernetes/node-facts.ts';
import { isRefusal, type Root } from './root.ts';

const MAX_BYTES = 1 << 20;

/** Touched each time that systemd-timesyncd has set the clock, and gone with each start of the machine (systemd-timesyncd.service(8)). */
const TOUCHED = '/run/systemd/timesync/synchronized';

/**
 * Services that write down how fast the clock runs once they know it, about hourly as long as they are synchronised (`driftfile` in
 * chrony.conf(5) and ntp.conf(5)): their configuration, and where distributions put that file.
 */
const DRIFT: readonly {
  readonly service: TimeService;
  readonly configuration: readonly string[];
  readonly usual: readonly string[];
}[] = [
  {
    service: 'chronyd',
    configuration: ['/etc/chrony/chrony.conf', '/etc/chrony.conf'],
    usual: ['/var/lib/chrony/chrony.drift', '/var/lib/chrony/drift'],
  },
  {
    service: 'ntpd',
    configuration: ['/etc/ntpsec/ntp.conf', '/etc/ntp.conf'],
    usual: ['/var/lib/ntpsec/ntp.drift', '/var/lib/ntp/ntp.drift', '/var/lib/ntp/drift'],
  },
];

export interface ReadClock {
  readonly traces: readonly ClockTrace[];
  readonly notRead: readonly NotRead[];
}

/** The traces that time services have left; nothing of a service that never ran here. */
export function readClock(root: Root): ReadClock {
  const traces: ClockTrace[] = [];
  const notRead: NotRead[] = [];
  const look = (service: TimeService, path: string, saysIfAbsent: boolean) => {
    const stats = root.statTarget(path);
    if (!isRefusal(stats)) traces.push({ service, path, at: stats.mtime.toISOString() });
    else if (stats.reason === 'refused') notRead.push({ path, reason: 'refused', detail: stats.code });
    else if (saysIfAbsent && !isRefusal(root.statTarget(posix.dirname(path)))) traces.push({ service, path });
  };
  look('systemd-timesyncd', TOUCHED, true);
  for (const { service, configuration, usual } of DRIFT) {
    const stated = configuration.flatMap((path) => driftFile(root, path));
    for (const path of new Set([...stated, ...usual])) look(service, path, false);
  }
  return { traces, notRead };
}

function driftFile(root: Root, configuration: string): string[] {
  const bytes = root.read(configuration, MAX_BYTES);
  if (isRefusal(bytes)) return [];
  const path = /^\s*driftfile\s+(\/\S+)/m.exec(bytes.toString('utf8'))?.[1];
  return path === undefined ? [] : [posix.normalize(path)];
}
