const MOST = 8192;
const LONGEST = 512;

/**
 * Remembers what was found out about short texts, of which events have the same ones over and over: names of fields, user agents, reasons.
 * Begins anew when it is full, so that new texts cost time at worst and never memory.
 */
export function remembered<T>(find: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST) return find(text);
    let answer = known.get(text);
    if (answer !== undefined) return answer;
    answer = find(text);
    if (known.size >= MOST) known.clear();
    known.set(text, answer);
    return answer;
  };
}
