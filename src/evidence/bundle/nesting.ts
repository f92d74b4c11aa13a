const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether the arrays and objects of a JSON text are at most so many inside each other. What is no JSON may get either answer. */
export function nestsAtMost(text: string, depth: number): boolean {
  let level = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      do {
        at = text.indexOf('"', at + 1);
        if (at < 0) return true;
      } while (isEscaped(text, at));
    } else if (unit === 0x7b || unit === 0x5b) {
      if (++level > depth) return false;
    } else if (unit === 0x7d || unit === 0x5d) level--;
  }
  return true;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before--;
  return (at - before) % 2 === 0;
}
