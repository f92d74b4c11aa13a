import { REDACTED, type Redactions } from './tally.ts';
import { redactText } from './text.ts';

const TEXT = /"((?:[^"\\]|\\.)*)("|\\?$)/gs;
/** Fields whose values say what it was, and hold no secret. */
const TELLING =
  /"(?:kind|apiVersion|level|auditID|stage|verb|resource|subresource|namespace|name|username|apiGroup|requestReceivedTimestamp|stageTimestamp|code|reason|method|timestamp|time|stream|host)"\s*:\s*$/;
const MOST_OF_A_FIELD = 64;

/**
 * The beginning of something that could not be read. Where it looks like JSON nothing is known of what a value belongs to, so that all
 * texts go but those of fields that tell what it was.
 */
export function redactFragment(text: string, tally: Redactions): string {
  const redacted = redactText(text, tally);
  if (!/[{[]\s*"|":/.test(redacted)) return redacted;
  return redacted.replace(TEXT, (all: string, inner: string, close: string, at: number) => {
    if (inner === '' || inner.includes(REDACTED)) return all;
    if (/^\s{0,8}:/.test(redacted.slice(at + all.length, at + all.length + 9))) return all;
    if (TELLING.test(redacted.slice(Math.max(0, at - MOST_OF_A_FIELD), at))) return all;
    tally.add('named-value');
    return `"${REDACTED}${close}`;
  });
}
