import type { JsonObject } from '../../../kubernetes/json.ts';
import { readYaml } from '../../../kubernetes/yaml/index.ts';
import { parseAddress } from '../addresses.ts';
import { explain } from '../explain.ts';
import { Network } from '../network.ts';
import type { MutualTls } from './mesh.ts';

/** A cluster as its manifests describe it, and questions to it by short names: `namespace/name` of pods, or addresses. */
export class MeshWorld {
  readonly network: Network;

  constructor(...manifests: string[]) {
    const documents = [...readYaml(new TextEncoder().encode(manifests.join('\n---\n')))];
    this.network = Network.of(
      documents.flatMap(({ value, error }) => {
        if (error !== undefined) throw new Error(error.message);
        return value === undefined || value === null ? [] : [value as JsonObject];
      }),
    );
  }

  /** Whether a connection by TCP passes: `yes`, `no` or `unknown`. */
  passes(from: string, to: string, port: number): string {
    const { allowed } = explain(this.network.model, this.#end(from), this.#end(to), {
      protocol: 'TCP',
      port,
    });
    return allowed === 'unknown' ? allowed : allowed ? 'yes' : 'no';
  }

  mode(name: string, port?: number): MutualTls['mode'] | undefined {
    return this.network.mesh?.mutualTls(this.#pod(name), port).mode;
  }

  planes(name: string): string {
    return (this.network.mesh?.planesOf(this.#pod(name)) ?? []).join();
  }

  #end(name: string) {
    return parseAddress(name) ?? this.#pod(name);
  }

  #pod(name: string) {
    const pod = this.network.pods.get(name);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    return pod;
  }
}

export const namespace = (name: string, labels = '', annotations = ''): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: {${labels}}, annotations: {${annotations}} }`;

/** A pod with the label `app` of its name, one port and a service account of its name. */
export const pod = (place: string, labels = '', annotations = '', more = ''): string => {
  const [where, name] = place.split('/');
  const own = labels === '' ? '' : `, ${labels}`;
  return `apiVersion: v1
kind: Pod
metadata: { namespace: ${where}, name: ${name}, labels: { app: ${name}${own} }, annotations: {${annotations}} }
spec: { serviceAccountName: ${name}, containers: [{ name: main, ports: [{ name: http, containerPort: 8080 }] }]${more === '' ? '' : `, ${more}`} }`;
};
