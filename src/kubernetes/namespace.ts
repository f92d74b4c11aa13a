import type { KubernetesObject } from './object.ts';
import { type ReadLog, WORKLOADS } from './reads.ts';
import type { Workload } from './workload.ts';

/** A namespace that the sources name, with or without its Namespace object. */
export class Namespace {
  readonly name: string;
  /** True where objects name no namespace at all: where they will live is decided when they are applied. */
  readonly isAssumed: boolean;
  readonly #definition: KubernetesObject | undefined;
  readonly #workloads: readonly Workload[];
  readonly #objects: readonly KubernetesObject[];
  readonly #log: ReadLog | undefined;

  constructor(
    name: string,
    definition: KubernetesObject | undefined,
    objects: readonly KubernetesObject[],
    workloads: readonly Workload[],
    log?: ReadLog,
  ) {
    this.name = name;
    this.#definition = definition;
    this.#objects = objects;
    this.#workloads = workloads;
    this.#log = log;
    this.isAssumed = definition === undefined && objects.every((object) => object.namespace === undefined);
  }

  /** The Namespace object, if it is among the sources. */
  get definition(): KubernetesObject | undefined {
    this.#log?.read('Namespace', this.name);
    return this.#definition;
  }

  get workloads(): readonly Workload[] {
    this.#log?.read(WORKLOADS, this.name);
    return this.#workloads;
  }

  /** The Namespace object, else the first object that names the namespace: what a finding points into. */
  get object(): KubernetesObject {
    return (
      this.#definition ??
      (this.#objects.find((object) => object.namespace !== undefined) ?? this.#objects[0])!
    );
  }

  get path(): string {
    return this.#definition === undefined && this.object.namespace !== undefined ? 'metadata.namespace' : '';
  }

  get labels(): Readonly<Record<string, string>> {
    return this.definition?.labels ?? {};
  }

  ofKind(kind: string): KubernetesObject[] {
    this.#log?.read(kind, this.name);
    return this.#objects.filter((object) => object.kind === kind);
  }
}
