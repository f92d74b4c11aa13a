import type { ClusterFacts } from './cluster-facts.ts';
import { asObjects, asString } from './json.ts';
import {
  type AuditRules,
  type ClockTrace,
  isNodeFacts,
  type ProcessEntry,
  processesOf,
  TIME_SERVICES,
} from './node-facts.ts';
import type { KubernetesObject } from './object.ts';

/** Programs that keep a node's clock in step with others. */
export const CLOCK_PROGRAMS: readonly string[] = [
  ...TIME_SERVICES,
  'openntpd',
  'ntp-daemon',
  'ptp4l',
  'phc2sys',
  'vmtoolsd',
];

/** Programs that record or watch which commands a node and its containers run; `auditd` as its rules say. */
export const RECORDER_PROGRAMS: readonly string[] = [
  'auditd',
  'auditbeat',
  'falco',
  'falcon-sensor',
  'go-audit',
  'kubearmor',
  'osqueryd',
  'tetragon',
  'tracee',
];

/** A node that was read from within, or those of a live cluster that were not. */
export interface NodeSubject {
  readonly object: KubernetesObject;
  readonly path: string;
  /** Undefined for the nodes that were not read. */
  readonly seen: NodeEvidence | undefined;
  /** How many Linux nodes the subject stands for; undefined where the nodes could not be listed. */
  readonly nodes: number | undefined;
}

/** What checks ask of a `NodeFacts` document. */
export interface NodeEvidence {
  /** Milliseconds since the epoch; undefined where the document does not say so. */
  readonly observedAt: number | undefined;
  /**
   * Undefined where nothing is known about programs: of a copy of a file system, or where not even a program of Kubernetes shows, so
   * that others were hidden too.
   */
  readonly processes: readonly ProcessEntry[] | undefined;
  /** Undefined in documents that older versions wrote. */
  readonly clock: readonly ClockTrace[] | undefined;
  readonly auditRules: readonly AuditRules[] | undefined;
}

/** The nodes that were read, and one subject for those of the cluster that were not. */
export function nodeSubjects(
  facts: readonly KubernetesObject[],
  cluster: ClusterFacts | undefined,
): NodeSubject[] {
  const read = facts.filter(isNodeFacts);
  const subjects: NodeSubject[] = read.map((object) => ({
    object,
    path: '',
    seen: nodeEvidence(object),
    nodes: 1,
  }));
  if (cluster === undefined) return subjects;
  const names = new Set(read.map(({ name }) => name));
  const left = cluster.nodes?.filter(({ name, os }) => os !== 'windows' && !names.has(name)).length;
  return left === 0
    ? subjects
    : [...subjects, { object: cluster.object, path: '', seen: undefined, nodes: left }];
}

function nodeEvidence(object: KubernetesObject): NodeEvidence {
  const { spec } = object;
  const observedAt = Date.parse(asString(spec['observedAt']) ?? '');
  const processes = spec['processes'] === undefined ? undefined : processesOf(object);
  const witnesses = new Set([...CLOCK_PROGRAMS, ...RECORDER_PROGRAMS]);
  return {
    observedAt: Number.isNaN(observedAt) ? undefined : observedAt,
    processes: processes?.some(({ name }) => !witnesses.has(name)) ? processes : undefined,
    clock:
      spec['clock'] === undefined
        ? undefined
        : asObjects(spec['clock']).flatMap((trace) => {
            const service = TIME_SERVICES.find((each) => each === trace['service']);
            const at = asString(trace['at']);
            if (service === undefined) return [];
            return [{ service, path: asString(trace['path']) ?? '', ...(at === undefined ? {} : { at }) }];
          }),
    auditRules:
      spec['auditRules'] === undefined
        ? undefined
        : asObjects(spec['auditRules']).map((rules) => ({
            path: asString(rules['path']) ?? '',
            execve: rules['execve'] === true,
          })),
  };
}
