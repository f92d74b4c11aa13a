import { isObject, type Json, type JsonObject } from '../../../kubernetes/json.ts';

/** The first of several places that holds a text: `kubernetes.pod.name` is looked for nested, and under the name with its dots. */
export function textAt(document: JsonObject, ...places: readonly string[]): string {
  for (const place of places) {
    const value = valueAt(document, place);
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return '';
}

export function valueAt(document: JsonObject, place: string): Json | undefined {
  if (Object.hasOwn(document, place)) return document[place];
  let value: Json | undefined = document;
  for (const part of place.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** Where senders put the line: Filebeat, Vector and rsyslog `message`, Fluent Bit `log`, journald `MESSAGE`, OTLP `body`. */
const LINES = ['message', 'log', 'MESSAGE', 'msg', 'body', '@message', 'event.original'];

export function lineOf(document: JsonObject): string {
  for (const place of LINES) {
    const value = valueAt(document, place);
    if (typeof value === 'string') return value;
  }
  return '';
}

export interface Place {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  readonly node: string;
}

/** The Pod that a line is of, as Fluent Bit and Fluentd, Vector, Filebeat, and OpenTelemetry (semantic conventions) name it. */
export function placeOf(document: JsonObject): Place {
  return {
    namespace: textAt(
      document,
      'kubernetes.namespace_name',
      'kubernetes.pod_namespace',
      'kubernetes.namespace',
      'k8s.namespace.name',
    ),
    pod: textAt(document, 'kubernetes.pod_name', 'kubernetes.pod.name', 'k8s.pod.name'),
    uid: textAt(document, 'kubernetes.pod_id', 'kubernetes.pod_uid', 'kubernetes.pod.uid', 'k8s.pod.uid'),
    container: textAt(
      document,
      'kubernetes.container_name',
      'kubernetes.container.name',
      'k8s.container.name',
    ),
    node: textAt(
      document,
      'kubernetes.host',
      'kubernetes.pod_node_name',
      'kubernetes.node.name',
      'k8s.node.name',
      'host.name',
      'host.hostname',
      'hostname',
      '_HOSTNAME',
      'host',
    ),
  };
}

/** The cluster that a sender names; the operator's word goes before it. */
export const clusterOf = (document: JsonObject): string =>
  textAt(document, 'orchestrator.cluster.name', 'k8s.cluster.name', 'kubernetes.cluster_name');

/** The program that wrote a line of a node's log: journald's unit or identifier, syslog's tag. */
export function programOf(document: JsonObject): string {
  const name = textAt(
    document,
    '_SYSTEMD_UNIT',
    'systemd.unit',
    'SYSLOG_IDENTIFIER',
    'programname',
    'app-name',
    'appname',
    'process.name',
    'syslogtag',
    'ident',
  );
  return name.replace(/\.service$/, '').replace(/(?:\[\d*\])?:?$/, '');
}
