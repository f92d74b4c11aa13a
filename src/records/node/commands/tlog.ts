import { asNumber, asString, isObject } from '../../../kubernetes/json.ts';
import { type Decoded, type Origin, refused } from '../../decoded.ts';
import { record } from '../../record.ts';
import { redactedText } from '../redacted.ts';
import { oneLine } from '../text.ts';

/**
 * A message of tlog, which records terminals (its doc/log_format.md). Without input, which it leaves out unless told to, what was shown is
 * the message. Undefined where the text is no such message.
 */
export function tlogRecord(text: string, origin: Origin): Decoded | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value['rec'] !== 'string' || typeof value['timing'] !== 'string')
    return undefined;
  const seconds = asNumber(value['time']);
  const number = asNumber(value['id']);
  if (seconds === undefined || number === undefined) {
    return { records: [], refused: [refused('missing-fields', 'time, id', text)] };
  }
  const host = asString(value['host']) ?? '';
  const typed = asString(value['in_txt']) ?? '';
  const shown = redactedText(typed === '' ? (asString(value['out_txt']) ?? '') : typed);
  const whole = redactedText(text);
  const node = origin.node ?? host;
  return {
    records: [
      record({
        key: `tlog ${origin.cluster} ${host} ${value['rec']} ${number}`,
        time: Math.round(seconds * 1000) * 1000,
        source: 'command',
        cluster: origin.cluster,
        inlet: origin.inlet,
        verb: typed === '' ? 'tty-output' : 'tty-input',
        user: asString(value['user']) ?? '',
        name: `${asString(value['term']) ?? ''} ${value['rec']}`.trim(),
        node,
        message: oneLine(withoutControls(shown.text)),
        redactions: whole.count,
        raw: whole.text,
      }),
    ],
    refused: [],
  };
}

/** Sequences that steer a terminal (ECMA-48) say nothing to who reads a line. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what such sequences begin with
  return text.replace(/\u001b\[[0-9;?]{0,32}[@-~]|\u001b\][^\u0007\u001b]{0,256}(?:\u0007|\u001b\\)/g, '');
}
