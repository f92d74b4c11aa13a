import type { Cluster } from './cluster.ts';
import { parseImage } from './images.ts';

/** Last parts of image repositories that are programs which watch what is executed on a node. */
const RECORDERS = new Set([
  'auditbeat',
  'aws-guardduty-agent',
  'enforcer',
  'falco',
  'falco-no-driver',
  'falco-driver-loader',
  'falcon-sensor',
  'go-audit',
  'kubearmor',
  'lacework-datacollector',
  'node-agent',
  'osquery',
  'tetragon',
  'tracee',
]);

/** Those whose last part says too little by itself. */
const REPOSITORIES =
  /(?:^|\/)(?:sysdig\/agent|sysdig\/agent-slim|stackrox-io\/collector|advanced-cluster-security\/rhacs-collector-\w+|twistlock\/private\/defender|accuknox\/kubearmor)$/;

/** `enforcer` and `node-agent` are also the names of others' programs. */
const AMBIGUOUS: ReadonlyMap<string, RegExp> = new Map([
  ['enforcer', /(?:^|\/)(?:neuvector|aquasec)\//],
  ['node-agent', /(?:^|\/)kubescape\//],
]);

/** Whether the nodes run a program, as a DaemonSet, that records which commands are executed on them. */
export function recordsCommands(cluster: Cluster): boolean {
  return cluster.memo('records commands', () =>
    cluster.workloads.some(
      ({ kind, containers }) =>
        kind === 'DaemonSet' &&
        containers.some(({ image, isLongRunning }) => {
          const repository = parseImage(image)?.repository ?? '';
          const last = repository.slice(repository.lastIndexOf('/') + 1);
          if (!isLongRunning) return false;
          return (
            REPOSITORIES.test(repository) ||
            (RECORDERS.has(last) && (AMBIGUOUS.get(last)?.test(repository) ?? true))
          );
        }),
    ),
  );
}
