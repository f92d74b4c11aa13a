import type { DuckDBConnection, DuckDBInstance, DuckDBResultReader, DuckDBValue } from '@duckdb/node-api';
import { KubeStrideError } from '../../kubernetes/errors.ts';

/** What is compiled for each platform; the rest is bundled into the command. */
const PACKAGE = '@duckdb/node-bindings';

/** What SQL is given. Whole numbers are BIGINT. */
export type Parameter = string | number | boolean | null;
/** What SQL answers; numbers of 64 bits and more become numbers, as no column of records goes over 2^53. */
export type Value = string | number | boolean | null;

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

export interface EngineOptions {
  /** A database's file, which no other process can open meanwhile; without it the database is in memory. */
  readonly path?: string;
  /** Megabytes. */
  readonly memory?: number;
  readonly threads?: number;
  /** Where larger questions may put what does not fit into memory; without it they fail. */
  readonly scratch?: string;
}

/** One DuckDB in this process. Questions that are asked at the same time run on connections of their own. */
export interface Engine {
  /** Throws what DuckDB throws, whose messages may quote stored text. */
  run(sql: string, parameters?: readonly Parameter[]): Promise<Rows>;
  /** Reads until there are as many rows, and perhaps some more. */
  runUntil(sql: string, rows: number, parameters?: readonly Parameter[]): Promise<Rows>;
  /** Runs a statement of a stranger: throws NotOneSelect for anything but one SELECT. Reads as `runUntil` does. */
  selectOne(sql: string, rows: number): Promise<Rows>;
  /** Ends the questions that run; they throw. */
  interrupt(): void;
  close(): void;
}

/** What was given is not one SELECT. */
export class NotOneSelect extends Error {}

type Package = typeof import('@duckdb/node-api');

let loaded: Promise<Package> | undefined;

/** Loads the engine, which is as large as all of this product and not installed everywhere. */
function load(): Promise<Package> {
  loaded ??= import('@duckdb/node-api').catch((error: unknown) => {
    loaded = undefined;
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new KubeStrideError('store-engine-missing', { package: PACKAGE, reason }, { cause: error });
  });
  return loaded;
}

function toValue(value: DuckDBValue): Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (typeof value === 'bigint') return Number(value);
  return String(value);
}

/** Whole numbers are given as BIGINT: by themselves they would be HUGEINT, which nothing here has. */
function bound({ BIGINT, BOOLEAN, DOUBLE, VARCHAR }: Package, parameters: readonly Parameter[]) {
  const whole = parameters.map((value) => Number.isSafeInteger(value));
  return {
    values: parameters.map((value, at) => (whole[at] ? BigInt(value as number) : value)),
    types: parameters.map((value, at) => {
      if (whole[at]) return BIGINT;
      return typeof value === 'number' ? DOUBLE : typeof value === 'boolean' ? BOOLEAN : VARCHAR;
    }),
  };
}

function rowsOf(reader: DuckDBResultReader): Rows {
  return {
    columns: reader.columnNames(),
    rows: reader.getRows().map((row) => row.map(toValue)),
  };
}

class DuckDBEngine implements Engine {
  readonly #parts: Package;
  readonly #instance: DuckDBInstance;
  readonly #idle: DuckDBConnection[] = [];
  readonly #busy = new Set<DuckDBConnection>();

  constructor(parts: Package, instance: DuckDBInstance) {
    this.#parts = parts;
    this.#instance = instance;
  }

  run(sql: string, parameters: readonly Parameter[] = []): Promise<Rows> {
    return this.#ask(sql, parameters, undefined);
  }

  runUntil(sql: string, rows: number, parameters: readonly Parameter[] = []): Promise<Rows> {
    return this.#ask(sql, parameters, rows);
  }

  selectOne(sql: string, rows: number): Promise<Rows> {
    return this.#connected(async (connection) => {
      const statements = await connection.extractStatements(sql);
      if (statements.count !== 1) throw new NotOneSelect();
      const statement = await statements.prepare(0);
      if (statement.statementType !== this.#parts.StatementType.SELECT) throw new NotOneSelect();
      // PRAGMA becomes a SELECT when it is prepared; the parser still tells them apart.
      const parsed = await connection.runAndReadAll(`SELECT json_serialize_sql(${quoted(sql)})`);
      if (JSON.parse(String(parsed.getRows()[0]?.[0])).error !== false) throw new NotOneSelect();
      return rowsOf(await statement.streamAndReadUntil(rows));
    });
  }

  #ask(sql: string, parameters: readonly Parameter[], until: number | undefined): Promise<Rows> {
    const { values, types } = bound(this.#parts, parameters);
    return this.#connected(async (connection) =>
      rowsOf(
        until === undefined
          ? await connection.runAndReadAll(sql, values, types)
          : await connection.streamAndReadUntil(sql, until, values, types),
      ),
    );
  }

  async #connected<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#idle.pop() ?? (await this.#instance.connect());
    this.#busy.add(connection);
    try {
      return await use(connection);
    } finally {
      this.#busy.delete(connection);
      this.#idle.push(connection);
    }
  }

  interrupt(): void {
    for (const connection of this.#busy) connection.interrupt();
  }

  close(): void {
    for (const connection of [...this.#idle.splice(0), ...this.#busy]) connection.closeSync();
    this.#busy.clear();
    this.#instance.closeSync();
  }
}

/** Throws KubeStrideError store-engine-missing, or what DuckDB throws where the file is locked or is none of its own. */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const parts = await load();
  const instance = await parts.DuckDBInstance.create(options.path ?? ':memory:', {
    threads: String(options.threads ?? 2),
    memory_limit: `${options.memory ?? 400}MB`,
    temp_directory: options.scratch ?? '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    preserve_insertion_order: 'true',
  });
  const engine = new DuckDBEngine(parts, instance);
  // How SQL shows times does not depend on the machine.
  await engine.run("SET GLOBAL TimeZone = 'UTC'");
  return engine;
}

/** A text as SQL writes it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as SQL writes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
