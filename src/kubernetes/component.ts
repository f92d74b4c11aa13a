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

/** A program of the control plane with the flags that it is started with, as a static pod states them. */
export class Component {
  readonly object: KubernetesObject;
  readonly name: ComponentName;
  readonly container: Container;
  readonly #flags = new Map<string, FlagUse[]>();

  constructor(name: ComponentName, container: Container) {
    this.name = name;
    this.container = container;
    this.object = container.object;
    this.#readFlags();
  }

  /** The components that a workload runs: containers whose command line starts one of the programs. */
  static of(workload: Workload): Component[] {
    const components: Component[] = [];
    for (const container of workload.containers) {
      const program = container.commandLine
        .slice(0, 2)
        .filter(({ text }) => !text.startsWith('-'))
        .map(({ text }) => text.slice(text.lastIndexOf('/') + 1))
        .find((text): text is ComponentName => (COMPONENT_NAMES as readonly string[]).includes(text));
      if (program !== undefined) components.push(new Component(program, container));
    }
    return components;
  }

  get path(): string {
    return this.container.path;
  }

  /** The flag's value as the program takes it, the last one where it is repeated; undefined where it is not given. */
  flag(name: string): string | undefined {
    return this.#flags.get(name)?.at(-1)?.value;
  }

  /** Field path of the flag, or of the container's command where it is not given. */
  flagPath(name: string): string {
    return (
      this.#flags.get(name)?.at(-1)?.path ??
      (this.container.spec['command'] === undefined ? this.container.path : this.container.at('command'))
    );
  }

  /** Go's pflag: `--name=value`, `--name value`, and `--name` alone for true. */
  #readFlags(): void {
    const words = this.container.commandLine;
    words.forEach(({ text, path }, index) => {
      const match = /^--?([A-Za-z0-9][\w.-]*)(?:=(.*))?$/s.exec(text);
      if (match?.[1] === undefined) return;
      const next = words[index + 1]?.text;
      const value = match[2] ?? (next === undefined || next.startsWith('-') ? 'true' : next);
      const uses = this.#flags.get(match[1]);
      if (uses === undefined) this.#flags.set(match[1], [{ value, path }]);
      else uses.push({ value, path });
    });
  }
}
