/**
 * Field paths name a place inside an object, in the notation of Kubernetes' own messages:
 * `spec.containers[0].image`; a key that holds anything but letters, digits, `_`, `-` or `/` is written
 * as a JSON string in brackets: `metadata.annotations["example.com/a.b"]`. The empty path is the object itself.
 */
export type FieldPath = string;

const plainKey = /^[A-Za-z0-9_/-]+$/;

/** The path of entry `key` of the mapping at `path`. */
export function child(path: FieldPath, key: string): FieldPath {
  if (!plainKey.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** The path of item `index` (from 0) of the sequence at `path`. */
export function item(path: FieldPath, index: number): FieldPath {
  return `${path}[${index}]`;
}

/** Writes the path whose steps are mapping keys (strings) and sequence indices (numbers). */
export function formatFieldPath(steps: readonly (string | number)[]): FieldPath {
  let path = '';
  for (const step of steps) path = typeof step === 'number' ? item(path, step) : child(path, step);
  return path;
}

/**
 * The steps of a path, mapping keys as strings and sequence indices as numbers.
 * @throws SyntaxError when the text is not a field path.
 */
export function parseFieldPath(path: FieldPath): (string | number)[] {
  const steps: (string | number)[] = [];
  const step = /(\.?)([A-Za-z0-9_/-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (step.lastIndex < path.length) {
    const at = step.lastIndex;
    const match = step.exec(path);
    if (match === null || (match[2] !== undefined && (match[1] === '.') !== at > 0)) {
      throw new SyntaxError(`not a field path at offset ${at}: ${path}`);
    }
    if (match[2] !== undefined) steps.push(match[2]);
    else if (match[3] !== undefined) steps.push(Number(match[3]));
    else steps.push(JSON.parse(match[4] as string) as string);
  }
  return steps;
}
