import type { Refusal } from '../refusal.ts';
import { ENCODINGS } from './body.ts';

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value), headers };
}

export function textAnswer(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

/** What goes with a refusal in every protocol. */
export function refusalHeaders(refusal: Refusal): Readonly<Record<string, string>> {
  return {
    ...(refusal.retryAfter === undefined ? {} : { 'Retry-After': String(refusal.retryAfter) }),
    ...(refusal.reason === 'unauthorized' ? { 'WWW-Authenticate': 'Bearer realm="kubestride"' } : {}),
    // RFC 9110, 12.5.3: what a sender may use instead.
    ...(refusal.reason === 'encoding' ? { 'Accept-Encoding': ENCODINGS } : {}),
  };
}
