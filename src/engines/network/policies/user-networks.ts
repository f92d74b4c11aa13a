import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import { labelSelector } from '../../../kubernetes/selectors.ts';
import type { OpaquePolicy } from './policy.ts';

const GROUP = 'k8s.ovn.org';
const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * Networks that take the place of the cluster's own for the pods of whole namespaces, and keep others out: `k8s.ovn.org`
 * UserDefinedNetwork and ClusterUserDefinedNetwork whose role is Primary (go-controller/pkg/crd/userdefinednetwork/v1 of
 * ovn-kubernetes). What passes there is not evaluated. Those with another role are beside the network that policies speak of.
 */
export function userNetworks(objects: readonly JsonObject[]): OpaquePolicy[] {
  const ofGroup = objects.filter(({ apiVersion }) => asString(apiVersion)?.startsWith(`${GROUP}/`));
  return ofGroup.flatMap((object): OpaquePolicy[] => {
    const kind = asString(object['kind']) ?? '';
    const metadata = asObject(object['metadata']);
    const spec = asObject(object['spec']) ?? {};
    const name = asString(metadata?.['name']) ?? '';
    if (kind === 'UserDefinedNetwork' && isPrimary(spec)) {
      const namespace = asString(metadata?.['namespace']) || 'default';
      return [{ object, kind, namespace, name, isOfMesh: false }];
    }
    if (kind !== 'ClusterUserDefinedNetwork' || !isPrimary(asObject(spec['network']) ?? {})) return [];
    const selector = asObject(spec['namespaceSelector']) ?? {};
    return namespacesOf(selector, objects).map((namespace) => ({
      object,
      kind,
      namespace,
      name,
      isOfMesh: false,
    }));
  });
}

function isPrimary(network: JsonObject): boolean {
  return ['layer2', 'layer3'].some((layer) => asObject(network[layer])?.['role'] === 'Primary');
}

/** Of the namespaces that are spoken of, those whose labels are asked for; of one that is not stated, its name alone is known. */
function namespacesOf(selector: JsonObject, objects: readonly JsonObject[]): string[] {
  const labelsOf = new Map<string, JsonObject>();
  for (const object of objects) {
    const metadata = asObject(object['metadata']);
    const isNamespace = object['kind'] === 'Namespace' && object['apiVersion'] === 'v1';
    const name = asString(metadata?.[isNamespace ? 'name' : 'namespace']) || 'default';
    if (!isNamespace && labelsOf.has(name)) continue;
    labelsOf.set(name, { ...(isNamespace ? asObject(metadata?.['labels']) : {}), [NAME_LABEL]: name });
  }
  const matches = labelSelector(selector);
  return [...labelsOf].flatMap(([name, labels]) =>
    // One that the API server refuses may be meant for any of them.
    matches === undefined || matches(labels as Record<string, string>) ? [name] : [],
  );
}
