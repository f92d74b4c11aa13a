import { asArray, asObject, asString, isObject } from './json.ts';
import { EVIDENCE_API_VERSION, type KubernetesObject } from './object.ts';

/** A program that was running. */
export interface NodeProcess {
  /** Last element of the path by which it was started, such as `kube-apiserver` or `k3s`. */
  readonly name: string;
  readonly pid: number;
  readonly uid: number;
  readonly user?: string;
  /** RFC 3339, UTC. */
  readonly startedAt?: string;
  /** The command line, from the program itself on, with `REDACTED` in place of secrets. */
  readonly args: readonly string[];
}

/** What the file system says about a path, whether its content was read or not. */
export interface NodeFile {
  readonly path: string;
  /** `absent`: looked for and not there. */
  readonly type: 'file' | 'directory' | 'link' | 'other' | 'absent';
  /** Permission bits in octal, such as `0600`; with the set-user-ID, set-group-ID and sticky bits as the first digit. */
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Names as the node's own /etc/passwd and /etc/group have them. */
  readonly user?: string;
  readonly group?: string;
  readonly size?: number;
  /** Where a link leads, as it is written. */
  readonly target?: string;
}

/** Why something on a node was not read. */
export type NotReadReason =
  /** The system refused; detail has its code. */
  | 'refused'
  | 'too-large'
  /** No regular file, or a link that leads nowhere. */
  | 'not-a-file'
  /** Text in which secrets could not be told from the rest. */
  | 'not-understood'
  /** There is more of it than is read. */
  | 'too-many';

export interface NotRead {
  readonly path: string;
  readonly reason: NotReadReason;
  readonly detail?: string;
}

/** Time services that leave a trace on the node when they have set its clock. */
export const TIME_SERVICES = ['systemd-timesyncd', 'chronyd', 'ntpd'] as const;
export type TimeService = (typeof TIME_SERVICES)[number];

/** The trace that a time service leaves behind. */
export interface ClockTrace {
  readonly service: TimeService;
  readonly path: string;
  /** RFC 3339, UTC: when it was last written; undefined where there is none in a folder that could be read. */
  readonly at?: string;
}

/** A file with rules of the Linux audit system (auditctl(8)). */
export interface AuditRules {
  readonly path: string;
  /** Whether a rule has the execution of programs recorded. */
  readonly execve: boolean;
}

/** `spec` of a `NodeFacts` document. */
export interface NodeFactsSpec {
  /** RFC 3339, UTC. */
  readonly observedAt: string;
  readonly hostname: string;
  /** Fields of os-release, names as there. */
  readonly os: Readonly<Record<string, string>>;
  readonly kernel: { readonly release?: string };
  /** Names with dots, such as `vm.overcommit_memory`. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Undefined where the root has no /proc, so that nothing is known about processes. */
  readonly processes?: readonly NodeProcess[];
  readonly clock: readonly ClockTrace[];
  readonly auditRules: readonly AuditRules[];
  /** In the order of their paths. */
  readonly files: readonly NodeFile[];
  readonly notRead: readonly NotRead[];
}

/** A process as it stands in the document. */
export interface ProcessEntry {
  readonly name: string;
  readonly args: readonly { readonly text: string; readonly path: string }[];
  readonly path: string;
}

export function isNodeFacts(object: KubernetesObject): boolean {
  return object.apiVersion === EVIDENCE_API_VERSION && object.kind === 'NodeFacts';
}

/** The programs that a node runs; whatever has another form than NodeFactsSpec says is left out. */
export function processesOf(facts: KubernetesObject): ProcessEntry[] {
  return (asArray(facts.spec['processes']) ?? []).flatMap((entry, index) => {
    const name = asString(asObject(entry)?.['name']);
    if (!isObject(entry) || name === undefined) return [];
    const path = `spec.processes[${index}]`;
    const args = (asArray(entry['args']) ?? []).flatMap((text, at) =>
      typeof text === 'string' ? [{ text, path: `${path}.args[${at}]` }] : [],
    );
    return [{ name, args, path }];
  });
}
