import { asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { PodDirectory } from '../containers/directory.ts';
import { digest } from '../text.ts';
import { microsOf } from '../time.ts';
import { objectOf, textOf } from './fields.ts';
import type { JsonEventFields } from './json-events.ts';

const SEVERITIES = new Map([
  ['debug', 'info'],
  ['informational', 'info'],
  ['notice', 'info'],
  ['warning', 'warning'],
  ['error', 'error'],
  ['critical', 'fatal'],
  ['alert', 'fatal'],
  ['emergency', 'fatal'],
]);

/** An alert of Falco with json_output. Its time has nanoseconds; alerts of one rule at one of them differ in their text. */
export function falcoFields(event: JsonObject, pods: PodDirectory | undefined): JsonEventFields | undefined {
  const rule = textOf(event, 'rule');
  const output = asString(event['output']);
  const priority = textOf(event, 'priority');
  const time = microsOf(textOf(event, 'time'));
  const fields = objectOf(event, 'output_fields');
  if (rule === '' || output === undefined || priority === '' || time === undefined) return undefined;
  const known = pods?.container(
    containerId(textOf(fields, 'container.full_id') || textOf(fields, 'container.id')),
  );
  const login = textOf(fields, 'user.loginname');
  const user = textOf(fields, 'user.name');
  const isLoginTold = login !== '' && login !== '<NA>';
  return {
    key: `falco ${textOf(event, 'hostname')} ${textOf(event, 'time')} ${rule} ${digest(JSON.stringify(event))}`,
    time,
    verb: textOf(fields, 'evt.type') || 'alert',
    level: SEVERITIES.get(priority.toLowerCase()) ?? '',
    user: isLoginTold ? login : user,
    impersonated: isLoginTold && user !== login ? user : '',
    namespace: textOf(fields, 'k8s.ns.name') || (known?.namespace ?? ''),
    pod: textOf(fields, 'k8s.pod.name') || (known?.pod ?? ''),
    uid: textOf(fields, 'k8s.pod.uid') || (known?.podUid ?? ''),
    container: textOf(fields, 'container.name'),
    node: textOf(event, 'hostname'),
    name: textOf(fields, 'fd.name') || textOf(fields, 'proc.exepath') || textOf(fields, 'proc.name'),
    user_agent: textOf(fields, 'proc.exepath') || textOf(fields, 'proc.name'),
    reason: rule,
    message: textOf(fields, 'proc.cmdline') || textOf(event, 'output'),
  };
}

function containerId(id: string): string {
  return id === 'host' ? '' : id;
}
