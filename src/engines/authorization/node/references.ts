import { asObject, asString, type JsonObject, objectsIn } from '../../../kubernetes/json.ts';

/** What an object of a namespace, or of the namespace that it names, is called; the namespace is empty where none is named. */
export interface Reference {
  readonly namespace: string;
  readonly name: string;
}

/** Sources of volumes that may name a Secret, in the order in which upstream looks for the one that is set. */
const SECRET_REFERENCES: Readonly<Record<string, string>> = {
  cephfs: 'secretRef',
  cinder: 'secretRef',
  flexVolume: 'secretRef',
  rbd: 'secretRef',
  scaleIO: 'secretRef',
  iscsi: 'secretRef',
  storageos: 'secretRef',
  csi: 'nodePublishSecretRef',
};

/** Secrets of the pod's namespace that its spec names (k8s.io/kubernetes pkg/api/v1/pod, VisitPodSecretNames). */
export function secretsOfPod(spec: JsonObject): string[] {
  const names = objectsIn(spec['imagePullSecrets']).map(nameOf);
  for (const container of containersOf(spec)) {
    for (const source of objectsIn(container['envFrom'])) names.push(nameOf(asObject(source['secretRef'])));
    for (const { valueFrom } of objectsIn(container['env']))
      names.push(nameOf(asObject(asObject(valueFrom)?.['secretKeyRef'])));
  }
  for (const volume of objectsIn(spec['volumes'])) names.push(...secretsOfVolume(volume));
  return names.filter((name) => name !== '');
}

function secretsOfVolume(volume: JsonObject): string[] {
  for (const type of VOLUME_TYPES) {
    const source = asObject(volume[type]);
    if (source === undefined) continue;
    if (type === 'azureFile' || type === 'secret') return [asString(source['secretName']) ?? ''];
    if (type === 'projected')
      return objectsIn(source['sources']).map((projection) => nameOf(asObject(projection['secret'])));
    return [nameOf(asObject(source[SECRET_REFERENCES[type]!]))];
  }
  return [];
}

const VOLUME_TYPES = [
  'azureFile',
  'cephfs',
  'cinder',
  'flexVolume',
  'projected',
  'rbd',
  'secret',
  'scaleIO',
  'iscsi',
  'storageos',
  'csi',
];

/** ConfigMaps of the pod's namespace that its spec names (VisitPodConfigmapNames). */
export function configMapsOfPod(spec: JsonObject): string[] {
  const names: string[] = [];
  for (const container of containersOf(spec)) {
    for (const source of objectsIn(container['envFrom']))
      names.push(nameOf(asObject(source['configMapRef'])));
    for (const { valueFrom } of objectsIn(container['env']))
      names.push(nameOf(asObject(asObject(valueFrom)?.['configMapKeyRef'])));
  }
  for (const volume of objectsIn(spec['volumes'])) {
    const projected = asObject(volume['projected']);
    if (projected === undefined) names.push(nameOf(asObject(volume['configMap'])));
    else
      for (const projection of objectsIn(projected['sources']))
        names.push(nameOf(asObject(projection['configMap'])));
  }
  return names.filter((name) => name !== '');
}

/** PersistentVolumeClaims of the pod's namespace: those that its volumes name, and those that are made for its ephemeral volumes. */
export function volumeClaimsOfPod(spec: JsonObject, podName: string): string[] {
  return objectsIn(spec['volumes'])
    .map((volume) => {
      const claim = asObject(volume['persistentVolumeClaim']);
      if (claim !== undefined) return asString(claim['claimName']) ?? '';
      return asObject(volume['ephemeral']) === undefined ? '' : `${podName}-${nameOf(volume)}`;
    })
    .filter((name) => name !== '');
}

/**
 * ResourceClaims of the pod's namespace, as far as those that are made from templates exist already
 * (k8s.io/dynamic-resource-allocation resourceclaim, PodClaims).
 */
export function resourceClaimsOfPod(spec: JsonObject, status: JsonObject): string[] {
  const made = objectsIn(status['resourceClaimStatuses']);
  const names = objectsIn(spec['resourceClaims']).map((claim) => {
    const named = asString(claim['resourceClaimName']);
    if (named !== undefined) return named;
    if (asString(claim['resourceClaimTemplateName']) === undefined) return undefined;
    return asString(made.find((entry) => nameOf(entry) === nameOf(claim))?.['resourceClaimName']);
  });
  const extended = asString(asObject(status['extendedResourceClaimStatus'])?.['resourceClaimName']);
  names.push(extended === '' ? undefined : extended);
  return names.filter((name) => name !== undefined);
}

/**
 * Secrets of a PersistentVolume that a kubelet may need; those without a namespace of their own lie beside the claim
 * (k8s.io/kubernetes pkg/api/v1/persistentvolume, VisitPVSecretNames).
 */
export function secretsOfPersistentVolume(spec: JsonObject): Reference[] {
  const beside = asString(asObject(spec['claimRef'])?.['namespace']) ?? '';
  return secretsOfSource(spec, beside).filter(({ name }) => name !== '');
}

function secretsOfSource(spec: JsonObject, beside: string): Reference[] {
  for (const type of [
    'azureFile',
    'cephfs',
    'cinder',
    'flexVolume',
    'rbd',
    'scaleIO',
    'iscsi',
    'storageos',
    'csi',
  ]) {
    const source = asObject(spec[type]);
    if (source === undefined) continue;
    if (type === 'azureFile') {
      const namespace = asString(source['secretNamespace']) || beside;
      return [{ namespace, name: asString(source['secretName']) ?? '' }];
    }
    const fields =
      type === 'csi' ? ['nodePublishSecretRef', 'nodeStageSecretRef', 'nodeExpandSecretRef'] : ['secretRef'];
    const isBeside = !['cinder', 'storageos', 'csi'].includes(type);
    return fields.map((field) => {
      const reference = asObject(source[field]);
      const namespace = asString(reference?.['namespace']) ?? '';
      return { namespace: isBeside ? namespace || beside : namespace, name: nameOf(reference) };
    });
  }
  return [];
}

function containersOf(spec: JsonObject): JsonObject[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) => objectsIn(spec[field]));
}

function nameOf(object: JsonObject | undefined): string {
  return asString(object?.['name']) ?? '';
}
