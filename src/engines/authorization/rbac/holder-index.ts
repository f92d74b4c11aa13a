import { PRIVILEGED_GROUP } from '../identity.ts';
import { emptyList, entry } from './entry.ts';
import type { Grant, Subject } from './grant.ts';

const PRIVILEGED: Subject = { kind: 'Group', namespace: undefined, name: PRIVILEGED_GROUP };

/** The grants of one role: their numbers, in order. */
interface OfRole {
  readonly wide: number[];
  readonly byNamespace: Map<string, number[]>;
}

/** Finds grants by the role that they give, and numbers the subjects. */
export class HolderIndex {
  /** Each subject once, by its number; the first is the group `system:masters`, with or without grants. */
  readonly subjects: Subject[] = [PRIVILEGED];
  /** By the number of a grant: that of its subject. */
  readonly subjectOf: readonly number[];
  readonly #byRole = new Map<number, OfRole>();

  constructor(grants: readonly Grant[], roleOf: Int32Array) {
    const numbers = new Map<string, number>([[keyOf(PRIVILEGED), 0]]);
    this.subjectOf = grants.map(({ subject, namespace }, index) => {
      const ofRole = entry(this.#byRole, roleOf[index]!, () => ({ wide: [], byNamespace: new Map() }));
      const list = namespace === undefined ? ofRole.wide : entry(ofRole.byNamespace, namespace, emptyList);
      list.push(index);
      return entry(numbers, keyOf(subject), () => this.subjects.push(subject) - 1);
    });
  }

  /** Those that hold in a namespace; empty: on the whole cluster; undefined: anywhere. */
  grantsOf(role: number, namespace: string | undefined): readonly number[] {
    const { wide, byNamespace } = this.#byRole.get(role)!;
    if (namespace === undefined) return [wide, ...byNamespace.values()].flat();
    const narrow = byNamespace.get(namespace);
    return narrow === undefined ? wide : [...wide, ...narrow];
  }
}

/** Names of users may hold anything, so that they come last. */
function keyOf({ kind, namespace, name }: Subject): string {
  return `${kind}\n${namespace ?? ''}\n${name}`;
}
