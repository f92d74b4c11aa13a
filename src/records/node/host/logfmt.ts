import { microsOf } from '../time.ts';
import type { ComponentLine } from './klog.ts';

const HEADER = /^time="?([^"\s]{10,40}(?: [^"\s]{1,20}){0,2})"? level="?(\w{1,10})"? /;
const SEVERITIES = new Map([
  ['trace', 'info'],
  ['debug', 'info'],
  ['info', 'info'],
  ['warn', 'warning'],
  ['warning', 'warning'],
  ['error', 'error'],
  ['fatal', 'fatal'],
  ['panic', 'fatal'],
]);

/** What containerd, dockerd and CRI-O write: `time="…" level=info msg="…" error="…"` (logrus TextFormatter). */
export function parseLogfmt(text: string): ComponentLine | undefined {
  const match = HEADER.exec(text);
  if (match === null) return undefined;
  const [header, time = '', level = ''] = match;
  return {
    time: microsOf(time),
    withoutYear: undefined,
    severity: SEVERITIES.get(level.toLowerCase()) ?? 'info',
    message: text.slice(header.length),
  };
}
