import type { Outage } from './collector.ts';
import type { CompletenessInput, InletTraffic, Span } from './input.ts';
import type { Reason } from './reason.ts';

/** Microseconds. An inlet whose events are this close to each other, nearly always, is steady: silence then means something. */
export const STEADY = 60_000_000;
/** How soon after it serves again an API server's first requests show its start. */
const STARTUP = 60_000_000;
const MOST_NAMED = 20;

/**
 * Holes in time. Leases are renewed every few seconds in every cluster, so that where they are logged a silence of minutes is a hole, unless
 * the API server itself was down: then there was nothing to record. Where no such beat is logged silence says nothing.
 */
export function trafficReasons(input: CompletenessInput, down: readonly Outage[]): Reason[] {
  return [
    ...input.inlets.flatMap((inlet) => inletReasons(inlet, input, down)),
    ...serverReasons(input),
    ...edgeReasons(input),
  ];
}

/** Whether silence of an inlet means that something is missing. */
export function isSteady({ heartbeats, usual }: InletTraffic): boolean {
  return heartbeats > 0 && usual <= STEADY;
}

function inletReasons(inlet: InletTraffic, { starts }: CompletenessInput, down: readonly Outage[]): Reason[] {
  const about = { cluster: inlet.cluster, inlet: inlet.inlet };
  if (!isSteady(inlet)) {
    return [
      {
        id: 'irregular-traffic',
        means: 'doubt',
        ...about,
        details: { seconds: Math.round(inlet.usual / 1e6) },
      },
    ];
  }
  const open = inlet.pauses.filter((pause) => !down.some((outage) => covers(outage, pause)));
  const reasons = open.map((pause): Reason => {
    const isDown = starts.some(
      ({ cluster, time }) => cluster === inlet.cluster && time >= pause.from && time <= pause.to + STARTUP,
    );
    return {
      id: isDown ? 'api-server-down' : 'gap',
      // Events that waited in the memory of a server that was killed are gone.
      means: isDown ? 'doubt' : 'loss',
      ...about,
      from: pause.from,
      to: pause.to,
      details: { usual: Math.round(inlet.usual / 1e6) },
    };
  });
  if (reasons.length <= MOST_NAMED) return reasons;
  const longest = reasons.toSorted((a, b) => b.to! - b.from! - (a.to! - a.from!)).slice(0, MOST_NAMED);
  return longest.map((reason, index) => (index === 0 ? { ...reason, count: reasons.length } : reason));
}

/** A pause in which the collector did not run, but for the time that it took to notice. */
function covers(outage: Span, pause: Span): boolean {
  return outage.from <= pause.from + STEADY && outage.to >= pause.to - STEADY;
}

/** A restart may lose what waited to be sent; for those that write files there is nothing that waits. */
function serverReasons({ starts, servers, inlets }: CompletenessInput): Reason[] {
  const isSent = inlets.some(({ inlet }) => inlet === 'webhook' || inlet.startsWith('webhook:'));
  const clusters = [...new Set(servers.map(({ cluster }) => cluster))];
  return [
    ...starts.slice(0, MOST_NAMED).map(
      ({ cluster, time }): Reason => ({
        id: 'api-server-started',
        means: isSent ? 'doubt' : 'note',
        cluster,
        from: time,
        to: time,
      }),
    ),
    ...clusters.map(
      (cluster): Reason => ({
        id: 'api-servers',
        means: 'note',
        cluster,
        count: new Set(servers.filter((each) => each.cluster === cluster).map(({ name }) => name)).size,
      }),
    ),
  ];
}

function edgeReasons({ asked, inlets }: CompletenessInput): Reason[] {
  if (inlets.length === 0) return [];
  const first = Math.min(...inlets.map((each) => each.first));
  const last = Math.max(...inlets.map((each) => each.last));
  return [
    ...(asked.from !== undefined && first > asked.from + STEADY
      ? [{ id: 'begins-later' as const, means: 'doubt' as const, from: asked.from, to: first }]
      : []),
    ...(asked.to !== undefined && last < asked.to - STEADY
      ? [{ id: 'ends-earlier' as const, means: 'doubt' as const, from: last, to: asked.to }]
      : []),
  ];
}
