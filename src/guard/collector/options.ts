import type { LineDecoder } from '../../records/node/line-decoder.ts';
import type { EventStore } from '../../records/store/event-store.ts';
import type { CertificateFiles } from './http/certificates.ts';
import type { RefusedSink } from './intake.ts';

export interface FollowedPattern {
  /** An absolute path, or a pattern with `*` and `**`. */
  readonly pattern: string;
  /** What is made of the lines of a file. @param inlet what its records say they came in by */
  readonly decoder: (path: string, inlet: string) => LineDecoder;
}

export interface CollectorOptions {
  readonly store: EventStore;
  readonly quarantine: RefusedSink;
  /** The cluster that events are of, as the operator calls it; empty where each tells its own. */
  readonly cluster?: string;
  /** Clusters that an API server may name in its webhook's path: `/audit/NAME`. */
  readonly clusters?: readonly string[];
  /** Where to listen; without it only files are followed. Port 0 is any that is free. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Without it requests are read by everybody on the way, so that only loopback addresses are listened on. */
  readonly tls?: CertificateFiles;
  /** Listens on other addresses without TLS all the same: what is in front of it has to see to that. */
  readonly allowPlain?: boolean;
  /** A file with tokens, one a line, of which senders have to show one; API servers with a client certificate need none. */
  readonly tokenFile?: string;
  /** Health and metrics alone, without TLS and token, for probes that have neither. */
  readonly probes?: { readonly host: string; readonly port: number };
  readonly follow?: readonly FollowedPattern[];
  readonly limits?: Partial<Limits>;
  /** Told of errors that are nobody's but ours; the collector goes on. */
  readonly problem?: (error: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

export interface Limits {
  /**
   * Of a body, unpacked. A batch of the API server has 400 events at most and 10 MiB where it truncates (--audit-webhook-truncate-enabled);
   * one that is too large is lost after five attempts, so there is room for more.
   */
  readonly maxBodyBytes: number;
  /** Of all requests that are being read or stored, and of those of one client. */
  readonly maxInflightBytes: number;
  readonly maxInflightBytesPerClient: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerClient: number;
  /** Milliseconds. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly idleTimeout: number;
  /** Clients of the Go library close after 90 s: longer, so that no request meets a connection that is just being closed. */
  readonly keepAliveTimeout: number;
  /** Milliseconds that requests under way are given when the collector is stopped. */
  readonly stopTimeout: number;
  /** Milliseconds between looks at followed files, and at certificates and tokens. */
  readonly followInterval: number;
  readonly reloadInterval: number;
  /** Milliseconds after which followers try a store again that took nothing. */
  readonly retryAfter: number;
  /** Milliseconds between `counted` records. */
  readonly countInterval: number;
  readonly maxLineBytes: number;
  readonly maxOpenFiles: number;
}

const MIB = 1024 * 1024;

export const LIMITS: Limits = {
  maxBodyBytes: 16 * MIB,
  maxInflightBytes: 64 * MIB,
  maxInflightBytesPerClient: 32 * MIB,
  maxConnections: 1024,
  maxConnectionsPerClient: 256,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  idleTimeout: 15_000,
  keepAliveTimeout: 120_000,
  stopTimeout: 10_000,
  followInterval: 1_000,
  reloadInterval: 10_000,
  retryAfter: 1_000,
  countInterval: 300_000,
  maxLineBytes: 16 * MIB,
  maxOpenFiles: 256,
};
