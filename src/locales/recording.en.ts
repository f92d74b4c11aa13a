/** Words of the commands that keep records and read them: `kubestride audit record`, `ingest`, `ask` … */
const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

export const recording = {
  brief: {
    record: 'Receive audit events and logs, and keep them: the service',
    ingest: 'Store audit logs, exports of cloud providers, logs of nodes and pods',
    ask: 'Answer who, what, when, where, why and how from stored records',
    story: 'Put all that is stored about an object, a subject or a finding on one time line',
    events: 'List or export stored records',
    sql: 'Ask the stored records in SQL, reading only',
    completeness: 'Say whether the records are complete, and what is missing',
    store: 'Look after a store of records',
    info: 'Say what a store holds',
    verify: 'Read every segment of a store and compare it with its checksum',
    compact: 'Bring small segments of a store together',
    retain: 'Drop segments that are older than a time',
    usage: 'Say what the records show in use',
  },
  full: {
    record: [
      'Listens for the audit webhook of API servers (POST /audit), the Elasticsearch bulk API (/_bulk; Fluent Bit, Vector, Logstash, Filebeat,',
      'rsyslog), and OTLP logs (POST /v1/logs), follows files through rotation, and watches Pods and Events of a cluster. What it acknowledges is',
      'stored: a kill -9 at any moment loses nothing of it and stores nothing twice. Tokens, bodies of Secrets and passwords are taken out first.',
      '',
      'It listens on 127.0.0.1:9880 without --listen. Other addresses need --tls-cert and --tls-key, and --client-ca or --token-file.',
      'GET /healthz, /readyz and /metrics tell how it is.',
      '',
      'Exit code: 0 stopped by a signal; 3 wrong usage, or a store or address that cannot be used.',
    ].join('\n'),
    ingest: [
      'FILE: audit logs (JSON lines, EventLists, gzip), exports of EKS, GKE and AKS, auditd logs of nodes, logs of containers and pods (CRI, Docker),',
      'of kubelets and container runtimes, syslog of jump hosts, lists of Kubernetes Events; folders of them, or - for standard input. Each is recognised by its',
      'content and path; --format says it where that fails. Reading a file again stores nothing twice.',
      '',
      'Exit code: 0 all stored; 2 parts were not understood (they are in the quarantine file of the store); 3 wrong usage, or a store that cannot be used.',
    ].join('\n'),
    ask: [
      'QUESTION is one of',
      '  who OBJECT      who did what to it, and when (--reads: reads too)',
      '  what SUBJECT    what a user, service account, address or credential did',
      '  where SUBJECT   from which addresses, with which programs and credentials, and on which nodes and pods',
      '  why OBJECT      why it was allowed: the role and binding of that time, and who made them',
      '  how OBJECT      the chain that led to it',
      '  or the name of a saved question: --list names them.',
      'OBJECT: NAMESPACE/KIND/NAME, KIND/NAME, or event:AUDIT-ID. SUBJECT: user:NAME, sa:NAMESPACE/NAME, group:NAME, ip:ADDRESS, credential:ID, node:NAME, pod:NAMESPACE/NAME.',
      'Times: 2h, 15m ago, yesterday, 2026-11-20, 2026-11-20T10:00:00+08:00.',
      '',
      'Exit code: 0 answered; 2 nothing found, or the records cannot tell; 3 wrong usage.',
    ].join('\n'),
    story: [
      'kubestride audit story OBJECT|SUBJECT|FINDING: FINDING is the fingerprint of a finding in a JSON report (--report FILE). Repeated reads, heartbeats and',
      'status updates are folded. Each of the six questions is answered, or said not to be known, and why.',
      '',
      'Exit code: 0 told; 2 nothing found; 3 wrong usage.',
    ].join('\n'),
    events: [
      'Filters are joined by and; a repeated one by or. --text takes words that the original has to contain, whatever their case; a word ends at what is no',
      'letter or digit, and * frees an end: --text "pay*". -o ocsf writes events of the Open Cybersecurity Schema Framework, one a line. --follow goes on with what happened in the last ten minutes and comes in.',
      '',
      'Exit code: 0; 2 parts of the store could not be read; 3 wrong usage.',
    ].join('\n'),
    sql: [
      'One SELECT (or DESCRIBE events) over the view `events`, in the SQL of DuckDB; times are microseconds since 1970: make_timestamp("time") shows them. The original is the',
      'column raw, which costs most. Files, settings and writing are refused.',
      '',
      'Exit code: 0; 2 parts of the store could not be read; 3 refused or wrong.',
    ].join('\n'),
    completeness: [
      'Complete, incomplete, or not known, with the reasons: restarts of API servers, holes, events that the API server says it dropped (--metrics: a file of its',
      'metrics, before and after), requests whose end is missing, truncated events, damage of the store, times when nothing was received, and what the audit',
      'policy leaves out (--policy).',
      '',
      'Exit code: 0 complete; 1 incomplete; 2 not known; 3 wrong usage.',
    ].join('\n'),
    usage: [
      'rights     which rights a subject used (the input of `access generate`)',
      'unused     which bindings and credentials nobody used',
      'edges      whether and when a step of an attack path was taken',
      'manual     what people changed by hand on objects that controllers or GitOps manage',
      'seen       first and last use of subjects, credentials and addresses',
    ].join('\n'),
  },
  argument: {
    file: 'A file, a folder, or - for standard input',
    question: 'who, what, where, why, how with an object or subject; or a saved question',
    about: 'An object, a subject, or the fingerprint of a finding',
    statement: 'One SELECT',
  },
  flag: {
    store: 'The folder of the store (default: $KUBESTRIDE_STORE)',
    listen: 'Address and port to listen on (default 127.0.0.1:9880); none listens nowhere',
    tlsCert: 'Certificate of the service, PEM; read again when it changes',
    tlsKey: 'Its private key, PEM',
    clientCa: 'Senders must show a certificate of this authority, PEM',
    tokenFile: 'Senders without certificate must send the bearer token in this file',
    follow: 'Follow this file through rotation; a pattern follows all that match, new ones too; repeatable',
    watch: 'Also watch Pods and Events of the cluster of the kubeconfig',
    clusterName: 'What the cluster is called in the records',
    nodeName: 'The node that the logs are of',
    nodeRoot:
      'Root of the node that the followed files are of, such as / or /host: its /proc and /var/log tell the containers and pods of commands',
    retain: 'Drop what is older, such as 90d; whole segments at a time (default: keep all)',
    maxBytes: 'The most that the store may take, such as 50GB; beyond it senders are told to wait',
    format: 'What the files are (default: recognised)',
    year: 'The year of log lines that tell none (default: that of the last change of the file)',
    reads: 'Also what only read',
    list: 'List the saved questions',
    saved: 'A file with saved questions of your own',
    since: 'From this time on: 2h, yesterday, 2026-11-20T10:00',
    until: 'Up to this time',
    user: 'Only this user, also when impersonated; repeatable',
    group: 'Only users of this group; repeatable',
    verb: 'Only this verb; repeatable',
    resource: 'Only this resource or kind; repeatable',
    name: 'Only objects of this name (* for any text); repeatable',
    namespace: 'Only this namespace',
    ip: 'Only requests from this address; repeatable',
    code: 'Only this status, such as 403 or 4xx; repeatable',
    decision: 'Only allow, or forbid',
    source: 'Only records of this source; repeatable',
    text: 'Only what contains these words; repeatable',
    limitEvents: 'At most so many, the newest (default 100 on a terminal, else all; 0: all)',
    limit: 'At most so many (default 100; 0: all)',
    oldest: 'The oldest first',
    followEvents: 'Go on with what comes in, until interrupted',
    eventsOutput: 'terminal, json (one a line), csv, markdown or ocsf (default terminal)',
    tableOutput: 'terminal, json or csv (default terminal)',
    answerOutput: 'terminal, json or markdown (default terminal)',
    bindings:
      'Also explain by the roles and bindings of these sources, as of today: files or bundles; repeatable',
    report: 'The JSON report that the finding is in',
    metrics:
      'A file of metrics of the API server as of its last change, from before and after; SERVER=FILE where there are several; repeatable',
    policy: 'The audit policy of the API server',
    before: 'Drop what is older than this: 90d, 2026-01-01',
    subject: 'Only this subject',
  },
  noStore: () => 'say where the store is: --store DIR, or $KUBESTRIDE_STORE',
  notASize: (p: { flag: string; value: string }) =>
    `${p.flag}: "${p.value}" is no size; write one such as 500MB or 50GB`,
  notATime: (p: { flag: string; value: string }) =>
    `${p.flag}: "${p.value}" is no time; write one such as 2h, 15m, yesterday, 2026-11-20 or 2026-11-20T10:00:00+08:00`,
  notAFilter: (p: { flag: string; value: string }) =>
    `${p.flag}: "${p.value}" can match nothing; see \`kubestride audit events --help\``,
  notAQuestion: (p: { question: string; saved: readonly string[] }) =>
    `"${p.question}" is no question: ask who, what, where, why or how of an object or subject${p.saved.length === 0 ? '' : `, or one of ${p.saved.join(', ')}`}`,
  notAnObject: (p: { value: string }) =>
    `"${p.value}" is no object; write NAMESPACE/KIND/NAME, KIND/NAME or event:AUDIT-ID`,
  notASubject: (p: { value: string }) =>
    `"${p.value}" is no subject; write user:NAME, sa:NAMESPACE/NAME, group:NAME, ip:ADDRESS, credential:ID, node:NAME or pod:NAMESPACE/NAME`,
  noFinding: (p: { file: string; fingerprint: string }) =>
    `${p.file} has no finding about an object with the fingerprint "${p.fingerprint}"; copy it from the report`,
  notAReport: (p: { file: string }) => `${p.file} is no JSON report; \`kubestride scan -o json\` writes one`,
  notAnAddress: (p: { value: string }) =>
    `--listen: "${p.value}" is no address and port; write one such as 127.0.0.1:9880 or [::1]:9880`,
  openWithoutTls: (p: { address: string }) =>
    `--listen ${p.address} can be reached by others: give --tls-cert and --tls-key, and --client-ca or --token-file`,
  nothingToRecord: () => 'there is nothing to record: --listen none needs --follow or --watch',
  cannotListen: (p: { address: string; reason: string }) => `cannot listen on ${p.address}: ${p.reason}`,
  listening: (p: { url: string; store: string }) => `listening on ${p.url}, storing in ${p.store}`,
  following: (p: { files: number }) => `following ${plural(p.files, 'file', 'files')}`,
  watching: (p: { server: string }) => `watching Pods and Events of ${p.server}`,
  stopped: (p: { stored: number; doubles: number; refused: number }) =>
    `stopped: ${plural(p.stored, 'record', 'records')} stored, ${p.doubles} received again, ${p.refused} not understood`,
  ingested: (p: {
    stored: number;
    doubles: number;
    refused: number;
    redactions: number;
    files: number;
    sources: string;
  }) =>
    [
      `stored ${plural(p.stored, 'record', 'records')} of ${plural(p.files, 'file', 'files')}${p.sources === '' ? '' : ` (${p.sources})`}`,
      ...(p.doubles === 0 ? [] : [`${p.doubles} were there already`]),
      ...(p.redactions === 0
        ? []
        : [`${plural(p.redactions, 'credential was', 'credentials were')} taken out`]),
      ...(p.refused === 0 ? [] : [`${p.refused} not understood`]),
    ].join('; '),
  quarantined: (p: { file: string; reasons: string }) => `not understood, kept in ${p.file}: ${p.reasons}`,
  unknownFormat: (p: { file: string }) =>
    `"${p.file}": what it holds is not recognised; say it with --format`,
  progress: (p: { megabytes: string; records: number }) => `${p.megabytes} MB read, ${p.records} records`,
  damage: (p: { part: string; events: number; from: string; to: string; reason: string }) =>
    `${p.part} cannot be read (${p.reason}): ${plural(p.events, 'event', 'events')} from ${p.from} to ${p.to} are missing here`,
  more: (p: { limit: number }) => `there is more; --limit shows more than ${p.limit}`,
  noEvents: () => 'nothing found',
  info: {
    events: (p: { events: number; from: string; to: string }) =>
      `${plural(p.events, 'event', 'events')}${p.from === '' ? '' : `, ${p.from} to ${p.to}`}`,
    size: (p: { bytes: string; segments: number; journaled: number; perEvent: string }) =>
      `${p.bytes} in ${plural(p.segments, 'segment', 'segments')}${p.perEvent === '' ? '' : `, ${p.perEvent} bytes an event`}; ${p.journaled} not yet in a segment`,
  },
  verified: (p: { segments: number; events: number }) =>
    `${plural(p.segments, 'segment is', 'segments are')} as written, ${plural(p.events, 'event', 'events')}`,
  compacted: (p: { before: number; after: number }) => `${p.before} segments became ${p.after}`,
  retained: (p: { events: number; before: string }) =>
    `${plural(p.events, 'event', 'events')} from before ${p.before} dropped`,
};
