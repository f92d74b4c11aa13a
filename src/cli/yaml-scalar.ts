import { jsonText } from '../reports/escape.ts';

/** A text in YAML, plain where no parser takes it for anything but a text. */
export function scalar(text: string): string {
  const isPlain =
    /^[a-zA-Z][-a-zA-Z0-9_./:]*[a-zA-Z0-9]$/.test(text) &&
    !/^(y(es)?|no?|true|false|on|off|null)$/i.test(text);
  return isPlain ? text : jsonText(JSON.stringify(text));
}
