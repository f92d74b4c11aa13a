import { asBoolean } from './json.ts';
import type { KubernetesObject } from './object.ts';

/** A ServiceAccount object among the sources. */
export class ServiceAccount {
  readonly object: KubernetesObject;
  readonly path = '';
  readonly namespace: string;
  readonly name: string;

  constructor(object: KubernetesObject) {
    this.object = object;
    this.namespace = object.namespace ?? 'default';
    this.name = object.name;
  }

  /** `automountServiceAccountToken` as stated; a pod's own statement takes precedence. */
  get automount(): boolean | undefined {
    return asBoolean(this.object.raw['automountServiceAccountToken']);
  }
}
