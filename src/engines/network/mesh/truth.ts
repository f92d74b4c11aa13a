/** Of what the sources settle, and of what they leave open. */
export type Truth = 'yes' | 'no' | 'unknown';

export function not(truth: Truth): Truth {
  return truth === 'unknown' ? truth : truth === 'yes' ? 'no' : 'yes';
}

export function allOf(truths: readonly Truth[]): Truth {
  return truths.includes('no') ? 'no' : truths.includes('unknown') ? 'unknown' : 'yes';
}

export function anyOf(truths: readonly Truth[]): Truth {
  return truths.includes('yes') ? 'yes' : truths.includes('unknown') ? 'unknown' : 'no';
}

export function truthOf(is: boolean): Truth {
  return is ? 'yes' : 'no';
}

/** What all possibilities come to: `differs` where they do not agree. */
export function agreed<T>(possibilities: readonly T[], differs: T): T {
  const [first, ...others] = possibilities;
  return first !== undefined && others.every((other) => other === first) ? first : differs;
}
