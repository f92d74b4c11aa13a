import { Schema } from './decode.ts';
import table from './schema.generated.json' with { type: 'json' };
import type { SchemaTable } from './table.ts';

/** Every built-in kind of Kubernetes 1.37, and older versions that k8s.io/api still has types for. */
export const BUILT_IN_SCHEMA = new Schema(table as unknown as SchemaTable);

export { type Decoding, type FieldProblem, refusal } from './decode.ts';
