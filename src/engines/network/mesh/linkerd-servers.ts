import { asArray, asObject, asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { labelSelector } from '../../../kubernetes/selectors.ts';
import type { MeshPod } from './mesh-pod.ts';

export const GROUP = 'policy.linkerd.io';

/** The ports of a pod that a Server means, by number or by a name that several containers may have. */
export function portsOf({ spec }: KubernetesObject, pod: MeshPod): readonly number[] {
  const port = spec['port'];
  if (typeof port === 'number') return [port];
  return pod.ports
    .filter(({ name, protocol }) => protocol === 'TCP' && name === port)
    .map((each) => each.port);
}

/** Whether a ServerAuthorization is for a Server, by its name or its labels. */
export function isForServer({ spec }: KubernetesObject, server: KubernetesObject): boolean {
  const meant = asObject(spec['server']);
  const name = asString(meant?.['name']);
  return name !== undefined
    ? name === server.name
    : labelSelector(asObject(meant?.['selector']) ?? {})?.(server.labels) === true;
}

/** Whether an AuthorizationPolicy is for a Server of its namespace, or for all of them. */
export function targets({ spec }: KubernetesObject, server: string): boolean {
  const target = asObject(spec['targetRef']);
  const group = asString(target?.['group']) ?? '';
  if (group === GROUP && target?.['kind'] === 'Server') return target['name'] === server;
  return (group === '' || group === 'core') && target?.['kind'] === 'Namespace';
}

/** The Servers that a route is of, as `namespace/name`. */
export function parentServers({ namespace = 'default', spec }: KubernetesObject): string[] {
  return (asArray(spec['parentRefs']) ?? []).flatMap((entry) => {
    const parent = asObject(entry);
    return parent?.['kind'] === 'Server' ? [`${namespace}/${asString(parent['name'])}`] : [];
  });
}
