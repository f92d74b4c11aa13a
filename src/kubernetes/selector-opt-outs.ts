import { asArray, asObject, asString, type Json } from './json.ts';

/** A requirement of a selector that whoever sets a label can make false, and so take an object out of its reach. */
export interface OptOut {
  readonly key: string;
  readonly operator: 'NotIn' | 'DoesNotExist';
  readonly path: string;
}

/** The API server sets this label itself (KEP-2161), so nobody opts out by it. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** The opt-outs of a metav1.LabelSelector that stands at `path`. */
export function optOuts(selector: Json | undefined, path: string): OptOut[] {
  const expressions = asArray(asObject(selector)?.['matchExpressions']) ?? [];
  return expressions.flatMap((item, index): OptOut[] => {
    const expression = asObject(item);
    const operator = expression?.['operator'];
    const key = asString(expression?.['key']) ?? '';
    if ((operator !== 'NotIn' && operator !== 'DoesNotExist') || key === '' || key === NAME_LABEL) return [];
    return [{ key, operator, path: `${path}.matchExpressions[${index}]` }];
  });
}
