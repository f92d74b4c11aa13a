import type { UserInfo } from '../attributes.ts';
import { userOf } from '../identity.ts';
import { emptyList, entry } from './entry.ts';
import { reasonOfBroken } from './reason.ts';
import type { BrokenBinding } from './world.ts';

/** Finds bindings whose role is not there by those whom they are for. */
export class BrokenIndex {
  readonly #bindings: readonly BrokenBinding[];
  readonly #users = new Map<string, number[]>();
  readonly #groups = new Map<string, number[]>();

  constructor(bindings: readonly BrokenBinding[]) {
    this.#bindings = bindings;
    bindings.forEach(({ subjects }, index) => {
      for (const subject of subjects) {
        const user = userOf(subject);
        const list =
          user === undefined
            ? entry(this.#groups, subject.name, emptyList)
            : entry(this.#users, user, emptyList);
        list.push(index);
      }
    });
  }

  /** What a user is told whom nothing allows it: the roles that are not there; empty for most. */
  reasonFor({ name, groups }: UserInfo, namespace: string): string {
    if (this.#bindings.length === 0) return '';
    const lists = [this.#users.get(name), ...groups.map((group) => this.#groups.get(group))];
    const found = new Set(lists.flatMap((list) => list ?? []));
    if (found.size === 0) return '';
    const bindings = [...found].sort((a, b) => a - b).map((index) => this.#bindings[index]!);
    return reasonOfBroken(
      bindings
        .filter((binding) => binding.namespace === undefined || binding.namespace === namespace)
        .map(({ reference }) => reference),
    );
  }
}
