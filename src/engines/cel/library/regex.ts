import type { FunctionTable } from '../declarations.ts';
import { compilePattern } from '../regex.ts';
import { CelError, Items, type Result } from '../value.ts';

/** apiserver pkg/cel/library/regex.go. */
export function addRegex(table: FunctionTable): void {
  table.add('string_find_string', 'string.find(string): string', (text, pattern) => {
    const compiled = compilePattern(pattern as string);
    if (compiled instanceof CelError) return new CelError(`Illegal regex: ${compiled.message}`);
    return compiled.matches(text as string, 1)[0] ?? '';
  });
  table.add('string_find_all_string', 'string.findAll(string): list(string)', (text, pattern) =>
    findAll(text as string, pattern as string, -1),
  );
  table.add(
    'string_find_all_string_int',
    'string.findAll(string, int): list(string)',
    (text, pattern, limit) => findAll(text as string, pattern as string, Number(limit)),
  );
}

function findAll(text: string, pattern: string, limit: number): Result {
  const compiled = compilePattern(pattern);
  if (compiled instanceof CelError) return new CelError(`Illegal regex: ${compiled.message}`);
  return new Items(compiled.matches(text, limit));
}
