import type { Cluster } from './cluster.ts';
import { asString } from './json.ts';

/** A cloud whose machines hand out their identity and settings to whoever asks a certain address. */
export interface Cloud {
  readonly name: string;
  /** Scheme of `spec.providerID` of its nodes. */
  readonly schemes: readonly string[];
  /** Ids of its distributions of Kubernetes. */
  readonly distributions: readonly string[];
  /** Addresses at which TCP port 80 answers. */
  readonly metadata: readonly string[];
  /** The same for machines that have addresses of IPv6. */
  readonly metadataIpv6?: string;
}

const USUAL = ['169.254.169.254'];

/** Schemes: the providers' cloud controller managers; addresses: the reference of each provider's instance metadata. */
const CLOUDS: readonly Cloud[] = [
  {
    name: 'AWS',
    schemes: ['aws'],
    distributions: ['eks'],
    metadata: USUAL,
    metadataIpv6: 'fd00:ec2::254',
  },
  // The second one is WireServer, which hands out the machine's extensions with their secrets.
  {
    name: 'Azure',
    schemes: ['azure'],
    distributions: ['aks'],
    metadata: [...USUAL, '168.63.129.16'],
  },
  { name: 'Google Cloud', schemes: ['gce'], distributions: ['gke'], metadata: USUAL },
  { name: 'Alibaba Cloud', schemes: ['alicloud'], distributions: ['ack'], metadata: ['100.100.100.200'] },
  { name: 'Tencent Cloud', schemes: ['qcloud'], distributions: ['tke'], metadata: ['169.254.0.23'] },
  { name: 'Oracle Cloud', schemes: ['oci'], distributions: ['oke'], metadata: USUAL },
  { name: 'IBM Cloud', schemes: ['ibm'], distributions: ['iks'], metadata: USUAL },
  { name: 'DigitalOcean', schemes: ['digitalocean'], distributions: ['doks'], metadata: USUAL },
  { name: 'Linode', schemes: ['linode'], distributions: ['lke'], metadata: USUAL },
  { name: 'Scaleway', schemes: ['scaleway'], distributions: ['kapsule'], metadata: ['169.254.42.42'] },
  { name: 'Hetzner Cloud', schemes: ['hcloud'], distributions: [], metadata: USUAL },
  { name: 'OpenStack', schemes: ['openstack'], distributions: [], metadata: USUAL },
];

/** Machines of one's own, and nodes that are containers. */
const ELSEWHERE = {
  schemes: ['kind', 'vsphere', 'metal3', 'harvester'],
  distributions: ['kind', 'minikube'],
};

/** The cloud on which a cluster runs, by its distribution and the machines of its nodes; `none` where these are none of a cloud. */
export function cloudOf(cluster: Cluster): Cloud | 'none' | undefined {
  return cluster.memo('cloud', () => {
    const nodes = cluster.ofKind('Node').filter(({ group }) => group === '');
    const schemes = new Set(
      nodes.map(({ spec }) => /^([a-z0-9]+):\/\//.exec(asString(spec['providerID']) ?? '')?.[1] ?? ''),
    );
    const distributions = cluster.subjects('api-server').map(({ distribution }) => distribution.id);
    const has = (each: Pick<Cloud, 'schemes' | 'distributions'>) =>
      each.schemes.some((scheme) => schemes.has(scheme)) ||
      each.distributions.some((id) => distributions.includes(id));
    const cloud = CLOUDS.find(has);
    if (cloud !== undefined) return cloud;
    // One node on a cloud is enough; that none is must be said by all of them.
    const isElsewhere =
      distributions.some((id) => ELSEWHERE.distributions.includes(id)) ||
      (schemes.size > 0 && [...schemes].every((scheme) => ELSEWHERE.schemes.includes(scheme)));
    return isElsewhere ? 'none' : undefined;
  });
}
