/** Parts of time that a segment's rows are told to lie in, at most. */
const MOST_SPANS = 16;
/** Microseconds; narrower gaps are not worth telling. */
const NARROWEST_GAP = 60_000_000;

const DAY = 86_400_000_000;

/**
 * Where times lie: as many stretches as there may be, parted at the widest gaps between them.
 * @param times sorted ascending, at least one
 */
export function spansOf(times: Float64Array): (readonly [from: number, to: number])[] {
  const gaps: { readonly index: number; readonly width: number }[] = [];
  for (let index = 1; index < times.length; index++) {
    const width = times[index]! - times[index - 1]!;
    const narrowest = gaps[MOST_SPANS - 2];
    if (width < NARROWEST_GAP || (narrowest !== undefined && width <= narrowest.width)) continue;
    const place = gaps.findIndex((gap) => gap.width < width);
    gaps.splice(place < 0 ? gaps.length : place, 0, { index, width });
    gaps.length = Math.min(gaps.length, MOST_SPANS - 1);
  }
  const ends = [...gaps.map(({ index }) => index).sort((a, b) => a - b), times.length];
  let start = 0;
  return ends.map((end) => {
    const span = [times[start]!, times[end - 1]!] as const;
    start = end;
    return span;
  });
}

/** Spans of several segments together, as few as one segment may have. */
export function joinSpans(
  spans: readonly (readonly [from: number, to: number])[],
): (readonly [from: number, to: number])[] {
  const joined: [from: number, to: number][] = [];
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  while (joined.length > MOST_SPANS) {
    let narrowest = 1;
    for (let index = 2; index < joined.length; index++) {
      const width = (at: number) => joined[at]![0] - joined[at - 1]![1];
      if (width(index) < width(narrowest)) narrowest = index;
    }
    joined[narrowest - 1]![1] = joined[narrowest]![1];
    joined.splice(narrowest, 1);
  }
  return joined;
}

/** Whether a time lies in one of the spans. */
export function covers(spans: readonly (readonly [from: number, to: number])[], time: number): boolean {
  return spans.some(([from, to]) => from <= time && time <= to);
}

/** The UTC day of a time in microseconds, `YYYY-MM-DD`. */
export function dayOf(time: number): string {
  return new Date(Math.floor(time / DAY) * (DAY / 1000)).toISOString().slice(0, 10);
}
