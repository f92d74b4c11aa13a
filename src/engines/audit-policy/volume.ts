import { type AuditedRequest, decideAudit } from './decide.ts';
import { type AuditPolicy, LEVELS, type Level, type Stage } from './policy.ts';

/** An event that some other policy had written. */
export interface LoggedEvent {
  readonly request: AuditedRequest;
  readonly stage: Stage;
  readonly level: Level;
  /** Of the whole event, and of the bodies in it. */
  readonly bytes: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

export interface Amount {
  readonly events: number;
  readonly bytes: number;
}

/** What of a log a policy would have written. */
export class AuditVolume {
  readonly #policy: AuditPolicy;
  readonly #logged = { events: 0, bytes: 0 };
  readonly #kept = { events: 0, bytes: 0 };
  readonly #byRequests = new Map<string, { events: number; bytes: number }>();
  #larger = 0;

  constructor(policy: AuditPolicy) {
    this.#policy = policy;
  }

  add({ request, stage, level: logged, bytes, requestBytes, responseBytes }: LoggedEvent): void {
    count(this.#logged, bytes);
    const { level, omitStages } = decideAudit(this.#policy, request);
    if (level === 'None' || omitStages.includes(stage)) return;
    const rank = LEVELS.indexOf(level);
    const dropped =
      (rank < LEVELS.indexOf('Request') ? requestBytes : 0) +
      (rank < LEVELS.indexOf('RequestResponse') ? responseBytes : 0);
    // Bodies that the other policy left out are not there to be measured; a request that is received has none yet.
    if (rank > LEVELS.indexOf(logged) && stage !== 'RequestReceived') this.#larger++;
    count(this.#kept, bytes - dropped);
    const key = requestsKey(request);
    let same = this.#byRequests.get(key);
    if (same === undefined) {
      same = { events: 0, bytes: 0 };
      this.#byRequests.set(key, same);
    }
    count(same, bytes - dropped);
  }

  get logged(): Amount {
    return this.#logged;
  }

  get kept(): Amount {
    return this.#kept;
  }

  /** Of the events that are kept, those that would hold more than the log shows. */
  get larger(): number {
    return this.#larger;
  }

  /** The kinds of requests that fill the log, the largest first: `list secrets`, `get /healthz`. */
  largest(most: number): ({ readonly requests: string } & Amount)[] {
    return [...this.#byRequests]
      .map(([requests, amount]) => ({ requests, ...amount }))
      .sort((a, b) => b.bytes - a.bytes || (a.requests < b.requests ? -1 : 1))
      .slice(0, most);
  }
}

function count(amount: { events: number; bytes: number }, bytes: number): void {
  amount.events++;
  amount.bytes += bytes;
}

function requestsKey({
  verb,
  isResourceRequest,
  apiGroup,
  resource,
  subresource,
  path,
}: AuditedRequest): string {
  if (!isResourceRequest) return `${verb} /${path.split('/')[1] ?? ''}`;
  const name = subresource === '' ? resource : `${resource}/${subresource}`;
  return `${verb} ${apiGroup === '' ? name : `${name}.${apiGroup}`}`;
}
