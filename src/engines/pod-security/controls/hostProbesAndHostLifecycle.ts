import { asObject } from '../../../kubernetes/json.ts';
import type { Control, Forbidden } from '../control.ts';
import type { Container, Pod } from '../pod.ts';
import { containersNamed, joinQuote, pluralize, sortedSet } from '../wording.ts';

/** Probes and lifecycle hooks may not name a host to call: check_hostProbesAndhostLifecycle.go. */
export const hostProbesAndHostLifecycle: Control = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  versions: [{ minimumVersion: 'v1.34', judge }],
};

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];

function judge(pod: Pod): Forbidden | undefined {
  const bad: string[] = [];
  const hosts: string[] = [];
  const paths: string[] = [];
  for (const container of pod.containers) {
    const before = hosts.length;
    eachHost(container, (host, path) => {
      hosts.push(host);
      paths.push(path);
    });
    if (hosts.length > before) bad.push(container.name);
  }
  if (bad.length === 0) return undefined;
  const containers = sortedSet(bad);
  const forbidden = sortedSet(hosts);
  const uses = pluralize('uses', 'use', containers.length);
  const what = pluralize('probe or lifecycle host', 'probe or lifecycle hosts', forbidden.length);
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersNamed(containers)} ${uses} ${what} ${joinQuote(forbidden)}`,
    paths,
  };
}

function eachHost({ fields, path }: Container, visit: (host: string, path: string) => void): void {
  const visitHandlers = (owner: typeof fields, ownerPath: string, names: readonly string[]): void => {
    for (const name of names) {
      const handler = asObject(owner[name]);
      if (handler === undefined) continue;
      for (const action of ['httpGet', 'tcpSocket']) {
        const host = asObject(handler[action])?.['host'];
        if (typeof host === 'string' && host !== '') visit(host, `${ownerPath}.${name}.${action}.host`);
      }
    }
  };
  visitHandlers(fields, path, PROBES);
  const lifecycle = asObject(fields['lifecycle']);
  if (lifecycle) visitHandlers(lifecycle, `${path}.lifecycle`, HOOKS);
}
