import type { Cluster } from './cluster.ts';
import { configObject, configSources } from './config-volumes.ts';
import { asObject } from './json.ts';
import { mountOf } from './log-destination.ts';
import { matchesPathGlob } from './path-glob.ts';
import type { Container, Workload } from './workload.ts';

/** Of one text; longer ones are looked at up to here and count as not seen whole. */
const LONGEST_TEXT = 1 << 18;
const MOST_PATHS = 2000;

/** What a program is told by its manifest and its ConfigMaps. */
export interface AgentConfiguration {
  readonly texts: readonly string[];
  /** False where something that it is given was not seen: a Secret, a ConfigMap that is not among the sources. */
  readonly isWhole: boolean;
}

/** Command lines, variables, and the ConfigMaps that a workload mounts or takes variables from. */
export function agentConfiguration(cluster: Cluster, workload: Workload): AgentConfiguration {
  const texts: string[] = [];
  let isWhole = true;
  const read = (kind: 'ConfigMap' | 'Secret', name: string) => {
    const object = configObject(cluster, workload, { kind, name, items: undefined, defaultMode: undefined });
    // Values of Secrets are kept from view.
    if (kind === 'Secret' || object === undefined) {
      isWhole = false;
      return;
    }
    for (const value of Object.values(asObject(object.raw['data']) ?? {})) {
      if (typeof value !== 'string') continue;
      if (value.length > LONGEST_TEXT) isWhole = false;
      texts.push(value.slice(0, LONGEST_TEXT));
    }
  };
  for (const volume of workload.volumes) for (const { kind, name } of configSources(volume)) read(kind, name);
  for (const container of workload.containers) {
    texts.push(...container.commandLine.map(({ text }) => text.slice(0, LONGEST_TEXT)));
    texts.push(
      ...container.environment.map(({ name, value = '' }) => `${name}=${value.slice(0, LONGEST_TEXT)}`),
    );
    for (const { raw } of container.environmentSources) {
      const map = asObject(raw['configMapRef'])?.['name'];
      if (typeof map === 'string') read('ConfigMap', map);
      else isWhole = false;
    }
  }
  return { texts, isWhole };
}

/** Whether texts name a file by its path, by a pattern that it matches, or by its folder. */
export function namesFile(texts: readonly string[], file: string): boolean {
  const folder = file.slice(0, file.lastIndexOf('/'));
  return texts.some((text) => {
    const paths = text.match(/\/[\w.*?/+-]+/g) ?? [];
    return paths
      .slice(0, MOST_PATHS)
      .some((path) => path.replace(/\/$/, '') === folder || matchesPathGlob(path, file));
  });
}

/** Where a container sees a file of the node, by its innermost mount; undefined where it does not. */
export function nodeFileIn(container: Container, file: string): string | undefined {
  const seen = container.volumeMounts.flatMap(({ name, mountPath, raw }) => {
    const volume = container.workload.volume(name);
    const root = volume?.settings['path'];
    if (volume?.source !== 'hostPath' || typeof root !== 'string' || raw['subPath'] !== undefined) return [];
    const folder = root.replace(/\/+$/, '');
    if (file !== folder && !file.startsWith(`${folder}/`)) return [];
    return [{ depth: folder.length, path: mountPath.replace(/\/+$/, '') + file.slice(folder.length) }];
  });
  return seen.sort((a, b) => b.depth - a.depth)[0]?.path;
}

/** Where a node has a file that a container writes to a mounted folder of the node. */
export function nodePathOf(container: Container, file: string): string | undefined {
  const around = mountOf(container, file);
  const volume = container.workload.volume(around?.name ?? '');
  const root = volume?.settings['path'];
  if (around === undefined || volume?.source !== 'hostPath' || typeof root !== 'string') return undefined;
  return root.replace(/\/+$/, '') + file.slice(around.mountPath.replace(/\/+$/, '').length);
}
