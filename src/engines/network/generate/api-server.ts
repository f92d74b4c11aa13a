import { asArray, asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { projectedTokens } from '../../../kubernetes/service-account-tokens.ts';
import { Workload } from '../../../kubernetes/workload.ts';
import { formatAddress, isIpv4, parseAddress } from '../addresses.ts';
import { podOf } from '../from-objects.ts';
import type { Directory } from './directory.ts';
import type { Block, Evidence, Ground, PolicyPort } from './evidence.ts';

export interface ApiServerAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * Who talks to the API server: workloads whose service account is bound to a role and whose pods get its token. No selector selects
 * the API server, so that its addresses have to be known: from EndpointSlices, from its own pods, or from whoever asks.
 */
export function readApiServerClients(
  objects: readonly KubernetesObject[],
  directory: Directory,
  evidence: Evidence,
  stated: readonly ApiServerAddress[],
): void {
  const bound = boundAccounts(objects);
  const tokenless = new Set(
    objects
      .filter(({ kind, raw }) => kind === 'ServiceAccount' && raw['automountServiceAccountToken'] === false)
      .map(({ namespace = 'default', name }) => `${namespace}/${name}`),
  );
  const { groups, workloads } = directory.network;
  for (const group of groups) {
    for (const pod of group.pods) {
      const workload = workloads.get(pod);
      if (workload === undefined) continue;
      const account = `${workload.namespace}/${workload.serviceAccountName}`;
      const because = bound.get(account) ?? bound.get(`${workload.namespace}/`);
      const mounts =
        (workload.pod['automountServiceAccountToken'] ?? !tokenless.has(account)) === true ||
        projectedTokens(workload).some(({ audience }) => audience === undefined);
      if (because !== undefined && mounts) evidence.callsApiServer(group, because);
    }
  }
  const addresses = stated.length > 0 ? stated : known(objects, directory);
  for (const [group, because] of evidence.apiServerClients) {
    if (addresses.length === 0) {
      const { source, text } = because;
      evidence.leaveOut({ reason: 'api-server', group, ...(source === undefined ? {} : { source }), text });
    }
    for (const { address, port } of addresses) {
      const ports: PolicyPort[] = [{ protocol: 'TCP', port }];
      const to = { kind: 'blocks', blocks: [single(address)] } as const;
      evidence.add({ from: { kind: 'workload', group }, to, ports, because });
    }
  }
}

function single(address: string): Block {
  const parsed = parseAddress(address)!;
  return { cidr: `${formatAddress(parsed)}/${isIpv4(parsed) ? 32 : 128}`, except: [] };
}

/** Bindings by the account that they name, or by the namespace (`namespace/`) of which they name all accounts. */
function boundAccounts(objects: readonly KubernetesObject[]): Map<string, Ground> {
  const bound = new Map<string, Ground>();
  for (const { kind, group, name, namespace, raw } of objects) {
    if (group !== 'rbac.authorization.k8s.io' || !kind.endsWith('RoleBinding')) continue;
    const role = asString(asObject(raw['roleRef'])?.['name']) ?? '';
    (asArray(raw['subjects']) ?? []).forEach((item, index) => {
      const account = accountOf(asObject(item) ?? {}, namespace ?? 'default');
      // Platforms bind roles of their own to all accounts of namespaces (system:image-puller): that is for the kubelet.
      const isOfPlatform = account?.endsWith('/') === true && role.startsWith('system:');
      if (account === undefined || isOfPlatform || bound.has(account)) return;
      const source = { raw, path: `subjects[${index}]` };
      bound.set(account, { reason: 'api-server', source, text: `${kind} ${name}` });
    });
  }
  return bound;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
function accountOf({ kind, name, namespace }: JsonObject, own: string): string | undefined {
  const text = asString(name) ?? '';
  if (kind === 'ServiceAccount') return `${asString(namespace) ?? own}/${text}`;
  if (kind === 'User') return /^system:serviceaccount:([^:]+):([^:]+)$/.exec(text)?.slice(1).join('/');
  // All accounts of the cluster are no sign: every cluster binds roles to these.
  const within = kind === 'Group' ? /^system:serviceaccounts:([^:]+)$/.exec(text)?.[1] : undefined;
  return within === undefined ? undefined : `${within}/`;
}

function known(objects: readonly KubernetesObject[], directory: Directory): ApiServerAddress[] {
  const found = new Map<string, ApiServerAddress>();
  const put = (address: string, port: number) => found.set(`${address} ${port}`, { address, port });
  for (const service of directory.service('default', 'kubernetes')) {
    for (const { elsewhere, ports } of service.endpoints) {
      for (const address of elsewhere) {
        if (parseAddress(address) === undefined) continue;
        for (const { range } of ports) if (range.protocol === 'TCP') put(address, range.from);
      }
    }
  }
  if (found.size > 0) return [...found.values()];
  for (const object of objects) {
    if (object.kind !== 'Pod' || object.labels['component'] !== 'kube-apiserver') continue;
    for (const workload of Workload.of(object)) {
      const words = workload.containers.flatMap(({ commandLine }) => commandLine.map(({ text }) => text));
      const flag = words.find((word) => word.startsWith('--secure-port='))?.slice('--secure-port='.length);
      for (const address of podOf(workload).addresses) put(formatAddress(address), Number(flag ?? 6443));
    }
  }
  return [...found.values()];
}
