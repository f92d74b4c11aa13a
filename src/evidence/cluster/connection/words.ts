const MAX_LENGTH = 300;

/** One line of bounded length, for text of servers, plugins and the system; not escaped. */
export function oneLine(text: string): string {
  const flat = text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
  return flat.length > MAX_LENGTH ? `${flat.slice(0, MAX_LENGTH - 1)}…` : flat;
}

/** The system's error code, such as `ENOENT`, else the error's words. */
export function systemReason(cause: unknown): string {
  const first = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  if (!(first instanceof Error)) return oneLine(String(first));
  return 'code' in first && typeof first.code === 'string' ? first.code : oneLine(first.message);
}
