import { isObject } from '../../../kubernetes/json.ts';

/** What a component of Kubernetes or a runtime says in one line, as far as its form is known. */
export interface ComponentLine {
  /** Microseconds since the epoch; undefined where the line has none, or not all of it. */
  readonly time: number | undefined;
  /** Of klog's text format, which leaves out year and zone. */
  readonly withoutYear: { readonly month: number; readonly day: number; readonly clock: string } | undefined;
  readonly severity: string;
  readonly message: string;
}

const KLOG = /^([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) +(\d{1,10}) ([^\s\]]{1,256})\] ?/;
const SEVERITIES = new Map([
  ['I', 'info'],
  ['W', 'warning'],
  ['E', 'error'],
  ['F', 'fatal'],
]);

/** klog's text format: `I1123 20:16:17.123456    1234 kubelet.go:123] "Message" key="value"` (k8s.io/klog). */
export function parseKlog(text: string): ComponentLine | undefined {
  const match = KLOG.exec(text);
  if (match === null) return undefined;
  const [header, severity = '', month, day, clock = ''] = match;
  return {
    time: undefined,
    withoutYear: { month: Number(month), day: Number(day), clock },
    severity: SEVERITIES.get(severity)!,
    message: text.slice(header.length),
  };
}

/** `--logging-format=json` (k8s.io/component-base logs/json): milliseconds in `ts`; errors have no verbosity `v`. */
export function parseJsonLog(text: string): ComponentLine | undefined {
  if (!text.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value['ts'] !== 'number' || typeof value['msg'] !== 'string')
    return undefined;
  return {
    time: Math.round(value['ts'] * 1000),
    withoutYear: undefined,
    severity: value['v'] === undefined ? 'error' : 'info',
    message: text,
  };
}
