import type { Cluster } from '../../../kubernetes/cluster.ts';
import { Component } from '../../../kubernetes/component.ts';
import { hostPathUses } from '../../../kubernetes/host-paths.ts';
import { asObject, asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import {
  isApiServerAudience,
  isStaticPod,
  mountsToken,
  projectedTokens,
} from '../../../kubernetes/service-account-tokens.ts';
import { type Container, Workload } from '../../../kubernetes/workload.ts';
import type { Certainty } from './power.ts';

/** A pod that runs, or an owner whose pods will. */
export interface Running {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly name: string;
  /** `web-0`, or `deployment/web` where only the owner is known. */
  readonly reference: string;
  /** Undefined where no pod has been seen, or none on a node. */
  readonly node: string | undefined;
  /** The service account whose token is inside, if there is one. */
  readonly account: { readonly name: string; readonly certainty: Certainty } | undefined;
  /** Whether a command inside reaches the node. */
  readonly escape: Certainty | undefined;
  /** The API server itself. */
  readonly isApiServer: boolean;
  /** Kind of the owner as kubectl spells it. */
  readonly kind: string;
}

const OVER = new Set(['Succeeded', 'Failed']);

/** The pods of a cluster; among manifests, what the owners of pods will run. */
export function runningOf(cluster: Cluster, arePodsSeen: boolean): Running[] {
  const workloads = arePodsSeen
    ? cluster
        .ofKind('Pod')
        .filter(
          ({ group, raw }) => group === '' && !OVER.has(asString(asObject(raw['status'])?.['phase']) ?? ''),
        )
        .flatMap((pod) => Workload.of(pod))
    : cluster.workloads;
  return workloads.map((workload) => running(workload, cluster));
}

function running(workload: Workload, cluster: Cluster): Running {
  const { object, namespace, name } = workload;
  const kind = workload.kind.toLowerCase();
  return {
    object,
    namespace,
    name,
    kind,
    reference: kind === 'pod' ? name : `${kind}/${name}`,
    node: asString(workload.pod['nodeName']) || undefined,
    account: accountIn(workload, cluster),
    escape: escapeOf(workload),
    isApiServer: Component.of(workload).some((component) => component.name === 'kube-apiserver'),
  };
}

function accountIn(workload: Workload, cluster: Cluster): Running['account'] {
  // The API server refuses service accounts in the mirrors of static pods.
  if (isStaticPod(workload)) return undefined;
  const name = workload.serviceAccountName;
  const isProjected = projectedTokens(workload).some(
    ({ audience }) => audience === undefined || isApiServerAudience(audience, cluster),
  );
  if (isProjected) return { name, certainty: 'proven' };
  const mounts = mountsToken(workload, cluster);
  if (mounts === false) return undefined;
  return { name, certainty: mounts === true || cluster.isComplete ? 'proven' : 'possible' };
}

const WRITABLE_ESCAPES = new Set(['root', 'runtime-socket', 'control-plane', 'kubelet', 'etcd', 'system']);

function escapeOf(workload: Workload): Certainty | undefined {
  if (workload.containers.some(({ security }) => security.privileged || security.hostProcess))
    return 'proven';
  let found: Certainty | undefined;
  for (const { kind, access, asRoot } of hostPathUses(workload)) {
    if (access === 'unmounted' || !WRITABLE_ESCAPES.has(kind)) continue;
    // A socket takes commands also where it is mounted read-only.
    if (asRoot && (kind === 'runtime-socket' || (kind === 'root' && access === 'writable'))) return 'proven';
    found = 'possible';
  }
  return workload.containers.some(hasEscapeCapability) ? 'possible' : found;
}

const ESCAPE_CAPABILITIES = new Set(['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'SYS_PTRACE', 'DAC_READ_SEARCH']);

function hasEscapeCapability({ security }: Container): boolean {
  return security.addedCapabilities.some((name) => ESCAPE_CAPABILITIES.has(name.replace(/^CAP_/, '')));
}
