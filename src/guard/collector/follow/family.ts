/** `audit-2026-11-23T10-00-00.000.log` of lumberjack (the API server's), `0.log.20261123-100000` of the kubelet, `x.log.1`, `x.log-20261123` of logrotate. */
const LUMBERJACK = /-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}(\.[^./]*)?$/;
const NUMBERED = /(?:\.\d{1,8}|[.-]\d{8}(?:[-T]?\d{4,6})?)$/;

/** The path under which a file was written before it was rotated, and compressed; its own where it was not. */
export function familyOf(path: string): string {
  const plain = path.endsWith('.gz') ? path.slice(0, -3) : path;
  return plain.replace(LUMBERJACK, '$1').replace(NUMBERED, '');
}
