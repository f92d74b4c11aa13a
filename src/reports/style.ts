import type { Severity } from '../threats/define-check.ts';

/**
 * Select Graphic Rendition codes, on and off. `util.styleText` is not used because newer Node versions let it look at
 * the process's own standard output and environment, while the caller has already decided for the stream it writes to.
 */
const SGR = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;
type Shade = keyof typeof SGR;

export type Paint = (shade: Shade, text: string) => string;

export const plain: Paint = (_, text) => text;
export const coloured: Paint = (shade, text) => `\u001b[${SGR[shade][0]}m${text}\u001b[${SGR[shade][1]}m`;

export const SEVERITY_SHADES: Readonly<Record<Severity, Shade>> = {
  critical: 'magenta',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'blue',
};
