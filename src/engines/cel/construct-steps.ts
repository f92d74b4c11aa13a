import { plainText } from './attributes.ts';
import type { ConstantStep, Frame, Step } from './steps.ts';
import { CelError, Entries, failed, Items, Optional, type Result, type Value } from './value.ts';

const LIST_COST = 10;
const MAP_COST = 30;

export class ConstantValue implements ConstantStep {
  readonly id: number;
  readonly constant: Result;

  constructor(id: number, constant: Result) {
    this.id = id;
    this.constant = constant;
  }

  run(frame: Frame): Result {
    frame.costs.push(this.id, this.constant);
    return this.constant;
  }
}

export class ListStep implements Step {
  readonly id: number;
  readonly parts: readonly Step[];
  readonly #optional: ReadonlySet<number>;

  constructor(id: number, parts: readonly Step[], optional: ReadonlySet<number>) {
    this.id = id;
    this.parts = parts;
    this.#optional = optional;
  }

  run(frame: Frame): Result {
    const result = this.#build(frame);
    frame.costs.dropArgs(this.parts);
    frame.costs.cost += LIST_COST;
    frame.costs.push(this.id, result);
    return result;
  }

  #build(frame: Frame): Result {
    const items: Value[] = [];
    for (const [i, part] of this.parts.entries()) {
      const value = part.run(frame);
      if (failed(value)) return value;
      if (!this.#optional.has(i)) items.push(value);
      else if (!(value instanceof Optional))
        return new CelError(
          `cannot initialize optional list element from non-optional value ${plainText(value)}`,
        );
      else if (value.value !== undefined) items.push(value.value);
    }
    return new Items(items);
  }
}

export interface EntryPart {
  readonly key: Step;
  readonly value: Step;
  readonly optional: boolean;
}

export class MapStep implements Step {
  readonly id: number;
  readonly parts: readonly Step[];
  readonly #entries: readonly EntryPart[];

  constructor(id: number, entries: readonly EntryPart[]) {
    this.id = id;
    this.#entries = entries;
    this.parts = entries.flatMap((entry) => [entry.key, entry.value]);
  }

  run(frame: Frame): Result {
    const result = this.#build(frame);
    frame.costs.dropArgs(this.parts);
    frame.costs.cost += MAP_COST;
    frame.costs.push(this.id, result);
    return result;
  }

  #build(frame: Frame): Result {
    const entries = new Entries();
    for (const { key: keyStep, value: valueStep, optional } of this.#entries) {
      const key = keyStep.run(frame);
      if (failed(key)) return key;
      const value = valueStep.run(frame);
      if (failed(value)) return value;
      if (!optional) entries.set(key, value);
      else if (!(value instanceof Optional))
        return new CelError(
          `cannot initialize optional entry '${plainText(key)}' from non-optional value ${plainText(value)}`,
        );
      else if (value.value === undefined) entries.delete(key);
      else entries.set(key, value.value);
    }
    return entries;
  }
}
