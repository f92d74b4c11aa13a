/** Why a request was answered without its events being stored; the `reason` label of kubestride_collector_refused_requests_total. */
export const REFUSAL_REASONS = [
  'unauthorized',
  'busy',
  'too-large',
  'too-slow',
  'encoding',
  'malformed',
  'not-understood',
  'aborted',
  'store-full',
  'store-unusable',
  'stopping',
  'not-found',
  'method',
  'connections',
  'internal',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

const STATUS: Readonly<Record<RefusalReason, number>> = {
  unauthorized: 401,
  busy: 429,
  'too-large': 413,
  'too-slow': 408,
  encoding: 415,
  malformed: 400,
  'not-understood': 400,
  aborted: 400,
  'store-full': 503,
  'store-unusable': 503,
  stopping: 503,
  'not-found': 404,
  method: 405,
  connections: 429,
  internal: 500,
};

/**
 * Seconds of Retry-After. The API server's client waits as long and tries again up to ten times within its timeout of 30 seconds
 * (k8s.io/client-go rest/with_retry.go), and does that for each of the five attempts of its webhook (k8s.io/apiserver
 * pkg/util/webhook): three seconds use up all of its patience, nearly four minutes, where the header left out leaves it 80 seconds.
 */
const RETRY_AFTER: Partial<Readonly<Record<RefusalReason, number>>> = {
  busy: 1,
  connections: 1,
  'store-full': 3,
  'store-unusable': 3,
  stopping: 3,
};

/** A request that is not taken: nothing of it is stored. */
export class Refusal extends Error {
  readonly reason: RefusalReason;
  readonly status: number;
  readonly retryAfter: number | undefined;

  /** @param detail for the sender: never anything of what it sent but names of its own making, and no path of this machine */
  constructor(reason: RefusalReason, detail: string, status = STATUS[reason]) {
    super(detail);
    this.name = 'Refusal';
    this.reason = reason;
    this.status = status;
    this.retryAfter = RETRY_AFTER[reason];
  }
}
