import { listeners } from '../../../kubernetes/gateway-routes.ts';
import {
  asArray,
  asNumber,
  asObject,
  asString,
  type Json,
  type JsonObject,
} from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { labelSelector } from '../../../kubernetes/selectors.ts';
import type { Backend } from '../entries.ts';
import type { Surroundings } from '../surroundings.ts';

/** Gateways and the routes that they serve (https://gateway-api.sigs.k8s.io/concepts/api-overview/#attaching-routes-to-gateways). */
export class Gateways {
  readonly #gateways = new Map<string, KubernetesObject>();
  readonly #grants: readonly JsonObject[];
  readonly #surroundings: Surroundings;

  constructor(objects: readonly KubernetesObject[], surroundings: Surroundings) {
    const ofApi = objects.filter(({ group }) => group === 'gateway.networking.k8s.io');
    for (const gateway of ofApi) {
      if (gateway.kind !== 'Gateway') continue;
      this.#gateways.set(`${gateway.namespace ?? 'default'}/${gateway.name}`, gateway);
    }
    this.#grants = ofApi.filter(({ kind }) => kind === 'ReferenceGrant').map(({ raw }) => raw);
    this.#surroundings = surroundings;
  }

  /**
   * The gateways that serve a route; undefined stands for one that is not among the objects. A route that has a Service for its parent
   * serves the pods of a mesh. Host names are left out of account: they stop nobody who can name them.
   */
  serving(route: JsonObject): (KubernetesObject | undefined)[] {
    const namespace = namespaceOf(route);
    const kind = asString(route['kind']) ?? '';
    const found = new Set<KubernetesObject | undefined>();
    for (const item of asArray(asObject(route['spec'])?.['parentRefs']) ?? []) {
      const parent = asObject(item);
      const parentKind = asString(parent?.['kind']) ?? 'Gateway';
      if (parent === undefined || parentKind === 'Service') continue;
      const within = asString(parent['namespace']) || namespace;
      const gateway =
        parentKind === 'Gateway' ? this.#gateways.get(`${within}/${asString(parent['name'])}`) : undefined;
      if (gateway === undefined || this.#admits(gateway, parent, namespace, kind)) found.add(gateway);
    }
    return [...found];
  }

  #admits(gateway: KubernetesObject, parent: JsonObject, namespace: string, kind: string): boolean {
    const [section, port] = [asString(parent['sectionName']), asNumber(parent['port'])];
    return listeners(gateway).some((listener) => {
      if ((section !== undefined && section !== listener.name) || (port ?? listener.port) !== listener.port) {
        return false;
      }
      const allowed = asObject(listener.raw['allowedRoutes']);
      const kinds = asArray(allowed?.['kinds']) ?? [];
      if (kinds.length > 0 && !kinds.some((each) => asObject(each)?.['kind'] === kind)) return false;
      const namespaces = asObject(allowed?.['namespaces']);
      switch (namespaces?.['from'] ?? 'Same') {
        case 'All':
          return true;
        case 'Selector':
          return selects(namespaces?.['selector'], this.#surroundings.labelsOf(namespace));
        case 'Same':
          return namespace === (gateway.namespace ?? 'default');
        default:
          return false;
      }
    });
  }

  /** Whether a route may refer to the Service: within its own namespace, or by a ReferenceGrant beside the Service. */
  mayRefer({ object, namespace, service }: Backend): boolean {
    const from = namespaceOf(object);
    if (from === namespace) return true;
    return this.#grants.some((grant) => {
      if (namespaceOf(grant) !== namespace) return false;
      const spec = asObject(grant['spec']);
      const entries = (field: 'from' | 'to') => (asArray(spec?.[field]) ?? []).map((item) => asObject(item));
      return (
        entries('from').some(
          (entry) => entry?.['kind'] === object['kind'] && asString(entry?.['namespace']) === from,
        ) &&
        entries('to').some(
          (entry) => entry?.['kind'] === 'Service' && (asString(entry['name']) || service) === service,
        )
      );
    });
  }
}

function selects(selector: Json | undefined, labels: Readonly<Record<string, string>>): boolean {
  const matches = labelSelector(selector);
  return matches?.(labels) ?? false;
}

function namespaceOf(object: JsonObject): string {
  return asString(asObject(object['metadata'])?.['namespace']) || 'default';
}
