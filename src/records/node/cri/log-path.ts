import type { PodContainer } from '../containers/directory.ts';

export interface LogFile extends PodContainer {
  /** How often the container had been restarted: the number that the file is called by. */
  readonly restart: string;
}

/** `NAMESPACE_POD_UID` */
const POD_FOLDER = /^([a-z0-9-]{1,63})_([a-z0-9.-]{1,253})_([0-9a-f-]{1,64})$/;
/** In the pod's folder `CONTAINER/RESTART.log`, rotated as `0.log.20231120-120000` and `….gz` (kubelet, logs/container_log_manager.go). */
const POD_LOG = /(?:^|\/)pods\/([^/]{1,400})\/([a-z0-9-]{1,63})\/(\d{1,9})\.log[^/]{0,64}$/;
/** `POD_NAMESPACE_CONTAINER-ID.log` */
const CONTAINER_LINK = /^([a-z0-9.-]{1,253})_([a-z0-9-]{1,63})_([a-z0-9-]{1,63})-([0-9a-f]{64})\.log$/;
/** `/var/lib/docker/containers/ID/ID-json.log`, rotated as `….log.1` */
const DOCKER_LOG = /(?:^|\/)([0-9a-f]{64})-json\.log[^/]{0,64}$/;

/** The folder of a Pod's logs. Names of Pods and namespaces have no underscore, so that it can be read in one way only. */
export function parsePodFolder(name: string): PodContainer | undefined {
  const match = name.length > 512 ? null : POD_FOLDER.exec(name);
  if (match === null) return undefined;
  const [, namespace = '', pod = '', podUid = ''] = match;
  return { namespace, pod, podUid, container: '' };
}

/** `/var/log/pods/FOLDER/CONTAINER/RESTART.log`, wherever that is mounted; undefined for other paths. */
export function parsePodLogPath(path: string): LogFile | undefined {
  const match = path.length > 4096 ? null : POD_LOG.exec(path);
  const folder = match === null ? undefined : parsePodFolder(match[1]!);
  if (match === null || folder === undefined) return undefined;
  return { ...folder, container: match[2]!, restart: match[3]! };
}

export function parseContainerLink(
  name: string,
): (Omit<PodContainer, 'podUid'> & { readonly containerId: string }) | undefined {
  const match = name.length > 512 ? null : CONTAINER_LINK.exec(name);
  if (match === null) return undefined;
  const [, pod = '', namespace = '', container = '', containerId = ''] = match;
  return { namespace, pod, container, containerId };
}

/** The id of the container whose log docker's `json-file` driver writes; undefined for other paths. */
export function dockerContainerId(path: string): string | undefined {
  return path.length > 4096 ? undefined : DOCKER_LOG.exec(path)?.[1];
}
