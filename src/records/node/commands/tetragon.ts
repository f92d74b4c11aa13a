import { asNumber, type JsonObject } from '../../../kubernetes/json.ts';
import { isSet } from '../auditd/users.ts';
import type { PodDirectory } from '../containers/directory.ts';
import { digest, oneLine } from '../text.ts';
import { microsOf } from '../time.ts';
import { codeOf, objectOf, textOf } from './fields.ts';
import type { JsonEventFields } from './json-events.ts';

const KINDS: readonly (readonly [key: string, verb: string])[] = [
  ['process_exec', 'execve'],
  ['process_exit', 'exit'],
  ['process_kprobe', ''],
  ['process_tracepoint', ''],
  ['process_uprobe', ''],
  ['process_lsm', ''],
];

/** An event of Tetragon's JSON export (api/v1/tetragon/events.proto). */
export function tetragonFields(
  event: JsonObject,
  pods: PodDirectory | undefined,
): JsonEventFields | undefined {
  const time = microsOf(textOf(event, 'time'));
  const kind = KINDS.find(([key]) => objectOf(event, key) !== undefined);
  if (time === undefined || kind === undefined) return undefined;
  const what = objectOf(event, kind[0])!;
  const process = objectOf(what, 'process');
  const pod = objectOf(process, 'pod');
  const container = objectOf(pod, 'container');
  const known = pods?.container(textOf(container, 'id').split('/').at(-1) ?? '');
  const login = asNumber(process?.['auid']);
  const uid = userOf(asNumber(process?.['uid']));
  const user = login === undefined || !isSet(String(login)) ? uid : userOf(login);
  const called = textOf(what, 'function_name') || textOf(what, 'event') || textOf(what, 'symbol');
  const exec = textOf(process, 'exec_id');
  return {
    // Of one process there may be several calls at one time, with other arguments.
    key: `tetragon ${textOf(event, 'node_name')} ${exec} ${kind[0]} ${textOf(event, 'time')} ${digest(JSON.stringify(what))}`,
    time,
    verb: kind[1] || called || kind[0],
    user,
    impersonated: uid === user ? '' : uid,
    namespace: textOf(pod, 'namespace'),
    pod: textOf(pod, 'name'),
    uid: textOf(pod, 'uid') || (known?.podUid ?? ''),
    container: textOf(container, 'name'),
    node: textOf(event, 'node_name'),
    name: textOf(process, 'binary'),
    message: oneLine(`${textOf(process, 'binary')} ${textOf(process, 'arguments')}`.trim()),
    reason: textOf(what, 'policy_name'),
    code: kind[0] === 'process_exit' ? codeOf(what['status'] ?? 0) : -1,
  };
}

function userOf(uid: number | undefined): string {
  return uid === undefined ? '' : uid === 0 ? 'root' : `uid:${uid}`;
}
