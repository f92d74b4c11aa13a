/** Longer ones are no patterns that anybody wrote. */
const LONGEST = 512;

/** Whether a pattern of a log agent matches a path: `*` and `?` within a segment, `**` for any number of segments. */
export function matchesPathGlob(pattern: string, path: string): boolean {
  if (pattern.length > LONGEST || path.length > LONGEST) return false;
  return matchesAll(pattern.split('/'), path.split('/'), (glob) => glob === '**', matchesSegment);
}

function matchesSegment(glob: string, text: string): boolean {
  return matchesAll(
    [...glob],
    [...text],
    (character) => character === '*',
    (one, other) => one === '?' || one === other,
  );
}

/** One pass with a return to the last wildcard: at most pattern times text steps. */
function matchesAll(
  pattern: readonly string[],
  text: readonly string[],
  isWild: (part: string) => boolean,
  same: (part: string, other: string) => boolean,
): boolean {
  let at = 0;
  let wild = -1;
  let resumed = 0;
  for (let index = 0; index < text.length; ) {
    const part = pattern[at];
    if (part !== undefined && isWild(part)) {
      wild = at++;
      resumed = index;
    } else if (part !== undefined && same(part, text[index]!)) {
      at++;
      index++;
    } else if (wild >= 0) {
      at = wild + 1;
      index = ++resumed;
    } else return false;
  }
  while (at < pattern.length && isWild(pattern[at]!)) at++;
  return at === pattern.length;
}
