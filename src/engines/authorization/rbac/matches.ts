import { entry } from './entry.ts';

/** Where there is no rule or grant: above every number of one, and a number that V8 keeps without a box. */
export const NONE = 0x3fffffff;

const FOR_ALL = 1;
const FOR_SOME = 2;
/** What is kept may grow to this many numbers, about 64 MiB; then all of it is forgotten. */
const MOST_KEPT = 8_000_000;
/** About what it costs, in numbers, to keep a question, a role and a name. */
const QUESTION = 32;
const ROLE = 16;
const NAME = 4;

/** Of one role: its rules that match, as far as names go. */
interface Match {
  /** The first rule without resourceNames. */
  unnamed: number;
  /** For each name the first rule, of those before that one. */
  named: Map<string, number> | undefined;
}

/**
 * Which rules of which roles match, by the number of a question. What a decision reads of them lies together in one row of bits,
 * as each separate object would cost it a read of memory far away.
 */
export class Matches {
  /** Words of the bits of one question: two bits for each role, that it matches for all names, and for some names. */
  readonly #words: number;
  #bits: Int32Array;
  #questions: Map<number, Match>[] = [];
  #kept = 0;

  constructor(roles: number) {
    this.#words = (roles + 15) >>> 4;
    this.#bits = new Int32Array(64 * this.#words);
  }

  /** True where what was kept is to be forgotten, with the numbers of all questions. */
  get isFull(): boolean {
    return this.#kept > MOST_KEPT;
  }

  forget(): void {
    this.#bits = new Int32Array(64 * this.#words);
    this.#questions = [];
    this.#kept = 0;
  }

  /** The number of a new question, which nothing matches yet. */
  addQuestion(): number {
    const question = this.#questions.push(new Map()) - 1;
    this.#kept += QUESTION + this.#words;
    if ((question + 1) * this.#words > this.#bits.length) {
      const grown = new Int32Array(2 * this.#bits.length);
      grown.set(this.#bits);
      this.#bits = grown;
    }
    return question;
  }

  /** Says that a rule matches; the rules of a role are added in their order. */
  add(question: number, role: number, rule: number, names: readonly string[]): void {
    const match = entry(this.#questions[question]!, role, (): Match => ({ unnamed: NONE, named: undefined }));
    if (match.unnamed !== NONE) return;
    this.#kept += ROLE + NAME * names.length;
    const word = question * this.#words + (role >>> 4);
    const shift = (role & 15) * 2;
    if (names.length === 0) {
      match.unnamed = rule;
      this.#bits[word]! |= FOR_ALL << shift;
      return;
    }
    this.#bits[word]! |= FOR_SOME << shift;
    match.named ??= new Map();
    for (const name of names) if (!match.named.has(name)) match.named.set(name, rule);
  }

  /** How many roles match, for at least some names. */
  countOf(question: number): number {
    return this.#questions[question]!.size;
  }

  allows(question: number, role: number, name: string): boolean {
    const bits = this.#bits[question * this.#words + (role >>> 4)]! >> ((role & 15) * 2);
    if ((bits & (FOR_ALL | FOR_SOME)) === 0) return false;
    return (bits & FOR_ALL) !== 0 || this.#questions[question]!.get(role)!.named!.has(name);
  }

  /** The first rule of a role that allows it on an object of that name or, without a name, on all; or NONE. */
  ruleFor(question: number, role: number, name: string): number {
    const match = this.#questions[question]!.get(role);
    return match === undefined ? NONE : (match.named?.get(name) ?? match.unnamed);
  }

  /** The roles that allow it on an object of that name. */
  rolesFor(question: number, name: string): number[] {
    return [...this.#questions[question]!.keys()].filter((role) => this.allows(question, role, name));
  }
}
