import { auditGaps } from '../../engines/audit-policy/lint.ts';
import type { Refusal } from '../decoded.ts';
import { collectorReasons, outages } from './collector.ts';
import { counterReasons } from './counters.ts';
import type { CompletenessInput, Span } from './input.ts';
import type { Completeness, Reason } from './reason.ts';
import { trafficReasons } from './traffic.ts';

/**
 * Whether records hold everything that happened in a time, with what speaks against it. `complete` is only said where API servers' own
 * counters agree with what is held and nothing else speaks against it; without them nobody can know.
 */
export function assessCompleteness(input: CompletenessInput): Completeness {
  const down = outages(input.collector);
  const counters = counterReasons(input);
  const traffic = trafficReasons(input, down);
  // Where the API servers counted as much as is held, silence was silence.
  const isCounted = input.inlets.length > 0 && counters.every(({ means }) => means === 'note');
  const reasons: Reason[] = [
    ...eventReasons(input),
    ...counters,
    ...(isCounted
      ? traffic.map((reason) => (QUIETED.has(reason.id) ? { ...reason, means: 'note' as const } : reason))
      : traffic),
    ...collectorReasons(input, down),
    ...input.damage.map(({ part, reason, events, from, to }) =>
      loss('store-damaged', { from, to, count: events, details: { part, reason } }),
    ),
    ...refusedReasons(input),
    ...requestReasons(input),
    ...policyReasons(input),
  ];
  const means = new Set(reasons.map((reason) => reason.means));
  const verdict = means.has('loss') ? 'incomplete' : means.has('doubt') ? 'not-known' : 'complete';
  return { verdict, period: periodOf(input), reasons };
}

/** What counters that agree answer. */
const QUIETED: ReadonlySet<string> = new Set([
  'gap',
  'irregular-traffic',
  'api-server-started',
  'api-server-down',
]);

function loss(id: Reason['id'], rest: Omit<Reason, 'id' | 'means'>): Reason {
  return { id, means: 'loss', ...rest };
}

function periodOf({ asked, inlets }: CompletenessInput): Span | undefined {
  const from = asked.from ?? Math.min(...inlets.map(({ first }) => first));
  const to = asked.to ?? Math.max(...inlets.map(({ last }) => last));
  return Number.isFinite(from) && Number.isFinite(to) ? { from, to } : undefined;
}

function eventReasons({ inlets }: CompletenessInput): Reason[] {
  return inlets.length === 0 ? [{ id: 'no-audit-events', means: 'doubt' }] : [];
}

/** What an API server sends or writes, and could not be kept; the others are words and documents of other programs. */
const LOST: ReadonlySet<string> = new Set<Refusal>([
  'unsupported-version',
  'missing-fields',
  'too-long',
  'truncated',
  'too-deep',
]);

function refusedReasons({ refused }: CompletenessInput): Reason[] {
  return Object.entries(refused).map(([reason, count]) => ({
    id: 'refused' as const,
    means: LOST.has(reason) ? ('loss' as const) : ('note' as const),
    count,
    details: { reason },
  }));
}

/** Requests go on for hours where someone sits in an exec; a watch ends within minutes, its server's end ends it too. */
function requestReasons({ open, truncated, reused }: CompletenessInput): Reason[] {
  return [
    ...open.map(
      ({ cluster, stage, requests, first, last }): Reason => ({
        id: 'requests-without-end',
        means: 'doubt',
        cluster,
        count: requests,
        from: first,
        to: last,
        details: { stage },
      }),
    ),
    ...truncated.map(({ cluster, events }): Reason => loss('truncated-events', { cluster, count: events })),
    // Nothing is lost: they are told apart by their times, verbs, paths and users. But somebody chose them.
    ...(reused.length === 0
      ? []
      : [
          {
            id: 'audit-ids-reused' as const,
            means: 'note' as const,
            count: reused.length,
            details: { audit_id: reused[0]!.audit_id, stage: reused[0]!.stage },
          },
        ]),
  ];
}

/** What the policy keeps out of the log is not there for anybody; what it logs at a lower level is there without its bodies. */
function policyReasons({ policy }: CompletenessInput): Reason[] {
  if (policy === undefined) return [];
  return auditGaps(policy).map(({ need, group, resource, verbs, level, needed, rule }) => ({
    id: level === 'None' ? ('not-audited' as const) : ('audit-level-too-low' as const),
    means: level === 'None' ? ('loss' as const) : ('note' as const),
    details: {
      need,
      resource: group === '' ? resource : `${resource}.${group}`,
      verbs: verbs.join(','),
      level,
      needed,
      ...(rule === undefined ? {} : { rule }),
    },
  }));
}
