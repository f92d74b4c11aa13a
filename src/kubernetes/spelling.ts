/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours each cost 1. */
export function distance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforePrevious[j - 2]! + 1);
      }
      row.push(best);
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length]!;
}

const MOST = 2;

/**
 * The candidates that a misspelt word probably meant, best first, at most two: within a third of its length in edits,
 * or beginning with it. Empty where nothing is near, because a far-fetched suggestion misleads.
 */
export function nearest(input: string, candidates: Iterable<string>): string[] {
  const word = input.toLowerCase();
  const allowed = Math.max(1, Math.floor(word.length / 3));
  const near: { candidate: string; edits: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const other = candidate.toLowerCase();
    const tooFar = Math.abs(other.length - word.length) > allowed;
    const edits = tooFar ? Number.POSITIVE_INFINITY : distance(word, other);
    if (edits <= allowed) near.push({ candidate, edits });
    else if (word.length >= 2 && other.startsWith(word)) near.push({ candidate, edits: allowed + 1 });
  }
  near.sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1));
  const best = near[0]?.edits;
  return near
    .filter(({ edits }) => edits === best)
    .slice(0, MOST)
    .map(({ candidate }) => candidate);
}
