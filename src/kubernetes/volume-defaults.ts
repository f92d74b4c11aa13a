import { type Change, fillPointers, fillValues, inField, inItems, inOrder } from './defaulting.ts';
import { defaultImagePullPolicy } from './image-pull-policy.ts';
import { asString, isObject, type JsonObject } from './json.ts';

const DEFAULT_MODE = fillPointers({ defaultMode: 0o644 });

export const defaultObjectFieldSelector = inField('fieldRef', fillValues({ apiVersion: 'v1' }));

function defaultImageSource(image: JsonObject): JsonObject {
  if (asString(image['pullPolicy'])) return image;
  return { ...image, pullPolicy: defaultImagePullPolicy(asString(image['reference']) ?? '') };
}

const unchanged: Change = (source) => source;

/** Every volume source of core/v1 VolumeSource with its defaulting (SetObjectDefaults_Pod). */
const SOURCES = {
  hostPath: fillPointers({ type: '' }),
  emptyDir: unchanged,
  gcePersistentDisk: unchanged,
  awsElasticBlockStore: unchanged,
  gitRepo: unchanged,
  secret: DEFAULT_MODE,
  nfs: unchanged,
  iscsi: fillValues({ iscsiInterface: 'default' }),
  glusterfs: unchanged,
  persistentVolumeClaim: unchanged,
  rbd: fillValues({ pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
  flexVolume: unchanged,
  cinder: unchanged,
  cephfs: unchanged,
  flocker: unchanged,
  downwardAPI: inOrder(DEFAULT_MODE, inItems('items', defaultObjectFieldSelector)),
  fc: unchanged,
  azureFile: unchanged,
  configMap: DEFAULT_MODE,
  vsphereVolume: unchanged,
  quobyte: unchanged,
  azureDisk: fillPointers({ cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' }),
  photonPersistentDisk: unchanged,
  projected: inOrder(
    DEFAULT_MODE,
    inItems(
      'sources',
      inOrder(
        inField('downwardAPI', inItems('items', defaultObjectFieldSelector)),
        inField('serviceAccountToken', fillPointers({ expirationSeconds: 3600 })),
      ),
    ),
  ),
  portworxVolume: unchanged,
  scaleIO: fillValues({ storageMode: 'ThinProvisioned', fsType: 'xfs' }),
  storageos: unchanged,
  csi: unchanged,
  ephemeral: inField('volumeClaimTemplate', (template) => ({
    ...template,
    spec: fillPointers({ volumeMode: 'Filesystem' })(isObject(template['spec']) ? template['spec'] : {}),
  })),
  image: defaultImageSource,
} satisfies Readonly<Record<string, Change>>;

/** A volume without a source is an emptyDir. */
export function emptyDirByDefault(volume: JsonObject): JsonObject {
  for (const field of Object.keys(volume)) {
    if (isObject(volume[field]) && Object.hasOwn(SOURCES, field)) return volume;
  }
  return { ...volume, emptyDir: {} };
}

/** Defaults one element of `spec.volumes`. */
export function defaultVolume(volume: JsonObject): JsonObject {
  const result = emptyDirByDefault(volume);
  if (result !== volume) return result;
  let changed = volume;
  for (const field of Object.keys(volume)) {
    if (Object.hasOwn(SOURCES, field))
      changed = inField(field, SOURCES[field as keyof typeof SOURCES])(changed);
  }
  return changed;
}

/** The sources of a PersistentVolume that have defaults (core/v1 PersistentVolumeSource). */
export const defaultPersistentVolumeSource = inOrder(
  inField('hostPath', SOURCES.hostPath),
  inField('iscsi', SOURCES.iscsi),
  inField('rbd', SOURCES.rbd),
  inField('azureDisk', SOURCES.azureDisk),
  inField('scaleIO', SOURCES.scaleIO),
);
