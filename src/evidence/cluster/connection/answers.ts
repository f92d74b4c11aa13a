import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { isObject } from '../../../kubernetes/json.ts';
import { ApiError, type ApiResponse } from '../client.ts';
import type { Failure } from './retry.ts';
import { oneLine } from './words.ts';

/** Go's answer to a plain request on a TLS port; net/http. */
const PLAIN_ON_TLS_PORT = 'Client sent an HTTP request to an HTTPS server';

/** What answers where a login page, a web server or a captive portal stands in the API server's place. */
export function wrongServer(
  { status, headers }: ApiResponse,
  server: string,
  path: string,
): KubeStrideError | undefined {
  const location = headers['location'];
  if (status >= 300 && status < 400 && location !== undefined) {
    return new KubeStrideError('redirected', { server, path, location: withoutQuery(location, server) });
  }
  // Load balancers speak HTML too, where the API server behind them is away for a moment.
  const passing = status === 429 || status >= 500;
  if (!passing && /^text\/html\b/i.test(headers['content-type'] ?? '')) {
    return new KubeStrideError('not-an-api-server', { server, path, status });
  }
  return undefined;
}

/** Login pages get state and codes in the query. */
function withoutQuery(location: string, server: string): string {
  if (!URL.canParse(location, server)) return '';
  const { origin, pathname } = new URL(location, server);
  return oneLine(`${origin}${pathname}`);
}

/** The failure of an answer other than 200. */
export function errorOf(
  { status, headers }: ApiResponse,
  text: string,
  now: number,
  server: string,
  path: string,
): Failure {
  if (status === 400 && text.includes(PLAIN_ON_TLS_PORT)) {
    return { error: new KubeStrideError('server-needs-tls', { server, path }) };
  }
  const body = parse(text);
  const reason = typeof body?.['reason'] === 'string' ? body['reason'] : '';
  const message = typeof body?.['message'] === 'string' ? body['message'] : text;
  return {
    error: new ApiError(status, reason, oneLine(message), body),
    retryAfter: retryAfter(headers['retry-after'], now),
  };
}

function parse(text: string) {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && value['kind'] === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds or a date (RFC 9110, section 10.2.3) as milliseconds from now. */
function retryAfter(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(wait) ? Math.max(wait, 0) : 0;
}
