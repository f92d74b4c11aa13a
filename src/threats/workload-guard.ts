import type { Cluster } from '../kubernetes/cluster.ts';
import { askingProxy } from '../kubernetes/edge-authentication.ts';
import { areAllAsked, type IstioTarget, istioAuthorizationsIn } from '../kubernetes/istio-requests.ts';
import { asNumber, asString } from '../kubernetes/json.ts';
import type { Container, Workload } from '../kubernetes/workload.ts';
import { type Guard, guarded, OPEN } from './guard.ts';
import { networkOf } from './network-of.ts';
import { networkPodOf } from './network-questions.ts';

/** Where an entry leads in pods: numbers and names of their ports, or the container that is known to be there. */
export type Target = readonly (number | string)[] | Container;

/** What asks inside of the pods of a workload, or in the proxies of its mesh. */
export function workloadGuard(workload: Workload, target: Target, cluster: Cluster): Guard {
  const proxy = proxyAt(workload, target);
  if (proxy !== undefined) return guarded(proxy);
  const policies = istioAuthorizationsIn(workload.namespace, cluster).filter((each) =>
    each.selects(workload),
  );
  const guard = askedBy(policies);
  return guard.kind === 'open' || isOutsideMesh(workload, cluster) ? OPEN : guard;
}

/** What policies for the same pods come to. */
export function askedBy(policies: readonly IstioTarget[]): Guard {
  const asking = policies.find(({ demand }) => demand !== 'none');
  if (asking === undefined) return OPEN;
  const by = `AuthorizationPolicy/${asking.object.name}`;
  return areAllAsked(policies) ? guarded(by) : { kind: 'partly', by };
}

/** A proxy asks nobody at the ports of the containers beside it. */
function proxyAt(workload: Workload, target: Target): string | undefined {
  const leadsTo =
    'workload' in target ? [target] : workload.containers.filter((each) => declares(each, target));
  const proxies = (leadsTo.length > 0 ? leadsTo : workload.containers).map((each) => askingProxy(each));
  if (leadsTo.length > 0 && proxies.includes(undefined)) return undefined;
  return proxies.find((name) => name !== undefined);
}

function declares({ ports }: Container, wanted: readonly (number | string)[]): boolean {
  return ports.some(({ raw }) => {
    const own = [asNumber(raw['containerPort']), asString(raw['name'])];
    return own.some((each) => each !== undefined && wanted.includes(each));
  });
}

/** Policies of a mesh are nothing to pods that are for certain not in it. */
function isOutsideMesh(workload: Workload, cluster: Cluster): boolean {
  const { mesh } = networkOf(cluster);
  const pod = networkPodOf(workload, cluster);
  if (mesh === undefined || pod === undefined) return false;
  return pod.isOnHostNetwork || mesh.planesOf(pod).every((plane) => plane === 'none');
}
