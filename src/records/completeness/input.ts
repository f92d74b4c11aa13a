import type { AuditPolicy } from '../../engines/audit-policy/index.ts';
import type { RefusalCounts } from '../quarantine.ts';
import type { Damage } from '../store/event-store.ts';
import type { MetricsSample } from './metrics.ts';

/** All times are microseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Audit events of one cluster through one inlet. */
export interface InletTraffic {
  readonly cluster: string;
  readonly inlet: string;
  readonly events: number;
  readonly first: number;
  readonly last: number;
  /** Renewals of leases among them, which nodes and control planes send every few seconds. */
  readonly heartbeats: number;
  /** How long it usually takes at most until the next event (1 of 200 times longer). */
  readonly usual: number;
  /** Times without any event, much longer than usual. */
  readonly pauses: readonly Span[];
}

/** What the collector told of itself: see the verbs of source `collector`. */
export interface CollectorRecord {
  readonly verb: string;
  readonly inlet: string;
  readonly time: number;
  readonly message: string;
  /** One run of a collector; empty where it was not told. */
  readonly run: string;
}

export interface OpenRequests {
  readonly cluster: string;
  /** `ResponseStarted` or `RequestReceived`: the last that is known of them. */
  readonly stage: string;
  readonly requests: number;
  readonly first: number;
  readonly last: number;
}

export interface CompletenessInput {
  /** What was asked about; without it all that is held. */
  readonly asked: Partial<Span>;
  readonly inlets: readonly InletTraffic[];
  /** Starts of API servers, as their own first requests show. */
  readonly starts: readonly { readonly cluster: string; readonly time: number }[];
  /** API servers that renewed their identity lease (APIServerIdentity); none where such events are not logged. */
  readonly servers: readonly { readonly cluster: string; readonly name: string }[];
  readonly open: readonly OpenRequests[];
  readonly truncated: readonly { readonly cluster: string; readonly events: number }[];
  /** Audit-IDs with more than one event of a stage. */
  readonly reused: readonly { readonly audit_id: string; readonly stage: string; readonly events: number }[];
  readonly collector: readonly CollectorRecord[];
  readonly damage: readonly Damage[];
  /** From the quarantine; empty where there is none. */
  readonly refused: RefusalCounts;
  readonly samples: readonly MetricsSample[];
  /** Audit events held whose stage fell into the time between samples, by instance of the samples. */
  readonly received: readonly { readonly instance: string; readonly events: number }[];
  readonly policy: AuditPolicy | undefined;
}
