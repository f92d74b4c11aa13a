import { asString, isObject } from '../../../kubernetes/json.ts';
import type { Control, Forbidden } from '../control.ts';
import { eachObject, type Pod } from '../pod.ts';
import { joinQuote, pluralize, sortedSet } from '../wording.ts';

/** Only volume types that hold no path of the host or of a foreign store are allowed: check_restrictedVolumes.go. */
export const restrictedVolumes: Control = {
  id: 'restrictedVolumes',
  level: 'restricted',
  versions: [{ minimumVersion: 'v1.0', judge, overrides: ['hostPathVolumes'] }],
};

const ALLOWED = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** In upstream's order, which decides what a volume with two sources is called. */
const FORBIDDEN = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

function judge(pod: Pod): Forbidden | undefined {
  const bad: string[] = [];
  const types: string[] = [];
  const paths: string[] = [];
  eachObject(pod.spec['volumes'], (volume, index) => {
    const sources = Object.keys(volume).filter((field) => isObject(volume[field]));
    if (sources.some((field) => ALLOWED.has(field))) return;
    bad.push(asString(volume['name']) ?? '');
    const type = FORBIDDEN.find((field) => sources.includes(field));
    types.push(type ?? 'unknown');
    paths.push(type === undefined ? `spec.volumes[${index}]` : `spec.volumes[${index}].${type}`);
  });
  if (bad.length === 0) return undefined;
  const badTypes = sortedSet(types);
  const volumes = `${pluralize('volume', 'volumes', bad.length)} ${joinQuote(bad)}`;
  const what = pluralize('restricted volume type', 'restricted volume types', badTypes.length);
  return {
    reason: 'restricted volume types',
    detail: `${volumes} ${pluralize('uses', 'use', bad.length)} ${what} ${joinQuote(badTypes)}`,
    paths,
  };
}
