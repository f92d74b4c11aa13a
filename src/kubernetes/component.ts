import type { ClusterFacts } from './cluster-facts.ts';
import { child, formatFieldPath } from './field-path.ts';
import { asString, type JsonObject } from './json.ts';
import { kubeletSettings, settingPath } from './kubelet-configuration.ts';
import { processesOf } from './node-facts.ts';
import type { KubernetesObject } from './object.ts';
import type { Container, Workload } from './workload.ts';

export const COMPONENT_NAMES = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
  'kubelet',
  'kube-proxy',
] as const;
export type ComponentName = (typeof COMPONENT_NAMES)[number];

interface FlagUse {
  readonly value: string;
  readonly path: string;
}

/** Where a component was seen. */
interface Sighting {
  readonly object: KubernetesObject;
  readonly path: string;
  /** Field path of a flag that is not given. */
  readonly absent: string;
  readonly flags: ReadonlyMap<string, readonly FlagUse[]>;
  readonly container?: Container;
}

/** A program of the control plane with the flags that it is started with. */
export class Component {
  readonly object: KubernetesObject;
  readonly name: ComponentName;
  readonly path: string;
  /** The container that runs it; undefined where only its flags are known. */
  readonly container: Container | undefined;
  readonly #flags: ReadonlyMap<string, readonly FlagUse[]>;
  readonly #absent: string;

  private constructor(name: ComponentName, { object, path, absent, flags, container }: Sighting) {
    this.object = object;
    this.name = name;
    this.path = path;
    this.container = container;
    this.#flags = flags;
    this.#absent = absent;
  }

  /** The components that a workload runs: containers whose command line starts one of the programs. */
  static of(workload: Workload): Component[] {
    const components: Component[] = [];
    for (const container of workload.containers) {
      const program = container.commandLine
        .slice(0, 2)
        .filter(({ text }) => !text.startsWith('-'))
        .map(({ text }) => text.slice(text.lastIndexOf('/') + 1))
        .find(isComponentName);
      if (program === undefined) continue;
      const { object, path, spec } = container;
      const absent = spec['command'] === undefined ? path : container.at('command');
      components.push(
        new Component(program, { object, path, absent, container, flags: readFlags(container.commandLine) }),
      );
    }
    return components;
  }

  /** The components that were running on a node. */
  static ofProcesses(facts: KubernetesObject): Component[] {
    return processesOf(facts).flatMap(({ name, args, path }) =>
      isComponentName(name)
        ? [new Component(name, { object: facts, path, absent: `${path}.args`, flags: readFlags(args) })]
        : [],
    );
  }

  /** The API server with the flags that it shows at /flagz (KEP-4828). */
  static ofFacts(facts: ClusterFacts): Component[] {
    if (facts.flags === undefined) return [];
    const flags = new Map<string, FlagUse[]>();
    for (const [name, shown] of Object.entries(facts.flags)) {
      const value = /^\[.*\]$/s.test(shown) ? shown.slice(1, -1) : shown;
      // A flag that nobody set is shown with its default.
      if (value === (DEFAULTS.get(name) ?? '')) continue;
      flags.set(name, [{ value, path: child('spec.flags', name) }]);
    }
    return [new Component('kube-apiserver', { object: facts.object, path: '', absent: 'spec.flags', flags })];
  }

  /** A kubelet as its configuration says it (kubelet.config.k8s.io), which lies at `path` of the object. */
  static ofKubelet(
    object: KubernetesObject,
    configuration: JsonObject,
    path: readonly (string | number)[],
  ): Component {
    const flags = new Map<string, FlagUse[]>();
    for (const setting of kubeletSettings(configuration)) {
      flags.set(setting.flag, [{ value: setting.value, path: settingPath(path, setting) }]);
    }
    const at = formatFieldPath(path);
    return new Component('kubelet', { object, path: at, absent: at, flags });
  }

  /** The flag's value as the program takes it, the last one where it is repeated; undefined where it is not given. */
  flag(name: string): string | undefined {
    return this.#flags.get(name)?.at(-1)?.value;
  }

  /** All values of a flag that may be given more than once, in their order. */
  values(name: string): readonly string[] {
    return (this.#flags.get(name) ?? []).map(({ value }) => value);
  }

  /** Whether this pod is what runs as that process: the same program with the same flags, on the same node as far as that is known. */
  runsAs(process: Component): boolean {
    const node = nodeOf(this.object);
    if (this.name !== process.name || (node !== undefined && node !== process.object.name)) return false;
    const names = new Set([...this.#flags.keys(), ...process.#flags.keys()]);
    return [...names].every((name) => isSameValue(this.flag(name), process.flag(name)));
  }

  /** Field path of the flag, or of where it would stand. */
  flagPath(name: string): string {
    return this.#flags.get(name)?.at(-1)?.path ?? this.#absent;
  }
}

function isComponentName(text: string): text is ComponentName {
  return (COMPONENT_NAMES as readonly string[]).includes(text);
}

/** The node that a pod states, or on which its file was found. */
function nodeOf({ spec, origin }: KubernetesObject): string | undefined {
  const [, node] = origin.isApi ? [] : (/^([^/:]+):\//.exec(origin.file.path) ?? []);
  return asString(spec['nodeName']) ?? node;
}

/** What of a value is known on one side only: kept from view, or filled in when the container starts. */
function isSameValue(stated: string | undefined, running: string | undefined): boolean {
  return stated === running || running === 'REDACTED' || (stated?.includes('$(') ?? false);
}

/** Defaults that mean another thing once they are set: `true` here overrules the authentication configuration. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([['anonymous-auth', 'true']]);

/** Go's pflag: `--name=value`, `--name value`, and `--name` alone for true. */
function readFlags(words: Container['commandLine']): ReadonlyMap<string, readonly FlagUse[]> {
  const flags = new Map<string, FlagUse[]>();
  words.forEach(({ text, path }, index) => {
    const match = /^--?([A-Za-z0-9][\w.-]*)(?:=(.*))?$/s.exec(text);
    if (match?.[1] === undefined) return;
    const next = words[index + 1]?.text;
    const value = match[2] ?? (next === undefined || next.startsWith('-') ? 'true' : next);
    const uses = flags.get(match[1]);
    if (uses === undefined) flags.set(match[1], [{ value, path }]);
    else uses.push({ value, path });
  });
  return flags;
}
