import type { Cluster } from './cluster.ts';
import { parseImage } from './images.ts';
import { asObject, asString } from './json.ts';
import { PLUGINS, type Settings } from './network-plugins.ts';
import type { KubernetesObject } from './object.ts';
import type { Container, Workload } from './workload.ts';

/** How packets travel between nodes: in packets of the nodes, by routes that BGP spreads, by the network's own routes. */
export type Carriage = 'overlay' | 'bgp' | 'routes' | 'unknown';

/** What is known of one part of a network plugin. */
export interface PluginFacts {
  /** `ignored`: NetworkPolicies have no effect. */
  readonly policies: 'enforced' | 'ignored' | 'unknown';
  readonly carriage: Carriage;
  /** Name of the encapsulation or the way, such as `VXLAN`; empty where it is not known. */
  readonly by: string;
  /** What encrypts packets between nodes; `none`, or `unknown` where the setting was not seen. */
  readonly encryption: string;
}

/** A network plugin as one of its DaemonSets shows it. */
export interface NetworkPlugin extends PluginFacts {
  /** Its name, the same in all languages. */
  readonly name: string;
  readonly workload: Workload;
  /** The container by which it is recognised. */
  readonly container: Container;
}

/** Whether the pods of a workload are a network plugin, or a part of one, on each node. */
export function networkPluginOf(workload: Workload, cluster: Cluster): NetworkPlugin | undefined {
  return workload.kind === 'DaemonSet' ? known(cluster).get(workload) : undefined;
}

/** All of the cluster: one may carry packets, and another one enforce policies. */
export function networkPlugins(cluster: Cluster): readonly NetworkPlugin[] {
  return [...known(cluster).values()];
}

function known(cluster: Cluster): ReadonlyMap<Workload, NetworkPlugin> {
  return cluster.memo('network plugins', () => {
    const found = new Map<Workload, NetworkPlugin>();
    for (const workload of cluster.workloads) {
      const plugin = workload.kind === 'DaemonSet' ? recognise(workload, cluster) : undefined;
      if (plugin !== undefined) found.set(workload, plugin);
    }
    return found;
  });
}

function recognise(workload: Workload, cluster: Cluster): NetworkPlugin | undefined {
  const images = workload.containers
    .filter(({ isLongRunning }) => isLongRunning)
    .map((container) => ({
      container,
      repository: repositoryOf(container),
    }));
  const settings = new SettingsOf(workload, images, cluster);
  for (const { name, marks, facts } of PLUGINS) {
    const found = images.find(({ repository }) => marks.some((mark) => endsWith(repository, mark)));
    if (found !== undefined) return { name, workload, container: found.container, ...facts(settings) };
  }
  return undefined;
}

/** The repository without registry; of Rancher's copies that of the original. */
function repositoryOf({ image }: Container): string {
  const repository = parseImage(image)?.repository ?? '';
  return repository.replace(/(^|\/)mirrored-([a-z0-9]+)-/, '$1$2/');
}

function endsWith(repository: string, mark: string): boolean {
  return repository === mark || repository.endsWith(`/${mark}`);
}

class SettingsOf implements Settings {
  readonly #workload: Workload;
  readonly #images: readonly { readonly container: Container; readonly repository: string }[];
  readonly #cluster: Cluster;

  constructor(
    workload: Workload,
    images: readonly { readonly container: Container; readonly repository: string }[],
    cluster: Cluster,
  ) {
    this.#workload = workload;
    this.#images = images;
    this.#cluster = cluster;
  }

  runs(...marks: readonly string[]): boolean {
    return this.#images.some(({ repository }) => marks.some((mark) => endsWith(repository, mark)));
  }

  tag(mark: string): string {
    const found = this.#images.find(({ repository }) => endsWith(repository, mark));
    return (found && parseImage(found.container.image)?.tag) ?? '';
  }

  variable(name: string): string | undefined {
    for (const { container } of this.#images) {
      const found = container.environment.find((each) => each.name === name);
      if (found === undefined) continue;
      const reference = asObject(found.valueFrom?.['configMapKeyRef']);
      if (reference === undefined) return found.value;
      return this.configMap(asString(reference['name']) ?? '')?.[asString(reference['key']) ?? ''];
    }
    return undefined;
  }

  flag(name: string): string | undefined {
    for (const { container } of this.#images) {
      for (const { text } of container.commandLine) {
        const match = /^--?([\w-]+)(?:=(.*))?$/.exec(text);
        if (match?.[1] === name) return match[2] ?? 'true';
      }
    }
    return undefined;
  }

  configMap(name: string): Readonly<Record<string, string>> | undefined {
    const maps = this.#cluster.memo('config maps by name', () => {
      const found = new Map<string, KubernetesObject>();
      for (const object of this.#cluster.ofKind('ConfigMap')) {
        found.set(`${object.namespace ?? 'default'}/${object.name}`, object);
      }
      return found;
    });
    const data = asObject(maps.get(`${this.#workload.namespace}/${name}`)?.raw['data']);
    if (data === undefined) return undefined;
    return Object.fromEntries(
      Object.entries(data).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
    );
  }

  get pools(): readonly KubernetesObject[] {
    return this.#cluster.ofKind('IPPool').filter(({ group }) => group.endsWith('projectcalico.org'));
  }
}
