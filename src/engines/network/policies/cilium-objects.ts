import { asArray, asObject, asString, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { compileLabelSelector } from '../../../kubernetes/selectors.ts';
import { type Address, parseBlock } from '../addresses.ts';
import { type Boundaries, union } from '../intervals.ts';

/** A Service that a rule names. */
export interface NamedService {
  readonly namespace: string;
  /** Undefined where it selects no pods. */
  readonly selector: JsonObject | undefined;
}

/** What policies of Cilium refer to. */
export class CiliumObjects {
  readonly #groups: readonly JsonObject[];
  readonly #services: readonly JsonObject[];

  constructor(objects: readonly JsonObject[]) {
    const ofKind = (group: string, kind: string) =>
      objects.filter((object) => {
        const version = asString(object['apiVersion']) ?? '';
        return object['kind'] === kind && (version.includes('/') ? version.split('/')[0] : '') === group;
      });
    this.#groups = ofKind('cilium.io', 'CiliumCIDRGroup');
    this.#services = ofKind('', 'Service');
  }

  /** The addresses of a CiliumCIDRGroup; undefined where it was not seen. Blocks that cannot be read are passed over, as Cilium does. */
  group(name: string): Boundaries<Address> | undefined {
    const groups = this.#groups.filter((group) => nameOf(group) === name);
    return groups.length === 0 ? undefined : blocksOf(groups);
  }

  /** The addresses of the groups that were seen and have these labels. */
  groupsWith(selector: JsonObject): Boundaries<Address> {
    const compiled = compileLabelSelector(selector);
    if ('refused' in compiled) return [];
    return blocksOf(this.#groups.filter((group) => compiled.matches(labelsOf(group))));
  }

  /** The Services that were seen of those that are meant, and whether there can be no others (pkg/policy/k8s/service.go). */
  services(value: Json): { readonly found: readonly NamedService[]; readonly isAll: boolean } {
    const bySelector = asObject(asObject(value)?.['k8sServiceSelector']);
    const byName = bySelector ?? asObject(asObject(value)?.['k8sService']);
    const namespace = asString(byName?.['namespace']) ?? '';
    const name = asString(byName?.['serviceName']) ?? '';
    const compiled = compileLabelSelector(bySelector?.['selector'] ?? {});
    const found = this.#services.filter((service) => {
      if (namespace !== '' && namespaceOf(service) !== namespace) return false;
      if (bySelector === undefined) return nameOf(service) === name;
      return !('refused' in compiled) && compiled.matches(labelsOf(service));
    });
    return {
      found: found.map((service) => {
        const selector = asObject(asObject(service['spec'])?.['selector']) ?? {};
        const selects = Object.keys(selector).length > 0;
        return { namespace: namespaceOf(service), selector: selects ? selector : undefined };
      }),
      isAll: bySelector === undefined && namespace !== '' && found.length > 0,
    };
  }
}

function blocksOf(groups: readonly JsonObject[]): Boundaries<Address> {
  return groups
    .flatMap((group) => asArray(asObject(group['spec'])?.['externalCIDRs']) ?? [])
    .reduce<Boundaries<Address>>((all, text) => {
      const block = parseBlock(asString(text) ?? '');
      return block === undefined ? all : union(all, block);
    }, []);
}

const metadataOf = (object: JsonObject) => asObject(object['metadata']);
const nameOf = (object: JsonObject) => asString(metadataOf(object)?.['name']) ?? '';
const labelsOf = (object: JsonObject) => asObject(metadataOf(object)?.['labels']) ?? {};
const namespaceOf = (object: JsonObject) => asString(metadataOf(object)?.['namespace']) || 'default';
