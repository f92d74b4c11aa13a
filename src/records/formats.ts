import { isApiServerLog, isContainerLog } from '../evidence/audit-log/container-log.ts';
import { isObject, type JsonObject } from '../kubernetes/json.ts';

/**
 * What a file holds. `audit`: audit events, also wrapped by clouds and collectors; `events`: Kubernetes Events, as objects or lists; `auditd`: the
 * Linux audit system; `cri`, `docker`: what containers wrote; `host`: logs of a node (syslog, the journal as JSON, kubelets, runtimes, sudo,
 * sshd); `journal-export`: `journalctl -o export`; `commands`: records of commands as JSON (Teleport, Tetragon, Falco); `history`: what a shell
 * keeps of the commands that were typed, with times.
 */
export const FORMATS = [
  'audit',
  'auditd',
  'cri',
  'docker',
  'host',
  'journal-export',
  'commands',
  'history',
  'events',
] as const;
export type LogFormat = (typeof FORMATS)[number];

/** How much of the beginning of a file is enough to tell its format. */
export const HEAD_BYTES = 1 << 16;

const AUDITD = /^(?:node=\S{1,255} )?type=[A-Z0-9_[\]]{1,64} (?:msg=)?audit\(\d/;
const DOCKER = /^\{"log":"/;
const CRI = /^\d{4}-\d\d-\d\dT\S{8,30} std(?:out|err) [FP](?::\S{0,64})? /;
/** What only audit events, or what carries them, have; GKE's entries have no auditID. */
const AUDIT = /"auditID"|\\"auditID\\"|"protoPayload"|AKSAudit|"audit\.k8s\.io\//;
/** As the API server writes them, also behind the time and the stream's name that `aws logs tail` prints. */
const AUDIT_LINE =
  /^(?:\d{4}-\d\d-\d\d[T ]\S{8,30} (?:kube-apiserver-audit-\S{1,128} )?)?\{"kind":"Event(?:List)?","apiVersion":"audit\.k8s\.io\//;
/** Kubernetes Events, in JSON or YAML, alone or in a List. */
const EVENTS: readonly RegExp[] = [
  /(?:"kind":\s*"(?:Event|EventList|List)"|^kind: (?:Event|EventList|List)$)/m,
  /(?:"(?:involvedObject|regarding)":\s*\{|^[ -]*(?:involvedObject|regarding):$)/m,
];
const COMMANDS: readonly RegExp[] = [
  // Teleport
  /"event":"(?:session\.|exec|kube\.request|user\.login)/,
  // Tetragon
  /"process_(?:exec|exit|kprobe)":\{/,
  // Falco
  /"output_fields":\{/,
];

/**
 * The format of a file by its path and its beginning (unpacked); undefined where neither tells.
 * @param head the first HEAD_BYTES, or all of it
 */
export function formatOf(path: string, head: string): LogFormat | undefined {
  const text = head.trimStart();
  // Whatever a container writes is its own word: what its lines look like tells nothing.
  if (isContainerLog(path)) return DOCKER.test(text) ? 'docker' : 'cri';
  if (text === '') return 'host';
  if (text.startsWith('__CURSOR=') || text.startsWith('__REALTIME_TIMESTAMP=')) return 'journal-export';
  if (AUDIT_LINE.test(text)) return 'audit';
  if (AUDITD.test(text)) return 'auditd';
  if (CRI.test(text)) return isApiServerAudit(path, text) ? 'audit' : 'cri';
  if (text.startsWith('{')) return isApiServerAudit(path, text) ? 'audit' : jsonFormat(text);
  if (EVENTS.every((pattern) => pattern.test(text))) return 'events';
  if (text.startsWith('[')) return /^\[\s*[{\]]/.test(text) ? 'audit' : 'host';
  if (/^(?:#\d{9,11}\n|: \d{9,11}:\d{1,9};)/.test(text)) return 'history';
  return LINES.some((pattern) => pattern.test(text)) ? 'host' : undefined;
}

/** An API server may write its audit log to its own standard output. */
function isApiServerAudit(path: string, text: string): boolean {
  return isApiServerLog(path) && AUDIT.test(text);
}

/** By what an object itself is: what stands in its texts may be anybody's word. */
function jsonFormat(text: string): LogFormat {
  if (DOCKER.test(text)) return 'docker';
  const line = firstObject(text);
  const names = new Set(line === undefined ? [] : Object.keys(line));
  if (names.has('__REALTIME_TIMESTAMP') || names.has('_BOOT_ID')) return 'host';
  if (
    line !== undefined &&
    !names.has('auditID') &&
    COMMANDS.some((pattern) => pattern.test(shallow(line)))
  ) {
    return 'commands';
  }
  if (AUDIT.test(text)) return 'audit';
  if (EVENTS.every((pattern) => pattern.test(text))) return 'events';
  if (line === undefined && COMMANDS.some((pattern) => pattern.test(text))) return 'commands';
  if (/"ts":[\d"]/.test(text) && /"caller":|"msg":/.test(text)) return 'host';
  return 'audit';
}

/** The object in the first line; undefined where it is laid out, or longer than what is looked at. */
function firstObject(text: string): JsonObject | undefined {
  const end = text.indexOf('\n');
  try {
    const value: unknown = JSON.parse(end < 0 ? text : text.slice(0, end));
    return isObject(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** An object without what is in its objects. */
function shallow(object: JsonObject): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(object).map(([name, value]) => [name, isObject(value) ? {} : value])),
  );
}

/** Beginnings of lines of node logs: RFC 3164, RFC 5424 and RFC 3339 times, klog, logfmt. */
const LINES: readonly RegExp[] = [
  /^(?:<\d{1,3}>)?(?:1 )?\d{4}-\d\d-\d\d[T ]/,
  /^(?:<\d{1,3}>)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d /,
  /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d/,
  /^(?:time|ts)="?\d{4}-/,
];
