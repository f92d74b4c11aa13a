import type { Cluster } from './cluster.ts';
import { asArray, asNumber, asObject, asString, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';
import type { Volume, Workload } from './workload.ts';

/** One ConfigMap or Secret that a volume shows as files. */
export interface ConfigSource {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** The keys that the volume picks, with their paths in it; undefined where it shows all of them under their own names. */
  readonly items:
    | readonly { readonly key: string; readonly path: string; readonly mode: number | undefined }[]
    | undefined;
  /** Permission bits of files without a mode of their own, as far as they are stated. */
  readonly defaultMode: number | undefined;
}

/** Volume types whose content the kubelet writes from objects of the API. */
export function isConfigVolume(volume: Volume): boolean {
  return ['configMap', 'secret', 'projected', 'downwardAPI'].includes(volume.source);
}

/** The ConfigMaps and Secrets behind a volume, those of a projected one included. */
export function configSources(volume: Volume): readonly ConfigSource[] {
  const { settings } = volume;
  const defaultMode = asNumber(settings['defaultMode']);
  if (volume.source === 'configMap') return source('ConfigMap', settings, 'name', defaultMode);
  if (volume.source === 'secret') return source('Secret', settings, 'secretName', defaultMode);
  if (volume.source !== 'projected') return [];
  return (asArray(settings['sources']) ?? []).flatMap((entry) => {
    const projection = asObject(entry);
    return [
      ...source('ConfigMap', asObject(projection?.['configMap']), 'name', defaultMode),
      ...source('Secret', asObject(projection?.['secret']), 'name', defaultMode),
    ];
  });
}

function source(
  kind: ConfigSource['kind'],
  settings: JsonObject | undefined,
  nameField: string,
  defaultMode: number | undefined,
): ConfigSource[] {
  const name = asString(settings?.[nameField]);
  if (name === undefined || name === '') return [];
  const items = asArray(settings?.['items'])?.map((item) => {
    const fields = asObject(item);
    const key = asString(fields?.['key']) ?? '';
    return { key, path: asString(fields?.['path']) ?? key, mode: asNumber(fields?.['mode']) };
  });
  return [{ kind, name, items, defaultMode }];
}

/** The object behind a source, if it is among the sources of the scan. */
export function configObject(
  cluster: Cluster,
  workload: Workload,
  { kind, name }: ConfigSource,
): KubernetesObject | undefined {
  return cluster
    .indexed('config objects', [kind], workload.namespace, () => {
      const index = new Map<string, KubernetesObject>();
      for (const object of cluster.ofKind('ConfigMap', 'Secret')) {
        if (object.group === '')
          index.set(`${object.kind}/${object.namespace ?? 'default'}/${object.name}`, object);
      }
      return index;
    })
    .get(`${kind}/${workload.namespace}/${name}`);
}
