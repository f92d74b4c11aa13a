import { DRY_RUN } from '../audit/dry-run.ts';
import type { EventRecord, Source } from '../record.ts';

/**
 * How a thing ended. `done`: it took effect; `dry-run`: it was only tried, as it was asked for (dryRun=All); `refused`: nobody let it;
 * `failed`: it was let through and did not work; `open`: only its beginning is recorded, so that its end is not known; `told`: no request,
 * but something that a source tells.
 */
export type Outcome = 'done' | 'dry-run' | 'refused' | 'failed' | 'open' | 'told';

/** Who refused a request: authentication (401), the authorizer, or whoever came after it (admission). */
export type RefusedBy = 'authentication' | 'authorization' | 'admission';

export interface EntryObject {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** One thing that happened: the stages of a request are one entry, with its end. */
export interface Entry {
  /** Key of the record that tells most. */
  readonly id: string;
  /** Keys of all its records. */
  readonly keys: readonly string[];
  readonly time: number;
  readonly end: number;
  readonly source: Source;
  readonly cluster: string;
  readonly verb: string;
  readonly object: EntryObject | undefined;
  /** Of the object, or of the pod where something that is no request was seen. */
  readonly namespace: string;
  readonly uri: string;
  readonly user: string;
  readonly groups: readonly string[];
  readonly impersonated: string;
  readonly credential: string;
  readonly ip: string;
  readonly ips: readonly string[];
  readonly agent: string;
  /** Pod and node that the credential is bound to; of other sources where it was seen. */
  readonly pod: string;
  readonly node: string;
  readonly container: string;
  readonly outcome: Outcome;
  readonly refusedBy?: RefusedBy;
  readonly code: number;
  readonly decision: string;
  readonly reason: string;
  readonly message: string;
  readonly level: string;
  readonly auditId: string;
  readonly redactions: number;
}

/** What tells most comes first. */
const STAGES = ['ResponseComplete', 'Panic', 'ResponseStarted', 'RequestReceived'];

/**
 * Entries out of records, in the order of their time. Stages belong together by more than the Audit-ID, because clients may choose it
 * and use it again (k8s.io/apiserver pkg/endpoints/request WithAuditID).
 */
export function entriesOf(records: readonly EventRecord[]): Entry[] {
  const requests = new Map<string, EventRecord[]>();
  for (const record of records) {
    const id = requestId(record);
    const same = requests.get(id);
    if (same === undefined) requests.set(id, [record]);
    else same.push(record);
  }
  return [...requests.values()].map(entryOf).sort(byTime);
}

export function byTime(a: Entry, b: Entry): number {
  return a.time - b.time || a.end - b.end || (a.id < b.id ? -1 : 1);
}

/** What the stages of one request share. */
export function requestId(record: EventRecord): string {
  const { source, cluster, audit_id, time, user, verb, uri, key } = record;
  if (source !== 'audit' || audit_id === '') return key;
  return JSON.stringify([cluster, audit_id, time, user, verb, uri]);
}

function rank({ stage }: EventRecord): number {
  const at = STAGES.indexOf(stage);
  return at < 0 ? STAGES.length : at;
}

function entryOf(stages: EventRecord[]): Entry {
  const [main] = stages.sort((a, b) => rank(a) - rank(b)) as [EventRecord];
  const ended = outcomeOf(main);
  return {
    id: main.key,
    keys: stages.map(({ key }) => key),
    time: main.time,
    end: main.end,
    source: main.source,
    cluster: main.cluster,
    verb: main.verb,
    object: objectOf(main),
    namespace: main.namespace,
    uri: main.uri,
    user: main.user,
    groups: lines(main.groups),
    impersonated: main.impersonated,
    credential: main.credential,
    ip: main.source_ip,
    ips: lines(main.source_ips),
    agent: main.user_agent,
    pod: main.pod,
    node: main.node,
    container: main.container,
    ...ended,
    code: main.code,
    decision: main.decision,
    reason: main.reason,
    message: main.message,
    level: main.level,
    auditId: main.audit_id,
    redactions: Math.max(...stages.map(({ redactions }) => redactions)),
  };
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

function objectOf(record: EventRecord): EntryObject | undefined {
  const { api_group: group, resource, subresource, namespace, name, uid } = record;
  return resource === '' ? undefined : { group, resource, subresource, namespace, name, uid };
}

function outcomeOf(record: EventRecord): Pick<Entry, 'outcome' | 'refusedBy'> {
  const { source, stage, code, decision, message, resource } = record;
  if (source !== 'audit') {
    if (decision === 'forbid') return { outcome: 'refused' };
    // Of a command it is the exit code, of a request that a proxy saw the HTTP status.
    const isFailure = source === 'command' && (resource === '' ? code > 0 : code >= 400);
    return { outcome: isFailure ? 'failed' : 'told' };
  }
  if (code === 401) return { outcome: 'refused', refusedBy: 'authentication' };
  if (decision === 'forbid') return { outcome: 'refused', refusedBy: 'authorization' };
  if (code === 403)
    return { outcome: 'refused', refusedBy: decision === 'allow' ? 'admission' : 'authorization' };
  if (stage === 'Panic' || code >= 400) return { outcome: 'failed' };
  // Long requests (watch, exec) tell their status when they begin.
  if (stage === 'RequestReceived' || code < 0) return { outcome: 'open' };
  return { outcome: message === DRY_RUN ? 'dry-run' : 'done' };
}
