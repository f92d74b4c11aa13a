import type { JsonObject } from '../../kubernetes/json.ts';

/** One GET; the reader never sends anything else. */
export interface ApiRequest {
  /** Path below the server's URL, such as `/apis/apps/v1/deployments`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** `Accept` header; `application/json` where absent. */
  readonly accept?: string;
  /** Sent without any of the user's credentials, as a stranger would. */
  readonly anonymous?: boolean;
  /** Milliseconds without a byte from the server after which the connection counts as dead. */
  readonly idleTimeout?: number;
  readonly signal?: AbortSignal;
}

export interface ApiResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Must be read to its end or returned from (`for await` does), else the connection is not free again. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** The API server as one user of a kubeconfig reaches it. */
export interface ApiClient {
  /** URL without credentials, for messages. */
  readonly server: string;
  /** Name of the kubeconfig's context; undefined inside of a cluster. */
  readonly context: string | undefined;
  /** The context's default namespace. */
  readonly namespace: string | undefined;
  /**
   * One attempt, refreshed credentials aside. Any status is an answer.
   * Throws KubeStrideError where there is none: unreachable, certificate not trusted or expired, plugin failed, cut, too slow.
   */
  send(request: ApiRequest): Promise<ApiResponse>;
  /**
   * The body of a 200 answer. Retries what may pass (429 with its Retry-After, 5xx, cut connections), a bounded number of
   * times. Throws ApiError for every other status, KubeStrideError as `send` does, where the server does not know the user
   * (401, unless the request is anonymous) and where the body exceeds `maxBytes`.
   */
  getJson(request: ApiRequest, options?: { readonly maxBytes?: number }): Promise<JsonObject>;
  close(): void;
}

/** An answer of the API server other than 200, with what its Status object says. */
export class ApiError extends Error {
  readonly status: number;
  /** `reason` of the Status object, such as `Forbidden`, `Expired`, `ServiceUnavailable`; empty where it gives none. */
  readonly reason: string;
  /** The Status object, where the body was one. */
  readonly body: JsonObject | undefined;

  constructor(status: number, reason: string, message: string, body?: JsonObject) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.body = body;
  }
}
