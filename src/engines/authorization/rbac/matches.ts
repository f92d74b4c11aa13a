import { entry } from './entry.ts';

/** Where there is no rule or grant: above every number of one, and a number that V8 keeps without a box. */
export const NONE = 0x3fffffff;

const FOR_ALL = 1;
const FOR_SOME = 2;

/** Of one role: its rules that match, as far as names go. */
class Match {
  /** The first rule without resourceNames. */
  unnamed = NONE;
  /** For each name the first rule, of those before that one. */
  named: Map<string, number> | undefined;
}

/** The rules that match one kind of question, by the number of their role. */
export class Matches {
  readonly #byRole = new Map<number, Match>();
  /** Two bits for each role: it matches for all names, and for some names, in the order of their places. */
  readonly #bits: Uint32Array;
  /** How many roles match, for at least some names. */
  roles = 0;
  /** About how many numbers there are to keep. */
  size: number;

  /** `count` is how many roles there are. */
  constructor(count: number) {
    this.#bits = new Uint32Array((count + 15) >>> 4);
    this.size = 32 + this.#bits.length;
  }

  /** Rules of a role are added in their order. */
  add(role: number, rule: number, names: readonly string[]): void {
    const match = entry(this.#byRole, role, () => new Match());
    if (match.unnamed !== NONE) return;
    this.roles = this.#byRole.size;
    this.size += 16 + 4 * names.length;
    const shift = (role & 15) * 2;
    if (names.length === 0) {
      match.unnamed = rule;
      this.#bits[role >>> 4]! |= FOR_ALL << shift;
      return;
    }
    this.#bits[role >>> 4]! |= FOR_SOME << shift;
    match.named ??= new Map();
    for (const name of names) if (!match.named.has(name)) match.named.set(name, rule);
  }

  allows(role: number, name: string): boolean {
    const bits = this.#bits[role >>> 4]! >>> ((role & 15) * 2);
    if ((bits & FOR_ALL) !== 0) return true;
    return (bits & FOR_SOME) !== 0 && this.#byRole.get(role)!.named!.has(name);
  }

  /** The first rule of a role that allows it on an object of that name or, without a name, on all; or NONE. */
  ruleFor(role: number, name: string): number {
    const match = this.#byRole.get(role);
    return match === undefined ? NONE : (match.named?.get(name) ?? match.unnamed);
  }

  /** The roles that allow it on an object of that name. */
  rolesFor(name: string): number[] {
    return [...this.#byRole.keys()].filter((role) => this.allows(role, name));
  }
}
