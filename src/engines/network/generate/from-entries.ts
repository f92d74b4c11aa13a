import { asArray, asNumber, asObject, asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { webhooks } from '../../../kubernetes/webhook.ts';
import { parseBlock } from '../addresses.ts';
import { leadsOf } from '../entries.ts';
import { Gateways } from '../exposure/gateways.ts';
import { isProxy } from '../exposure/proxies.ts';
import { PROTOCOLS } from '../ports.ts';
import type { NetworkService } from '../services.ts';
import { type Directory, uniquePorts } from './directory.ts';
import type { Block, Evidence, Ground, Party, PolicyPort, Reason, Remark } from './evidence.ts';

/** Every address; what is outside of the cluster is among them. */
export const EVERY_ADDRESS: readonly Block[] = [
  { cidr: '0.0.0.0/0', except: [] },
  { cidr: '::/0', except: [] },
];

const ANYWHERE: Party = { kind: 'anywhere' };

/** What comes into workloads because an object says so: entries of the cluster, and calls of the API server. */
export class EntryReader {
  readonly #directory: Directory;
  readonly #evidence: Evidence;

  constructor(directory: Directory, evidence: Evidence) {
    this.#directory = directory;
    this.#evidence = evidence;
  }

  read(objects: readonly KubernetesObject[]): void {
    const { entries } = this.#directory.network;
    this.#backends(new Gateways(objects, this.#directory.network.model.surroundings));
    for (const service of [...entries.services.values()].flat()) this.#ofService(service);
    this.#hostPorts();
    for (const object of objects) for (const hook of webhooks(object)) this.#webhook(hook);
  }

  #backends(gateways: Gateways): void {
    const { entries, groups } = this.#directory.network;
    const proxies = groups.filter(({ pods }) => pods.some((pod) => isProxy(pod)));
    // A pod on the network of its node sends from the node's address, which no selector selects.
    const isOnNode = proxies.some(({ pods }) => pods.some(({ isOnHostNetwork }) => isOnHostNetwork));
    const remark: Remark | undefined =
      proxies.length === 0 ? 'proxy-unknown' : isOnNode ? 'proxy-on-node' : undefined;
    const sources: readonly Party[] =
      remark === undefined ? proxies.map((group) => ({ kind: 'workload', group })) : [ANYWHERE];
    for (const backend of entries.backends) {
      const { object, path, kind, namespace, service: name } = backend;
      const metadata = asObject(object['metadata']);
      const own = asString(metadata?.['namespace']) ?? 'default';
      const source = { raw: object, path };
      const target = own === namespace ? name : `${namespace}/${name}`;
      const text = `${asString(object['kind']) ?? ''} ${own}/${asString(metadata?.['name']) ?? ''} → ${target}`;
      // No gateway follows such a reference, so that nobody has to get in by it.
      if (!gateways.mayRefer(backend)) {
        this.#evidence.leaveOut({ reason: 'no-grant', group: undefined, namespace, source, text });
        continue;
      }
      const services = this.#directory.service(namespace, name);
      if (services.length === 0) {
        this.#evidence.leaveOut({ reason: 'unknown-service', group: undefined, namespace, source, text });
      }
      let hasTarget = services.length === 0;
      for (const service of services) {
        const served = this.#aliased(service);
        for (const each of served) {
          for (const group of this.#directory.behind(each)) {
            const ports = group.pods.flatMap((pod) =>
              leadsOf(backend, each, pod).map(
                ({ target }): PolicyPort => ({ protocol: target.protocol, port: target.from }),
              ),
            );
            hasTarget ||= ports.length > 0;
            const because: Ground = {
              reason: kind,
              source,
              text,
              ...(remark === undefined ? {} : { remark }),
            };
            for (const from of sources) {
              this.#evidence.add({
                from,
                to: { kind: 'workload', group },
                ports: uniquePorts(ports),
                because,
              });
            }
          }
        }
      }
      if (!hasTarget)
        this.#evidence.leaveOut({ reason: 'no-target', group: undefined, namespace, source, text });
    }
  }

  #aliased(service: NetworkService): readonly NetworkService[] {
    if (service.aliasOf === undefined) return [service];
    const [namespace = '', name = ''] = service.aliasOf.split('/');
    return this.#directory.service(namespace, name);
  }

  #ofService(service: NetworkService): void {
    const spec = asObject(service.object['spec']) ?? {};
    const text = `Service ${service.namespace}/${service.name}`;
    const isBalanced = service.type === 'LoadBalancer';
    const externalIps = asArray(spec['externalIPs']) ?? [];
    const way: readonly [Reason, string] | undefined = isBalanced
      ? ['load-balancer', 'spec.type']
      : service.type === 'NodePort'
        ? ['node-port', 'spec.type']
        : externalIps.length > 0
          ? ['external-ip', 'spec.externalIPs']
          : undefined;
    if (way === undefined) return;
    const [reason, path] = way;
    const ranges = (isBalanced ? (asArray(spec['loadBalancerSourceRanges']) ?? []) : []).filter(
      (range): range is string => typeof range === 'string' && parseBlock(range.trim()) !== undefined,
    );
    const keepsClient = spec['externalTrafficPolicy'] === 'Local';
    // Node ports of a load balancer stay open to whoever reaches the nodes; kube-proxy limits them by the same ranges.
    const isLimited = ranges.length > 0 && keepsClient;
    const blocks = isLimited ? ranges.map((range) => ({ cidr: range.trim(), except: [] })) : EVERY_ADDRESS;
    const remark: Remark | undefined = ranges.length > 0 && !keepsClient ? 'rewritten' : undefined;
    const because: Ground = {
      reason,
      source: { raw: service.object, path: isLimited ? 'spec.loadBalancerSourceRanges' : path },
      text,
      ...(remark === undefined ? {} : { remark }),
    };
    for (const group of this.#directory.behind(service)) {
      const ports = this.#directory.targets(service, group, undefined);
      const to: Party = { kind: 'workload', group };
      this.#evidence.add({ from: { kind: 'blocks', blocks }, to, ports, because });
    }
  }

  #hostPorts(): void {
    const { groups, workloads } = this.#directory.network;
    for (const group of groups) {
      for (const pod of group.pods) {
        const workload = workloads.get(pod);
        if (workload === undefined || pod.isOnHostNetwork) continue;
        for (const { raw, path } of workload.containers.flatMap(({ ports }) => ports)) {
          const [hostPort, port] = [asNumber(raw['hostPort']), asNumber(raw['containerPort'])];
          const protocol = PROTOCOLS.find((each) => each === (raw['protocol'] ?? 'TCP'));
          const isLocal = /^(?:127\.|::1$)/.test(asString(raw['hostIP']) ?? '');
          if (!hostPort || port === undefined || protocol === undefined || isLocal) continue;
          this.#evidence.add({
            from: { kind: 'blocks', blocks: EVERY_ADDRESS },
            to: { kind: 'workload', group },
            ports: [{ protocol, port }],
            because: {
              reason: 'host-port',
              source: { raw: workload.object.raw, path: `${path}.hostPort` },
              text: `${hostPort}`,
            },
          });
        }
      }
    }
  }

  #webhook({ object, clientConfig, clientConfigPath, name }: ReturnType<typeof webhooks>[number]): void {
    const reference = asObject(clientConfig['service']);
    if (reference === undefined) return;
    const namespace = asString(reference['namespace']) ?? '';
    const service = asString(reference['name']) ?? '';
    const source = { raw: object.raw, path: `${clientConfigPath}.service` };
    const text = `${object.kind} ${name || object.name}`;
    const services = this.#directory.service(namespace, service);
    const leave = (reason: 'unknown-service' | 'no-target') =>
      this.#evidence.leaveOut({ reason, group: undefined, namespace, source, text });
    if (services.length === 0) leave('unknown-service');
    let hasTarget = services.length === 0;
    for (const each of services) {
      for (const group of this.#directory.behind(each)) {
        const ports = this.#directory.targets(each, group, asNumber(reference['port']) ?? 443);
        hasTarget ||= ports.length > 0;
        const because: Ground = { reason: 'webhook', source, text, remark: 'api-server-unknown' };
        this.#evidence.add({ from: ANYWHERE, to: { kind: 'workload', group }, ports, because });
      }
    }
    if (!hasTarget) leave('no-target');
  }
}
