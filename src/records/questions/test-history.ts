import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import { type EventRecord, record } from '../record.ts';

/** 2026-11-20T00:00:00Z in microseconds: when made-up histories begin. */
export const START = Date.UTC(2026, 10, 20) * 1000;
export const MINUTE = 60_000_000;

export interface Deed {
  /** Minutes after START. */
  readonly at: number;
  readonly user: string;
  readonly verb: string;
  /** `GROUP/RESOURCE` or `RESOURCE`, a subresource behind a colon: `pods:exec`. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uri?: string;
  readonly code?: number;
  readonly decision?: string;
  readonly reason?: string;
  readonly level?: string;
  readonly groups?: readonly string[];
  readonly impersonated?: string;
  readonly ips?: readonly string[];
  readonly agent?: string;
  readonly credential?: string;
  readonly pod?: string;
  readonly node?: string;
  readonly request?: JsonObject;
  readonly response?: JsonObject;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly cluster?: string;
  readonly auditId?: string;
  /** All stages that are recorded; ResponseComplete without it. */
  readonly stages?: readonly string[];
  readonly uid?: string;
}

let count = 0;

/** Records of one request, as an API server's audit events become records. */
export function request(deed: Deed): EventRecord[] {
  const [type = '', subresource = ''] = (deed.resource ?? '').split(':');
  const slash = type.indexOf('/');
  const time = START + deed.at * MINUTE;
  const auditId = deed.auditId ?? `audit-${++count}`;
  const made =
    deed.verb === 'create' && subresource === '' ? asObject(deed.response?.['metadata']) : undefined;
  const hasBody = deed.request !== undefined || deed.response !== undefined;
  return (deed.stages ?? ['ResponseComplete']).map((stage) => {
    const ended = stage !== 'RequestReceived';
    return record({
      key: `${auditId}/${stage}/${time}/${deed.user}`,
      time,
      end: time + (ended ? 5000 : 0),
      source: 'audit',
      cluster: deed.cluster ?? 'prod',
      inlet: 'webhook',
      audit_id: auditId,
      stage,
      level: deed.level ?? (deed.response ? 'RequestResponse' : deed.request ? 'Request' : 'Metadata'),
      verb: deed.verb,
      user: deed.user,
      groups: (deed.groups ?? ['system:authenticated']).join('\n'),
      impersonated: deed.impersonated ?? '',
      user_agent: deed.agent ?? 'kubectl/v1.37.2',
      source_ip: (deed.ips ?? ['10.0.0.5'])[0] ?? '',
      source_ips: (deed.ips ?? ['10.0.0.5']).join('\n'),
      uri: deed.uri ?? '/uri',
      api_group: slash < 0 ? '' : type.slice(0, slash),
      api_version: 'v1',
      resource: type.slice(slash + 1),
      subresource,
      namespace: deed.namespace ?? '',
      // As the decoder has it, which reads the answer for what was made with a generated name.
      name: deed.name || textIn(made, 'name'),
      uid: deed.uid ?? textIn(made, 'uid'),
      code: ended ? (deed.code ?? 200) : -1,
      decision: ended ? (deed.decision ?? 'allow') : '',
      reason: deed.reason ?? '',
      credential: deed.credential ?? '',
      pod: deed.pod ?? '',
      node: deed.node ?? '',
      raw: JSON.stringify({
        auditID: auditId,
        stage,
        annotations: deed.annotations ?? {},
        user: { username: deed.user, extra: deed.extra ?? {} },
        ...(hasBody ? { requestObject: deed.request, responseObject: deed.response } : {}),
      }),
    });
  });
}

export function history(...deeds: readonly Deed[]): EventRecord[] {
  return deeds.flatMap(request);
}

function textIn(object: JsonObject | undefined, field: string): string {
  return asString(object?.[field]) ?? '';
}

/** A record of another source. */
export function seen(
  at: number,
  fields: Partial<EventRecord> & Pick<EventRecord, 'source' | 'verb'>,
): EventRecord {
  const key = `seen-${++count}`;
  return record({
    cluster: 'prod',
    inlet: 'watch',
    ...fields,
    key,
    time: START + at * MINUTE,
    raw: fields.raw ?? fields.message ?? '',
  });
}

export const account = (namespace: string, name: string) => `system:serviceaccount:${namespace}:${name}`;

export function rbacReason(binding: string, role: string, subject: string): string {
  return `RBAC: allowed by ${binding} of ${role} to ${subject}`;
}
