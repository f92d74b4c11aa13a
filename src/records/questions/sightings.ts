import type { Test } from '../store/event-store.ts';
import type { Entry } from './entry.ts';
import { isAbout, type ObjectReference } from './object-reference.ts';
import { mayBelong } from './owners.ts';
import { inPod } from './subject.ts';

const WORKLOADS: ReadonlySet<string> = new Set([
  'deployments',
  'replicasets',
  'daemonsets',
  'statefulsets',
  'jobs',
  'cronjobs',
  'replicationcontrollers',
]);

/** What a record of another source must be to be about an object, or about a pod of it. */
export function sightings(object: ObjectReference): Test[] {
  const { resources, namespace, name } = object;
  const about: Test[] = [{ all: isAbout(object) }];
  if (name === undefined || namespace === undefined) return about;
  if (resources.includes('pods')) about.push(inPod(namespace, name));
  if (resources.some((resource) => WORKLOADS.has(resource))) {
    const below = `${name}-*`;
    about.push({
      all: [
        { column: 'namespace', is: namespace },
        {
          any: [
            { column: 'pod', like: below },
            {
              all: [
                { column: 'resource', is: 'pods' },
                { column: 'name', like: below },
              ],
            },
          ],
        },
      ],
    });
  }
  return about;
}

/** Whether a record is about the object itself, or about something whose name says that it may belong to it. */
export function kinship(entry: Entry, object: ObjectReference): 'own' | 'named' | undefined {
  const seen = entry.object;
  if (seen !== undefined && object.resources.includes(seen.resource)) return 'own';
  if (object.resources.includes('pods')) return 'own';
  const pod = seen?.resource === 'pods' ? seen.name : entry.pod;
  if (pod === '') return undefined;
  if (mayBelong('pods', pod, object)) return 'named';
  // The pods of a Deployment carry the name of one of its ReplicaSets.
  const set = /^(.+)-[^-]+$/.exec(pod)?.[1];
  return set !== undefined && mayBelong('replicasets', set, object) ? 'named' : undefined;
}

/** What a record must be to owe its being allowed to a role or binding, or to be the deed of a service account. */
export function usedBy({ resources, namespace, name }: ObjectReference): Test | undefined {
  if (name === undefined) return undefined;
  switch (resources[0]) {
    case 'clusterrolebindings':
      return { column: 'reason', like: `*ClusterRoleBinding "${name}" of *` };
    case 'rolebindings':
      return { column: 'reason', like: `*RoleBinding "${name}/${namespace ?? '*'}" of *` };
    case 'clusterroles':
      return { column: 'reason', like: `* of ClusterRole "${name}" to *` };
    case 'roles':
      return {
        all: [
          { column: 'reason', like: `* of Role "${name}" to *` },
          ...(namespace === undefined
            ? []
            : [{ column: 'reason', like: `*/${namespace}" of Role *` } as const]),
        ],
      };
    case 'serviceaccounts':
      return { column: 'user', like: `system:serviceaccount:${namespace ?? '*'}:${name}` };
    default:
      return undefined;
  }
}
