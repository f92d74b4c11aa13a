import { entry } from './entry.ts';
import type { Kind, RbacObject } from './objects.ts';

/** Finds objects by what they are called, without making a key of it for each of them. */
export class NamedObjects {
  readonly #byKind = new Map<Kind, Map<string, Map<string, RbacObject>>>();
  /** The others of the same name, by the first. */
  readonly #others = new Map<RbacObject, RbacObject[]>();

  add(object: RbacObject): void {
    const byNamespace = entry(this.#byKind, object.kind, () => new Map<string, Map<string, RbacObject>>());
    const byName = entry(byNamespace, object.namespace ?? '', () => new Map<string, RbacObject>());
    const first = entry(byName, object.name, () => object);
    if (first !== object) entry(this.#others, first, (): RbacObject[] => []).push(object);
  }

  has({ kind, namespace, name }: RbacObject): boolean {
    return (
      this.#byKind
        .get(kind)
        ?.get(namespace ?? '')
        ?.has(name) === true
    );
  }

  /** Undefined where there is none. */
  find(kind: Kind, namespace: string | undefined, name: string): readonly RbacObject[] | undefined {
    const first = this.#byKind
      .get(kind)
      ?.get(namespace ?? '')
      ?.get(name);
    return first === undefined ? undefined : [first, ...(this.#others.get(first) ?? [])];
  }

  /** What is stated more than once: the first, and the others in their order. */
  get stated(): ReadonlyMap<RbacObject, readonly RbacObject[]> {
    return this.#others;
  }
}
