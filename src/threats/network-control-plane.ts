import type { Cluster } from '../kubernetes/cluster.ts';
import { asArray, asNumber, asObject } from '../kubernetes/json.ts';
import { nodeAddresses } from '../kubernetes/listening.ts';

export interface Place {
  readonly address: string;
  readonly port: number;
}

const SECURE_PORT = 6443;

/**
 * Where the API server is: the machines of the control plane, as far as they are nodes, else the Service `default/kubernetes`, whose
 * address most network plugins replace by those machines' before they ask policies.
 */
export function apiServerAddresses(cluster: Cluster): readonly Place[] {
  return cluster.memo('addresses of the API server', () => {
    const machines = nodeAddresses(cluster).filter(({ isControlPlane }) => isControlPlane);
    const servers = cluster.subjects('component').filter(({ name }) => name === 'kube-apiserver');
    const stated = servers.map((server) => Number(server.flag('secure-port'))).find((port) => port > 0);
    const port = stated ?? SECURE_PORT;
    const places = machines.flatMap(({ addresses }) => addresses.map((address) => ({ address, port })));
    return places.length > 0 ? places : servicePlaces(cluster);
  });
}

function servicePlaces(cluster: Cluster): Place[] {
  const service = cluster
    .ofKind('Service')
    .find(({ group, namespace, name }) => group === '' && namespace === 'default' && name === 'kubernetes');
  const { clusterIP, clusterIPs, ports } = service?.spec ?? {};
  const addresses = [clusterIP, ...(asArray(clusterIPs) ?? [])].filter(
    (address) => typeof address === 'string' && address !== '' && address !== 'None',
  );
  const port = asNumber(asObject(asArray(ports)?.[0])?.['port']) ?? 443;
  return [...new Set(addresses)].map((address) => ({ address: address as string, port }));
}
