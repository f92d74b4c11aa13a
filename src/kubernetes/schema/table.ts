/**
 * The shape of schema.generated.json: every Go type that Kubernetes decodes a built-in object into, walked by
 * reflection (testbed/oracle/schema.go). Made again, where the Kubernetes modules in testbed/go.mod change, by
 * `cd testbed && echo '{}' | go run ./oracle schema > ../src/kubernetes/schema/schema.generated.json`.
 */
export interface SchemaTable {
  /** apiVersion → kind → index into `types`. */
  readonly kinds: { readonly [apiVersion: string]: { readonly [kind: string]: number } };
  /**
   * A struct is `[Go name, fields]`; anything else one text, a code and where needed a Go name:
   * `s` string, `b` bool, `i32` `u8` … integers, `f` float64, `q` Quantity, `x` IntOrString, `t` Time, `m` MicroTime,
   * `d` Duration, `D` *Duration, `y` bytes in base64, `a` anything, `[N` list of type N, `{N` map from string to type N.
   */
  readonly types: readonly SchemaType[];
}

export type SchemaType =
  | string
  | readonly [name: string, fields: { readonly [jsonName: string]: SchemaField }];

/** A type; with the Go names of the embedded structs between, where the field comes from one. */
export type SchemaField = number | readonly [type: number, embedded: string];
