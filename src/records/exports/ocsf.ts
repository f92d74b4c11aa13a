import { asNumber, asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import type { EventRecord } from '../record.ts';

/** The version of the Open Cybersecurity Schema Framework that events are written in (github.com/ocsf/ocsf-schema, tag 1.6.0). */
export const OCSF_VERSION = '1.6.0';

const API_ACTIVITY = {
  category_uid: 6,
  category_name: 'Application Activity',
  class_uid: 6003,
  class_name: 'API Activity',
};
const PROCESS_ACTIVITY = {
  category_uid: 1,
  category_name: 'System Activity',
  class_uid: 1007,
  class_name: 'Process Activity',
};
const BASE_EVENT = {
  category_uid: 0,
  category_name: 'Uncategorized',
  class_uid: 0,
  class_name: 'Base Event',
};

/** activity_id of API Activity; whatever else is 99, Other. */
const ACTIVITIES: Readonly<Record<string, readonly [number, string]>> = {
  create: [1, 'Create'],
  get: [2, 'Read'],
  list: [2, 'Read'],
  watch: [2, 'Read'],
  update: [3, 'Update'],
  patch: [3, 'Update'],
  delete: [4, 'Delete'],
  deletecollection: [4, 'Delete'],
};
const OTHER = 99;
const INFORMATIONAL = { severity_id: 1, severity: 'Informational' };
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/;
/** What an endpoint or a device is called that no record names: the schema wants a name of it. */
const UNNAMED = 'unknown';

/**
 * A record as an OCSF event: audit events as API Activity, commands as Process Activity, others as Base Event, which the schema has for
 * what no class is for. Nothing is lost: what has no attribute is in `unmapped`.
 */
export function ocsfEvent(record: EventRecord): JsonObject {
  if (record.source === 'audit') return apiActivity(record);
  return record.source === 'command' ? processActivity(record) : baseEvent(record);
}

function apiActivity(record: EventRecord): JsonObject {
  const [id, name] = ACTIVITIES[record.verb] ?? [OTHER, record.verb || 'Other'];
  const proxies = lines(record.source_ips)
    .slice(1)
    .filter((ip) => ADDRESS.test(ip));
  return {
    ...common(record, API_ACTIVITY, id, name),
    actor: { user: userOf(record) },
    api: {
      operation: record.verb || UNNAMED,
      service: { name: 'kube-apiserver' },
      ...(record.api_version === '' ? {} : { version: record.api_version }),
      ...(record.audit_id === '' ? {} : { request: { uid: record.audit_id } }),
      ...(record.code < 0
        ? {}
        : { response: { code: record.code, ...text('error_message', record.message) } }),
    },
    src_endpoint: {
      ...(ADDRESS.test(record.source_ip) ? { ip: record.source_ip } : { name: record.source_ip || UNNAMED }),
      ...(proxies.length === 0 ? {} : { intermediate_ips: proxies }),
    },
    http_request: { ...text('user_agent', record.user_agent), ...urlOf(record.uri) },
    ...(record.code < 0 ? {} : { http_response: { code: record.code } }),
    ...(record.resource === ''
      ? {}
      : {
          resources: [
            {
              name: record.name || record.resource,
              type: [
                record.api_group === '' ? record.resource : `${record.resource}.${record.api_group}`,
                record.subresource,
              ]
                .filter((part) => part !== '')
                .join('/'),
              ...text('namespace', record.namespace),
              ...text('uid', record.uid),
            },
          ],
        }),
    ...statusOf(record),
    unmapped: unmapped(record, [
      'stage',
      'level',
      'decision',
      'reason',
      'impersonated',
      'credential',
      'pod',
      'node',
      'inlet',
    ]),
  };
}

function processActivity(record: EventRecord): JsonObject {
  const process = asObject(parse(record.raw)?.['process']);
  const pid = asNumber(process?.['pid']);
  const exe = asString(process?.['exe']) ?? '';
  const container = record.container || record.pod;
  const event = common(record, PROCESS_ACTIVITY, 1, 'Launch', container === '' ? [] : ['container']);
  return {
    ...event,
    actor: record.user === '' ? { app_name: UNNAMED } : { user: userOf(record) },
    device: {
      hostname: record.node || UNNAMED,
      type_id: 0,
      ...(ADDRESS.test(record.source_ip) ? { ip: record.source_ip } : {}),
    },
    process: {
      ...(pid === undefined ? { uid: record.key } : { pid }),
      ...text('name', record.name),
      ...text('cmd_line', record.message),
      ...(exe === ''
        ? {}
        : { file: { name: exe.slice(exe.lastIndexOf('/') + 1) || exe, path: exe, type_id: 1 } }),
      ...(container === '' ? {} : { container: { name: container } }),
    },
    ...(record.code < 0 ? {} : { exit_code: record.code }),
    unmapped: unmapped(record, ['verb', 'namespace', 'pod', 'reason', 'impersonated', 'decision', 'inlet']),
  };
}

function baseEvent(record: EventRecord): JsonObject {
  return {
    ...common(record, BASE_EVENT, OTHER, record.verb || 'Other'),
    unmapped: unmapped(record, [
      'api_group',
      'resource',
      'namespace',
      'name',
      'uid',
      'user',
      'pod',
      'node',
      'container',
      'reason',
      'inlet',
    ]),
  };
}

function common(
  record: EventRecord,
  kind: { readonly class_uid: number },
  activity: number,
  name: string,
  profiles: readonly string[] = [],
): JsonObject {
  return {
    ...kind,
    activity_id: activity,
    activity_name: name,
    type_uid: kind.class_uid * 100 + activity,
    ...INFORMATIONAL,
    time: Math.floor(record.time / 1000),
    ...text('message', record.message),
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'KubeStride', vendor_name: 'KubeStride' },
      uid: record.key,
      log_name: record.source,
      ...(record.cluster === '' ? {} : { tenant_uid: record.cluster }),
      ...(profiles.length === 0 ? {} : { profiles: [...profiles] }),
    },
  };
}

function userOf({ user, groups }: EventRecord): JsonObject {
  const all = lines(groups).map((name) => ({ name }));
  return { name: user || UNNAMED, ...(all.length === 0 ? {} : { groups: all }) };
}

function statusOf({ code, stage, message }: EventRecord): JsonObject {
  if (code < 0 || stage === 'RequestReceived') return { status_id: 0, status: 'Unknown' };
  const isGood = code < 400 && stage !== 'Panic';
  return {
    status_id: isGood ? 1 : 2,
    status: isGood ? 'Success' : 'Failure',
    status_code: String(code),
    ...text('status_detail', isGood ? '' : message),
  };
}

function urlOf(uri: string): JsonObject {
  if (uri === '') return {};
  const query = uri.indexOf('?');
  const path = query < 0 ? uri : uri.slice(0, query);
  return {
    url: {
      ...text('path', path),
      ...text('query_string', query < 0 ? '' : uri.slice(query + 1)),
      url_string: uri,
    },
  };
}

function unmapped(record: EventRecord, columns: readonly (keyof EventRecord)[]): JsonObject {
  return Object.fromEntries(
    columns.flatMap((column) => (record[column] === '' ? [] : [[column, record[column]]])),
  );
}

function text(name: string, value: string): JsonObject {
  return value === '' ? {} : { [name]: value };
}

function lines(value: string): string[] {
  return value === '' ? [] : value.split('\n');
}

function parse(raw: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(raw));
  } catch {
    return undefined;
  }
}
