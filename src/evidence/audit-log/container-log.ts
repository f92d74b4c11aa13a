import { asObject, asString, isObject, type JsonObject } from '../../kubernetes/json.ts';

/**
 * What a container writes is its own word, whatever it looks like: a line in the form of an audit event, of auditd or of a detection tool is
 * a line of a log, or whoever runs a Pod could write the history of the cluster. The one exception is the API server's own static Pod: the
 * kubelet calls it by the hash of its manifest (32 hexadecimal digits: pkg/kubelet/config applyDefaults), where Pods that were made
 * through the API have UUIDs that the API server chose (pkg/registry/rest FillObjectMetaSystemFields).
 */
const API_SERVER =
  /(?:^|\/)pods\/kube-system_kube-apiserver-[^/_]{1,253}_[0-9a-f]{32}\/kube-apiserver\/\d{1,9}\.log[^/]{0,64}$/;
/** The kubelet's `pods/NAMESPACE_POD_UID/CONTAINER/RESTART.log`, its links `POD_NAMESPACE_CONTAINER-ID.log`, docker's `ID-json.log`. */
const CONTAINER =
  /(?:^|\/)(?:pods\/[^/_]{1,253}_[^/_]{1,253}_[^/_]{1,64}\/[^/]{1,253}\/[^/]{1,64}|[^/_]{1,253}_[^/_]{1,253}_[^/]{1,253}-[0-9a-f]{64}\.log|[0-9a-f]{64}-json\.log[^/]{0,64})$/;
const LONGEST_PATH = 4096;

export function isApiServerLog(path: string): boolean {
  return path.length <= LONGEST_PATH && API_SERVER.test(path);
}

/** Whether a file is what a container wrote to its output, and not the API server's own static Pod. */
export function isContainerLog(path: string): boolean {
  return path.length <= LONGEST_PATH && CONTAINER.test(path) && !isApiServerLog(path);
}

/**
 * Where collectors say of which container a line is (Fluent Bit and Fluentd, Vector, Filebeat, OpenTelemetry's semantic conventions), and
 * of which stream.
 */
const NAMES = [
  ...['pod_name', 'pod_id', 'pod_uid', 'container_name', 'container_id', 'docker_id'].map(
    (name) => `kubernetes.${name}`,
  ),
  ...['pod.name', 'pod.uid', 'container.name'].flatMap((name) => [`kubernetes.${name}`, `k8s.${name}`]),
  ...[
    'container.id',
    'container.name',
    'docker.container_id',
    'container_id',
    'container_name',
    'log.iostream',
  ],
];
const PATHS = ['log.file.path', 'file', 'filename', 'file_path', 'filepath', 'path', 'log_file', 'log.path'];

/**
 * Whether a collector's document says that it is a line of a container. Containers can have fields of their own merged into such documents
 * (Fluent Bit's Merge_Log), but take none away that the collector put there.
 */
export function isOfContainer(document: JsonObject): boolean {
  if (names(document)) return true;
  const resource = asObject(document['resource']);
  if (resource !== undefined && (resource['type'] === 'k8s_container' || names(resource))) return true;
  return PATHS.some((place) => isContainerLog(textAt(document, place)));
}

function names(document: JsonObject): boolean {
  if (NAMES.some((place) => textAt(document, place) !== '')) return true;
  const attributes = document['attributes'];
  // OTLP's own form is a list of keys and values.
  if (Array.isArray(attributes)) {
    return attributes.some((each) => NAMES.includes(asString(asObject(each)?.['key']) ?? ''));
  }
  return isObject(attributes) && NAMES.some((place) => textAt(attributes, place) !== '');
}

/** A text, nested or under the name with its dots; empty where there is none. */
function textAt(document: JsonObject, place: string): string {
  const value = Object.hasOwn(document, place) ? document[place] : undefined;
  if (value !== undefined) return asString(value) ?? '';
  const dot = place.indexOf('.');
  const inner = dot < 0 ? undefined : asObject(document[place.slice(0, dot)]);
  return inner === undefined ? '' : textAt(inner, place.slice(dot + 1));
}
