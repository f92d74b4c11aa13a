import { asArray, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { commandLine, oneLine } from '../text.ts';
import { microsOf } from '../time.ts';
import { codeOf, hostOf, textOf } from './fields.ts';
import type { JsonEventFields } from './json-events.ts';

/** Of Teleport's audit events what they are called here; all others keep their name. */
const VERBS = new Map([
  ['session.command', 'execve'],
  ['exec', 'exec'],
  ['session.start', 'session-opened'],
  ['session.end', 'session-closed'],
  ['user.login', 'login'],
]);

/** An event of Teleport's audit log (its reference of audit events); `uid` is unique. */
export function teleportFields(event: JsonObject): JsonEventFields | undefined {
  const name = textOf(event, 'event');
  const code = textOf(event, 'code');
  const uid = textOf(event, 'uid');
  const time = microsOf(textOf(event, 'time'));
  if (!/^T\w{3,8}$/.test(code) || name === '' || uid === '' || time === undefined) return undefined;
  const isFailure = code.endsWith('W') || code.endsWith('E') || event['success'] === false;
  const address = hostOf(textOf(event, 'addr.remote'));
  const login = textOf(event, 'login');
  const user = textOf(event, 'user') || login;
  return {
    key: `teleport ${textOf(event, 'cluster_name')} ${uid} ${name} ${textOf(event, 'ei')}`,
    time,
    verb: verbOf(event, name, isFailure),
    user,
    groups: lines(event, 'kubernetes_groups'),
    impersonated: lines(event, 'kubernetes_users').split('\n', 1)[0] || (login === user ? '' : login),
    source_ip: address,
    source_ips: address,
    user_agent: textOf(event, 'user_agent'),
    uri: textOf(event, 'request_path'),
    api_group: apiGroup(textOf(event, 'resource_api_group')),
    api_version: textOf(event, 'resource_api_group').split('/').at(-1) ?? '',
    resource: textOf(event, 'resource_kind'),
    namespace: textOf(event, 'kubernetes_pod_namespace') || textOf(event, 'resource_namespace'),
    name: textOf(event, 'resource_name') || textOf(event, 'path') || textOf(event, 'kubernetes_pod_name'),
    pod: textOf(event, 'kubernetes_pod_name'),
    container: textOf(event, 'kubernetes_container_name'),
    node: textOf(event, 'kubernetes_node_name') || textOf(event, 'server_hostname'),
    code: codeOf(event['response_code'] ?? event['exitCode'] ?? event['return_code']),
    decision: name === 'user.login' || name === 'auth' ? (isFailure ? 'forbid' : 'allow') : '',
    reason: textOf(event, 'error') || textOf(event, 'exitError'),
    credential: textOf(event, 'method'),
    message: messageOf(event, name),
  };
}

function verbOf(event: JsonObject, name: string, isFailure: boolean): string {
  if (name === 'user.login' && isFailure) return 'login-failed';
  if (name === 'kube.request') return textOf(event, 'verb').toLowerCase() || 'kube.request';
  return VERBS.get(name) ?? name;
}

function messageOf(event: JsonObject, name: string): string {
  const command = textOf(event, 'command');
  if (command !== '') return command;
  const words = (asArray(event['argv']) ?? []).map((word) => asString(word) ?? '');
  const program = textOf(event, 'path') || textOf(event, 'program');
  if (program === '') return name === 'kube.request' ? textOf(event, 'request_path') : name;
  // argv[0] is what the program was called by, or left out.
  const rest = words[0] === program || words[0] === textOf(event, 'program') ? words.slice(1) : words;
  return oneLine(commandLine([program, ...rest]));
}

/** `core/v1` is the group without a name. */
function apiGroup(groupVersion: string): string {
  const group = groupVersion.includes('/') ? groupVersion.split('/', 1)[0]! : '';
  return group === 'core' ? '' : group;
}

function lines(event: JsonObject, key: string): string {
  const texts = (asArray(event[key]) ?? []).map((item) => oneLine(asString(item) ?? ''));
  return texts.filter((text) => text !== '').join('\n');
}
