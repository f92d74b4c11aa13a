/**
 * A set of integers as the sorted points where membership changes: `[1, 5, 8, 9]` is 1–4 and 8. The empty list is the empty set;
 * a list of odd length would have no end and does not occur.
 */
export type Boundaries<T extends number | bigint> = readonly T[];

function combine<T extends number | bigint>(
  a: Boundaries<T>,
  b: Boundaries<T>,
  isIn: (inA: boolean, inB: boolean) => boolean,
): T[] {
  const result: T[] = [];
  let i = 0;
  let j = 0;
  let inA = false;
  let inB = false;
  let inside = false;
  while (i < a.length || j < b.length) {
    const nextA = a[i];
    const nextB = b[j];
    const point = nextB === undefined || (nextA !== undefined && nextA <= nextB) ? nextA! : nextB;
    if (nextA === point) {
      inA = !inA;
      i++;
    }
    if (nextB === point) {
      inB = !inB;
      j++;
    }
    if (isIn(inA, inB) !== inside) {
      inside = !inside;
      result.push(point);
    }
  }
  return result;
}

export function union<T extends number | bigint>(a: Boundaries<T>, b: Boundaries<T>): Boundaries<T> {
  if (a.length === 0) return b;
  return b.length === 0 ? a : combine(a, b, (inA, inB) => inA || inB);
}

export function intersection<T extends number | bigint>(a: Boundaries<T>, b: Boundaries<T>): Boundaries<T> {
  return a.length === 0 || b.length === 0 ? [] : combine(a, b, (inA, inB) => inA && inB);
}

export function difference<T extends number | bigint>(a: Boundaries<T>, b: Boundaries<T>): Boundaries<T> {
  return a.length === 0 || b.length === 0 ? a : combine(a, b, (inA, inB) => inA && !inB);
}

export function includes<T extends number | bigint>(set: Boundaries<T>, value: T): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (set[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

export function isSame<T extends number | bigint>(a: Boundaries<T>, b: Boundaries<T>): boolean {
  return a.length === b.length && a.every((point, index) => point === b[index]);
}
