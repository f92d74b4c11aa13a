import type { Sql } from './conditions.ts';
import type { Parameter } from './duckdb.ts';

/** A statement in the making: parts that stand in it several times share their parameters. */
export class Statement {
  readonly parameters: Parameter[] = [];

  /** @returns the part's text, its question marks numbered */
  add({ text, parameters }: Sql): string {
    let next = this.parameters.length;
    this.parameters.push(...parameters);
    return text.replaceAll('?', () => `$${++next}`);
  }
}
