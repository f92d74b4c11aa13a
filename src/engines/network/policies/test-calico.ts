import type { JsonObject } from '../../../kubernetes/json.ts';
import { explain, Network, parseAddress } from '../index.ts';

export type More = Readonly<Record<string, JsonObject[keyof JsonObject]>>;

const namespace = (name: string, labels: More = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

export const pod = (at: string, labels: More, spec: More = {}, ip?: string): JsonObject => {
  const [space = '', name = ''] = at.split('/');
  const ports = [{ name: 'http', containerPort: 80 }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: space, name, labels },
    spec: { containers: [{ name: 'app', image: 'example.com/app:1', ports }], ...spec },
    ...(ip === undefined ? {} : { status: { podIPs: [{ ip }] } }),
  };
};

export const WORLD = [
  namespace('shop', { team: 'sales' }),
  namespace('bank', { team: 'money' }),
  pod('shop/web', { app: 'web' }, { serviceAccountName: 'front' }, '10.0.0.1'),
  pod('shop/db', { app: 'db' }, {}, '10.0.0.2'),
  pod('bank/web', { app: 'web' }, {}, '10.0.0.3'),
];

export const ofCalico = (kind: string, spec: More, metadata: More = {}): JsonObject => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name: 'policy', ...(kind === 'NetworkPolicy' ? { namespace: 'shop' } : {}), ...metadata },
  spec,
});

/** The answer for a packet to TCP 80, or another port. */
export function asker(...objects: JsonObject[]) {
  const network = Network.of([...WORLD, ...objects]);
  const end = (name: string) => network.pods.get(name) ?? parseAddress(name)!;
  return (from: string, to: string, port = 80, protocol: 'TCP' | 'UDP' = 'TCP') =>
    explain(network.model, end(from), end(to), { protocol, port }).allowed;
}
