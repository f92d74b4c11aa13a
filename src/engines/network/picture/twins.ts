/**
 * Units of one box that have the same relation to every other unit, and among each other: exchanging two of a class changes
 * nothing. That is an equivalence, so that each unit has to be compared with one of each class. In the order of the units.
 */
export function twinsOf(
  size: number,
  boxOf: (unit: number) => string,
  relation: (from: number, to: number) => number,
): number[][] {
  const classes: number[][] = [];
  const byKey = new Map<string, number[][]>();
  for (let unit = 0; unit < size; unit++) {
    const key = `${boxOf(unit)} ${summary(unit, size, relation)}`;
    const known = byKey.get(key) ?? [];
    byKey.set(key, known);
    const own = known.find(([first]) => areTwins(first!, unit, size, relation));
    if (own !== undefined) {
      own.push(unit);
      continue;
    }
    const made = [unit];
    known.push(made);
    classes.push(made);
  }
  return classes;
}

/** The same for twins, and seldom for others: sums do not depend on the order, in which two twins differ. */
function summary(unit: number, size: number, relation: (from: number, to: number) => number): string {
  let out = 0;
  let into = 0;
  for (let other = 0; other < size; other++) {
    if (other === unit) continue;
    out += relation(unit, other);
    into += relation(other, unit);
  }
  return `${out} ${into}`;
}

function areTwins(
  a: number,
  b: number,
  size: number,
  relation: (from: number, to: number) => number,
): boolean {
  if (relation(a, b) !== relation(b, a)) return false;
  for (let other = 0; other < size; other++) {
    if (other === a || other === b) continue;
    if (relation(a, other) !== relation(b, other) || relation(other, a) !== relation(other, b)) return false;
  }
  return true;
}
