/** How many random cases a comparison makes: `usual` of them, or $KUBESTRIDE_CASES for a longer run by hand. */
export function caseCount(usual: number): number {
  const asked = Number(process.env['KUBESTRIDE_CASES']);
  return Number.isSafeInteger(asked) && asked > 0 ? asked : usual;
}

/** Milliseconds that a test of so many cases may take. */
export function caseTimeout(cases: number): number {
  return 120_000 + cases * 100;
}

/** Maps with a few at a time, in the order of `items`: the server works on one while the next is on its way. */
export async function inParallel<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  atOnce = 8,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
