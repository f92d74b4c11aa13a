/**
 * Where a record comes from. `audit`: the API server's audit events; `event`: Kubernetes Events; `lifecycle`: what was seen of Pods and
 * containers by watching; `command`: commands that nodes and jump hosts saw executed; `log`, `runtime`, `kubelet`: lines of pods, of the
 * container runtime, of the kubelet; `collector`: what this product tells of its own collecting (start, stop, losses that it was told of).
 */
export const SOURCES = [
  'audit',
  'event',
  'lifecycle',
  'command',
  'log',
  'runtime',
  'kubelet',
  'collector',
] as const;
export type Source = (typeof SOURCES)[number];

/**
 * One thing that happened, as it is stored: columns for what questions ask, and the original. An empty text is "does not apply or was
 * not told". Names of fields are the names of columns in SQL.
 */
export interface EventRecord {
  /**
   * What makes it the same record when it comes again: for audit events auditID, stage, times, verb, URI and user together, since clients
   * may choose the Audit-ID of their requests (k8s.io/apiserver pkg/endpoints/request WithAuditID) and could have others' events dropped.
   */
  readonly key: string;
  /** Microseconds since the epoch at which it happened; for audit events, when the request was received. */
  readonly time: number;
  /** Microseconds since the epoch at which it ended: the stage's time of audit events; the same as `time` elsewhere. */
  readonly end: number;
  readonly source: Source;
  /** The cluster as the operator calls it. */
  readonly cluster: string;
  /** Through what it came in: `webhook`, `file:/var/log/…`, `bulk`, `otlp`, `watch` … */
  readonly inlet: string;
  readonly audit_id: string;
  /** RequestReceived, ResponseStarted, ResponseComplete, Panic. */
  readonly stage: string;
  readonly level: string;
  /** Of Kubernetes requests the verb; of others what happened: `created`, `oom-killed`, `execve`, the reason of an Event … */
  readonly verb: string;
  readonly user: string;
  /** One a line. */
  readonly groups: string;
  /** The user whose rights were used, when another impersonated him. */
  readonly impersonated: string;
  readonly user_agent: string;
  /** The first of sourceIPs: the client, as far as proxies told it. */
  readonly source_ip: string;
  /** All of sourceIPs, one a line. */
  readonly source_ips: string;
  readonly uri: string;
  readonly api_group: string;
  readonly api_version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** HTTP status of the answer, exit code of a process; -1 where there is none. */
  readonly code: number;
  /** allow, forbid: annotation authorization.k8s.io/decision. */
  readonly decision: string;
  /** Annotation authorization.k8s.io/reason; of Events and lifecycles their reason. */
  readonly reason: string;
  /** How the user proved who he is: `token JTI=…`, `certificate X509SHA256=…` (user.extra authentication.kubernetes.io/credential-id), `aws arn:…`. */
  readonly credential: string;
  /** Pod and node that the token is bound to (user.extra authentication.kubernetes.io/pod-name, node-name), or where a record was made. */
  readonly pod: string;
  readonly node: string;
  readonly container: string;
  /** One line for people: the command, the log line, the Event's message; of failed requests the status message. */
  readonly message: string;
  /** How many values were taken out of it on the way in. */
  readonly redactions: number;
  /** The original in one line, whole but for redactions. */
  readonly raw: string;
}

export type Column = keyof EventRecord;

/** The types of the columns in SQL; the order is theirs in exports. */
export const COLUMNS: Readonly<Record<Column, 'BIGINT' | 'VARCHAR' | 'INTEGER'>> = {
  time: 'BIGINT',
  end: 'BIGINT',
  source: 'VARCHAR',
  cluster: 'VARCHAR',
  inlet: 'VARCHAR',
  verb: 'VARCHAR',
  user: 'VARCHAR',
  groups: 'VARCHAR',
  impersonated: 'VARCHAR',
  api_group: 'VARCHAR',
  api_version: 'VARCHAR',
  resource: 'VARCHAR',
  subresource: 'VARCHAR',
  namespace: 'VARCHAR',
  name: 'VARCHAR',
  uid: 'VARCHAR',
  code: 'INTEGER',
  decision: 'VARCHAR',
  reason: 'VARCHAR',
  source_ip: 'VARCHAR',
  source_ips: 'VARCHAR',
  user_agent: 'VARCHAR',
  credential: 'VARCHAR',
  pod: 'VARCHAR',
  node: 'VARCHAR',
  container: 'VARCHAR',
  message: 'VARCHAR',
  uri: 'VARCHAR',
  audit_id: 'VARCHAR',
  stage: 'VARCHAR',
  level: 'VARCHAR',
  redactions: 'INTEGER',
  key: 'VARCHAR',
  raw: 'VARCHAR',
};

const EMPTY: EventRecord = {
  key: '',
  time: 0,
  end: 0,
  source: 'audit',
  cluster: '',
  inlet: '',
  audit_id: '',
  stage: '',
  level: '',
  verb: '',
  user: '',
  groups: '',
  impersonated: '',
  user_agent: '',
  source_ip: '',
  source_ips: '',
  uri: '',
  api_group: '',
  api_version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  uid: '',
  code: -1,
  decision: '',
  reason: '',
  credential: '',
  pod: '',
  node: '',
  container: '',
  message: '',
  redactions: 0,
  raw: '',
};

/** A record with the fields that its source tells; `end` is `time` unless it is given. */
export function record(
  fields: Partial<EventRecord> & Pick<EventRecord, 'key' | 'time' | 'source' | 'raw'>,
): EventRecord {
  return { ...EMPTY, end: fields.time, ...fields };
}
