/** One term of a field selector, such as `spec.nodeName=n1`. */
export interface FieldTerm {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/**
 * Parses a field selector in text, as `kubectl --field-selector` takes it: terms of `=`, `==` and `!=` between commas, in whose
 * values a backslash stands before `\`, `,` and `=`. Source: apimachinery pkg/fields ParseSelector.
 */
export function parseFieldSelector(
  text: string,
): { readonly terms: readonly FieldTerm[] } | { readonly refused: string } {
  const terms: FieldTerm[] = [];
  for (const part of splitTerms(text).sort()) {
    if (part === '') continue;
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(part);
    if (match === null) return { refused: `invalid selector: '${text}'; can't understand '${part}'` };
    const [, field = '', operator, rest = ''] = match;
    const value = unescapeValue(rest);
    if (value === undefined) return { refused: `invalid field selector value: ${rest}` };
    if (field !== '' || value !== '') terms.push({ field, operator: operator === '!=' ? '!=' : '=', value });
  }
  return { terms };
}

function splitTerms(text: string): string[] {
  return text.match(/(?:\\.|[^\\,]|\\$)+/gs) ?? [];
}

/** Undefined for a value with `,` or `=` that no backslash stands before, or with a backslash before anything else. */
function unescapeValue(value: string): string | undefined {
  if (!/^(?:\\[\\,=]|[^\\,=])*$/su.test(value)) return undefined;
  return value.replace(/\\(.)/gs, '$1');
}
