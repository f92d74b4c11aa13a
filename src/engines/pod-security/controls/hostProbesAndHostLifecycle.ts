import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { Control, Forbidden } from '../control.ts';
import type { Pod } from '../pod.ts';
import { containersNamed, joinQuote, pluralize, sortedSet } from '../wording.ts';

/** Probes and lifecycle hooks may not name a host to call: check_hostProbesAndhostLifecycle.go. */
export const hostProbesAndHostLifecycle: Control = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  versions: [{ minimumVersion: 'v1.34', judge }],
};

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];
const ACTIONS = ['httpGet', 'tcpSocket'];

interface Host {
  host: string;
  path: string;
}

function judge(pod: Pod): Forbidden | undefined {
  const bad: string[] = [];
  const hosts: Host[] = [];
  for (const { name, path, fields } of pod.containers) {
    const before = hosts.length;
    collectHosts(fields, path, PROBES, hosts);
    const lifecycle = asObject(fields['lifecycle']);
    if (lifecycle) collectHosts(lifecycle, `${path}.lifecycle`, HOOKS, hosts);
    if (hosts.length > before) bad.push(name);
  }
  if (bad.length === 0) return undefined;
  const containers = sortedSet(bad);
  const forbidden = sortedSet(hosts.map(({ host }) => host));
  const uses = pluralize('uses', 'use', containers.length);
  const what = pluralize('probe or lifecycle host', 'probe or lifecycle hosts', forbidden.length);
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersNamed(containers)} ${uses} ${what} ${joinQuote(forbidden)}`,
    paths: hosts.map(({ path }) => path),
  };
}

function collectHosts(owner: JsonObject, path: string, handlers: readonly string[], hosts: Host[]): void {
  for (const name of handlers) {
    const handler = asObject(owner[name]);
    if (handler === undefined) continue;
    for (const action of ACTIONS) {
      const host = asString(asObject(handler[action])?.['host']);
      if (host) hosts.push({ host, path: `${path}.${name}.${action}.host` });
    }
  }
}
