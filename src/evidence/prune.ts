import { asArray, asObject, isObject, type Json, type JsonObject } from '../kubernetes/json.ts';

/** What is dropped from every object after reading, because no check speaks of it; reports state it as coverage. */
export const PRUNED_FIELDS: readonly { readonly path: string; readonly reason: string }[] = [
  { path: 'metadata.managedFields', reason: 'bookkeeping of server-side apply, often a third of an object' },
  {
    path: 'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
    reason: 'a copy of an earlier state of the same object',
  },
  { path: 'metadata.resourceVersion', reason: 'changes with every change of the object, of its status too' },
  { path: 'metadata.generation', reason: 'counts the changes of the object' },
  {
    path: 'status',
    reason:
      'what was observed, not what was asked for; addresses of pods, nodes and load balancers are kept, and what was decided about certificates',
  },
  {
    path: 'CustomResourceDefinition spec.versions[].schema',
    reason: 'shape of custom resources, megabytes each',
  },
  { path: 'CustomResourceDefinition spec.validation', reason: 'the same in apiextensions.k8s.io/v1beta1' },
];

const BOOKKEEPING = ['managedFields', 'resourceVersion', 'generation'];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without what PRUNED_FIELDS names; the same value where nothing of it is there. */
export function prune(object: JsonObject): JsonObject {
  let result = object;
  if (result['status'] !== undefined) result = withoutStatus(result);
  const metadata = asObject(result['metadata']);
  if (metadata) {
    let kept = metadata;
    if (BOOKKEEPING.some((field) => kept[field] !== undefined)) {
      const { managedFields: _fields, resourceVersion: _version, generation: _generation, ...rest } = kept;
      kept = rest;
    }
    const annotations = asObject(kept['annotations']);
    if (annotations && annotations[LAST_APPLIED] !== undefined) {
      kept = { ...kept, annotations: without(annotations, LAST_APPLIED) };
    }
    if (kept !== metadata) result = { ...result, metadata: kept };
  }
  return result['kind'] === 'CustomResourceDefinition' ? pruneDefinition(result) : result;
}

const DECIDED = ['conditions', 'certificate'];

/** The fields of a status that say more than how an object fares: by which packets find their way, who became whom. */
const KEPT_STATUS = new Map<string, readonly string[]>([
  ['v1/Pod', ['podIP', 'podIPs', 'hostIP']],
  ['v1/Node', ['addresses']],
  ['v1/Service', ['loadBalancer']],
  ['networking.k8s.io/v1/Ingress', ['loadBalancer']],
  ['networking.k8s.io/v1beta1/Ingress', ['loadBalancer']],
  ['gateway.networking.k8s.io/v1/Gateway', ['addresses']],
  ['gateway.networking.k8s.io/v1beta1/Gateway', ['addresses']],
  ['certificates.k8s.io/v1/CertificateSigningRequest', DECIDED],
  ['certificates.k8s.io/v1beta1/CertificateSigningRequest', DECIDED],
]);

function withoutStatus(object: JsonObject): JsonObject {
  const rest = without(object, 'status');
  const fields = KEPT_STATUS.get(`${object['apiVersion']}/${object['kind']}`);
  const status = fields === undefined ? undefined : asObject(object['status']);
  if (status === undefined) return rest;
  const kept = fields!.flatMap((field) => (status[field] === undefined ? [] : [[field, status[field]]]));
  if (kept.length === 0) return rest;
  if (kept.length === Object.keys(status).length) return object;
  return { ...rest, status: Object.fromEntries(kept) as JsonObject };
}

function pruneDefinition(object: JsonObject): JsonObject {
  const spec = asObject(object['spec']);
  if (!spec) return object;
  const kept = spec['validation'] === undefined ? spec : without(spec, 'validation');
  const versions = asArray(kept['versions']);
  if (!versions) return kept === spec ? object : { ...object, spec: kept };
  return { ...object, spec: { ...kept, versions: versions.map(withoutSchema) } };
}

function withoutSchema(version: Json): Json {
  return isObject(version) && version['schema'] !== undefined ? without(version, 'schema') : version;
}

/** A copy: `delete` would turn the object into V8's slower and larger dictionary form. */
function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _dropped, ...rest } = object;
  return rest;
}
