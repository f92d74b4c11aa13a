/** Words of `kubestride audit completeness`. */
const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

interface Span {
  readonly from: string;
  readonly to: string;
}

interface Place {
  readonly cluster: string;
  readonly inlet: string;
}

/** ` of prod`, where clusters have names. */
const of = (cluster: string): string => (cluster === '' ? '' : ` of ${cluster}`);
/** Metrics of one API server need not name it. */
const named = (instance: string): string => (instance === '' ? '' : ` ${instance}`);
const between = ({ from, to }: Span): string => (from === '' ? '' : `, ${from} to ${to}`);

export const completeness = {
  verdict: {
    complete: 'complete',
    incomplete: 'incomplete',
    'not-known': 'not known whether complete',
  },
  judged: (p: { verdict: string } & Span) =>
    p.from === '' ? p.verdict : `${p.from} to ${p.to}: ${p.verdict}`,
  means: {
    loss: 'Missing',
    doubt: 'Maybe missing',
    note: 'Worth knowing',
  },
  reason: {
    noAuditEvents: () => 'no audit event is held of that time',
    beginsLater: (p: Span) => `the first audit event is of ${p.to}, asked was from ${p.from}`,
    endsEarlier: (p: Span) => `the last audit event is of ${p.from}, asked was up to ${p.to}`,
    noCounters: (p: Span) =>
      p.from === ''
        ? 'what API servers counted is not known: give metrics of each from two times (--metrics)'
        : `the metrics do not cover ${p.from} to ${p.to}`,
    countersOfSomeServers: (p: { count: number }) =>
      `${plural(p.count, 'API server')} renewed a lease, and ${p.count === 1 ? 'its' : 'their'} metrics were not given`,
    countersBeganAnew: (p: { instance: string } & Span) =>
      `the API server${named(p.instance)} began to count anew between its metrics${between(p)}; what it counted before is not known`,
    dropped: (p: { instance: string; plugin: string; count: number } & Span) =>
      `the API server${named(p.instance)} lost ${plural(p.count, 'event')} (${p.plugin})${between(p)}`,
    requestsRejected: (p: { instance: string; count: number } & Span) =>
      `the API server${named(p.instance)} refused ${plural(p.count, 'request')} that it could not write down${between(p)}`,
    fewerThanCounted: (p: { count: number; counted: number; held: number } & Span) =>
      `API servers counted ${plural(p.counted, 'event')}, ${p.held} are held: ${p.count} are missing${between(p)}`,
    gap: (p: { usual: number; count: number } & Place & Span) =>
      `nothing came from ${p.from} to ${p.to} through ${p.inlet}${of(p.cluster)}, where events are never further apart than ${p.usual} s${p.count > 1 ? `; the longest of ${p.count} such holes` : ''}`,
    irregularTraffic: (p: { seconds: number | undefined } & Place) =>
      `holes cannot be told from silence in what came through ${p.inlet}${of(p.cluster)}: ${p.seconds === undefined ? 'there are too few events' : `they are up to ${p.seconds} s apart, or no heartbeat is logged`}`,
    apiServerDown: (p: { count: number } & Place & Span) =>
      `nothing came from ${p.from} to ${p.to} through ${p.inlet}${of(p.cluster)}, and then the API server started: what it held in memory is lost${p.count > 1 ? `; the longest of ${p.count} such times` : ''}`,
    apiServerStarted: (p: { cluster: string; at: string }) =>
      `an API server${of(p.cluster)} started at ${p.at}; what it held in memory before is not here`,
    apiServers: (p: { cluster: string; count: number }) =>
      `${plural(p.count, 'API server')}${of(p.cluster)} renewed a lease`,
    collectorDown: (p: Span) => `the collector was stopped from ${p.from} to ${p.to}`,
    collectorCrashed: (p: Span) =>
      `the collector did not run, or was killed, at some time from ${p.from} to ${p.to}`,
    lostByRotation: (p: { inlet: string; at: string; message: string }) =>
      `${p.inlet}: rotated away before it was read, ${p.at}${p.message === '' ? '' : `: ${p.message}`}`,
    unreadableFile: (p: { inlet: string; at: string; message: string }) =>
      `${p.inlet}: could not be read, ${p.at}${p.message === '' ? '' : `: ${p.message}`}`,
    storeDamaged: (p: { part: string; reason: string; count: number } & Span) =>
      `${p.part} of the store cannot be read (${p.reason}): ${plural(p.count, 'event')}${between(p)}`,
    refused: (p: { count: number; reason: string }) =>
      `${p.count} times something came in and was not kept, since counting began: ${p.reason}`,
    requestsWithoutEnd: (p: { cluster: string; stage: string; count: number } & Span) =>
      `${plural(p.count, 'request')}${of(p.cluster)} ${p.count === 1 ? 'has' : 'have'} no event after ${p.stage}${between(p)}`,
    truncatedEvents: (p: { cluster: string; count: number }) =>
      `${plural(p.count, 'event')}${of(p.cluster)} came without ${p.count === 1 ? 'its body' : 'their bodies'}, cut by the API server for being too large`,
    auditIdsReused: (p: { id: string; stage: string; count: number }) =>
      `${plural(p.count, 'audit ID')} stood for more than one request, such as ${p.id} (${p.stage}); clients can choose them`,
    notAudited: (p: { need: string; resource: string; verbs: string; rule: string }) =>
      `the audit policy leaves out ${p.verbs} of ${p.resource}${p.rule === '' ? '' : ` (rules[${p.rule}])`}: ${p.need}`,
    levelTooLow: (p: {
      need: string;
      resource: string;
      verbs: string;
      rule: string;
      level: string;
      needed: string;
    }) =>
      `the audit policy logs ${p.verbs} of ${p.resource} as ${p.level}, not ${p.needed}${p.rule === '' ? '' : ` (rules[${p.rule}])`}: ${p.need}`,
  },
  refusal: {
    'not-json': 'no JSON',
    'not-an-event': 'JSON of another kind',
    'unsupported-version': 'an event of a version that is not known',
    'missing-fields': 'an event without ID, stage or time',
    'too-long': 'longer than the limit',
    truncated: 'it ended in the middle',
    'too-deep': 'nested too deep',
    'unknown-format': 'a line in no known format',
  },
  noCounters: (p: { file: string }) =>
    `--metrics: "${p.file}" has no audit counters of an API server; \`kubectl get --raw /metrics\` prints them`,
  metricsTooLarge: (p: { file: string; megabytes: number }) =>
    `--metrics: "${p.file}" is larger than ${p.megabytes} MB`,
};
