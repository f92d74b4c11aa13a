/** RFC 3339 in UTC, to the microsecond where it is told. @param microseconds since the epoch */
export function timeText(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000);
  if (!Number.isFinite(milliseconds) || Math.abs(milliseconds) > 8.64e15) return String(microseconds);
  const text = new Date(milliseconds).toISOString();
  const rest = microseconds - Math.floor(microseconds / 1_000_000) * 1_000_000;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
  return `${text.slice(0, 19)}${fraction}Z`;
}
