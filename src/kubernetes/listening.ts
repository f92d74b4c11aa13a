import type { Cluster } from './cluster.ts';
import type { Component } from './component.ts';
import { asArray, asObject, asString } from './json.ts';
import type { KubernetesObject } from './object.ts';

/** Where a program of the control plane waits for connections. */
export interface Listening {
  readonly port: number;
  /** As the flags state it; undefined for all addresses of the machine or pod. */
  readonly address: string | undefined;
  /** The flag that says so. */
  readonly flag: string;
  /** Whether it speaks TLS; undefined where that is not said here. */
  readonly isTls: boolean | undefined;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;
const EVERYWHERE = new Set(['0.0.0.0', '::', '[::]', '']);
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-fA-F:]*:[0-9a-fA-F:.]*\]?)$/;
const URL_PARTS = /^([a-z]+):\/\/(\[[0-9a-fA-F:.]*\]|[^:/[\]]*):(\d+)\/?$/;

/**
 * The ports that a component opens to others than its own machine; undefined for those of which that is not known. What `isUnsettled` says
 * of is left out.
 */
export function listening(component: Component): readonly Listening[] | undefined {
  return places(component)?.filter((place) => place !== 'unsettled');
}

/** Whether a flag speaks of a place that is not known before the container starts, such as `https://$(ADDRESS):2379`. */
export function isUnsettled(component: Component): boolean {
  return places(component)?.includes('unsettled') ?? false;
}

type Place = Listening | 'unsettled';

function places(component: Component): readonly Place[] | undefined {
  switch (component.name) {
    case 'etcd':
      // Without the flag, http://localhost:2379.
      return [...urls(component, 'listen-client-urls'), ...urls(component, 'listen-peer-urls')];
    case 'kube-controller-manager':
      return bound(component, 10_257);
    case 'kube-scheduler':
      return bound(component, 10_259);
    default:
      return undefined;
  }
}

function urls(component: Component, flag: string): Place[] {
  return expanded(component, flag)
    .split(',')
    .flatMap((part): Place[] => {
      const text = part.trim();
      if (text === '' || /^unixs?:/.test(text)) return [];
      const [, scheme, host = '$', port] = URL_PARTS.exec(text) ?? [];
      return placed(host, { port: Number(port), flag, isTls: scheme === 'https' });
    });
}

function bound(component: Component, usual: number): Place[] {
  const port = Number(expanded(component, 'secure-port') || usual);
  if (port === 0) return [];
  const host = expanded(component, 'bind-address') || '0.0.0.0';
  return Number.isInteger(port) && port > 0
    ? placed(host, { port, flag: 'bind-address', isTls: true })
    : ['unsettled'];
}

function placed(host: string, place: Omit<Listening, 'address'>): Place[] {
  if (LOOPBACK.test(host)) return [];
  if (EVERYWHERE.has(host)) return [{ ...place, address: undefined }];
  return ADDRESS.test(host) ? [{ ...place, address: host.replace(/^\[|\]$/g, '') }] : ['unsettled'];
}

/** The flag with the variables of its container in it, as Kubernetes puts them there. */
function expanded(component: Component, flag: string): string {
  const environment = component.container?.environment ?? [];
  return (component.flag(flag) ?? '').replace(/\$\(([\w.-]+)\)/g, (reference, wanted: string) => {
    const { value, valueFrom } = environment.findLast(({ name }) => name === wanted) ?? {};
    const field = asString(asObject(valueFrom?.['fieldRef'])?.['fieldPath']);
    // Of a control plane, the addresses of the pod are those of its machine.
    return field === 'status.podIP' || field === 'status.hostIP' ? '0.0.0.0' : (value ?? reference);
  });
}

/** A node with the addresses that it states. */
export interface NodeAddresses {
  readonly name: string;
  readonly isControlPlane: boolean;
  readonly addresses: readonly string[];
}

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

export function nodeAddresses(cluster: Cluster): readonly NodeAddresses[] {
  return cluster.memo('addresses of nodes', () =>
    cluster
      .ofKind('Node')
      .filter(({ group }) => group === '')
      .map((node) => ({
        name: node.name,
        isControlPlane: CONTROL_PLANE.some((label) => node.labels[label] !== undefined),
        addresses: (asArray(asObject(node.raw['status'])?.['addresses']) ?? []).flatMap((entry) => {
          const { type, address } = asObject(entry) ?? {};
          return (type === 'InternalIP' || type === 'ExternalIP') && typeof address === 'string'
            ? [address]
            : [];
        }),
      })),
  );
}

/** The addresses of the machine on which a pod runs, or of which facts speak; empty where they are not known. */
export function machineAddresses(object: KubernetesObject, cluster: Cluster): readonly string[] {
  const name = object.kind === 'NodeFacts' ? object.name : asString(object.spec['nodeName']);
  const node = nodeAddresses(cluster).find((each) => each.name === name);
  if (node !== undefined && node.addresses.length > 0) return node.addresses;
  const hostIP = asString(asObject(object.raw['status'])?.['hostIP']);
  return hostIP === undefined ? [] : [hostIP];
}
