import {
  agentConfiguration,
  namesFile,
  nodeFileIn,
  nodePathOf,
} from '../../../kubernetes/agent-configuration.ts';
import type { Cluster } from '../../../kubernetes/cluster.ts';
import type { Component } from '../../../kubernetes/component.ts';
import { asString } from '../../../kubernetes/json.ts';
import { collectsNodeLogs, toleratesControlPlane } from '../../../kubernetes/log-agents.ts';
import { mountOf, shipperOf } from '../../../kubernetes/log-destination.ts';
import type { Workload } from '../../../kubernetes/workload.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

const TO_STREAM = new Set(['', '-', '/dev/stdout', '/dev/stderr']);

export default defineCheck({
  id: 'audit-log-on-node-only',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'medium',
  subject: 'component',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { 'in-container': ['file'], 'on-node': ['file'] },
  reasons: {
    'not-among-sources': ['file'],
    'may-be-read': ['file', 'agent'],
    'may-not-run-there': ['file', 'agent'],
    'path-on-node-unknown': ['file'],
    'in-volume': ['file', 'volume'],
  },
  fix: 'none',
  evaluate(component, cluster) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    const file = component.flag('audit-log-path') ?? '';
    // Without any backend audit-log-absent speaks; what goes to a stream is a pod's log like others.
    if (TO_STREAM.has(file)) return notApplicable;
    if ((component.flag('audit-webhook-config-file') ?? '') !== '') return pass;
    const at = component.flagPath('audit-log-path');
    if (component.container !== undefined && shipperOf(component.container, file) !== undefined) return pass;
    const path = placeOf(component, file);
    if (path === 'unknown') return unknown('path-on-node-unknown', { file }, at);
    if (path === 'container') return fail({ at, message: 'in-container', params: { file } });
    if ('volume' in path) return unknown('in-volume', { file, volume: path.volume }, at);
    const readers = cluster.workloads.flatMap((workload) => readerOf(cluster, workload, path.file));
    const certain = readers.filter(({ isTold }) => isTold);
    if (certain.some(({ workload }) => toleratesControlPlane(workload))) return pass;
    const [reader] = [...certain, ...readers];
    if (reader !== undefined) {
      const params = { file: path.file, agent: reader.workload.name };
      return reader.isTold ? unknown('may-not-run-there', params, at) : unknown('may-be-read', params, at);
    }
    return cluster.isComplete
      ? fail({ at, message: 'on-node', params: { file: path.file } })
      : unknown('not-among-sources', { file: path.file }, at);
  },
});

type Place = 'unknown' | 'container' | { readonly file: string } | { readonly volume: string };

function placeOf({ container, object }: Component, file: string): Place {
  // A process that shows itself in /proc has the node's own paths, unless a container runtime gave it others.
  if (container === undefined) return object.kind === 'NodeFacts' ? { file } : 'unknown';
  const onNode = nodePathOf(container, file);
  if (onNode !== undefined) return { file: onNode };
  const mount = mountOf(container, file);
  const volume = container.workload.volume(mount?.name ?? '');
  return volume === undefined || volume.source === 'emptyDir' ? 'container' : { volume: volume.name };
}

/** An agent on the nodes that sees the file: told to read it, by its configuration or by a mount of just that folder, or perhaps. */
function readerOf(cluster: Cluster, workload: Workload, file: string) {
  if (workload.kind !== 'DaemonSet') return [];
  const folder = file.slice(0, file.lastIndexOf('/'));
  const hasOwnMount = workload.volumes.some(
    ({ source, settings }) =>
      source === 'hostPath' &&
      [file, folder].includes((asString(settings['path']) ?? '').replace(/\/+$/, '')) &&
      folder !== '/var/log',
  );
  if (!hasOwnMount && !collectsNodeLogs(workload)) return [];
  const seen = workload.containers.flatMap((container) => nodeFileIn(container, file) ?? []);
  if (seen.length === 0) return [];
  const isTold =
    hasOwnMount || seen.some((path) => namesFile(agentConfiguration(cluster, workload).texts, path));
  return [{ workload, isTold }];
}
