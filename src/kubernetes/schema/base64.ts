const STANDARD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const DIGIT = /[A-Za-z0-9+/]/;

/**
 * Why Go's base64.StdEncoding refuses `text`, in its words; undefined where it accepts it.
 * Line breaks inside are passed over, other white space is refused.
 */
export function base64Refusal(text: string): string | undefined {
  if (STANDARD.test(text) || STANDARD.test(text.replace(/[\r\n]/g, ''))) return undefined;
  return `illegal base64 data at input byte ${firstIllegalByte(text)}`;
}

function firstIllegalByte(text: string): number {
  let inGroup = 0;
  const afterBreaks = (from: number): number => {
    while (text[from] === '\n' || text[from] === '\r') from++;
    return from;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\n' || character === '\r') continue;
    if (DIGIT.test(character)) {
      inGroup = (inGroup + 1) % 4;
      continue;
    }
    if (character !== '=' || inGroup < 2) return at;
    let next = at + 1;
    if (inGroup === 2) {
      next = afterBreaks(next);
      if (next === text.length) return next;
      if (text[next] !== '=') return next - 1;
      next++;
    }
    return afterBreaks(next);
  }
  // The text ends inside a group: Go names the byte where its last digits begin, counted back from the end.
  return text.length - inGroup;
}
