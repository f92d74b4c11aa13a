import { CLOCK_PROGRAMS } from '../../../kubernetes/node-evidence.ts';
import { defineCheck, fail, pass, unknown } from '../../define-check.ts';

/** Time services write their traces at least every few hours; longer ones mean that they reach no time server. */
const LONGEST_HOURS = 24;
const HOUR = 3_600_000;

export default defineCheck({
  id: 'clock-not-synchronised',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'medium',
  subject: 'node',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { none: ['node'], never: ['node', 'service'], stale: ['node', 'service', 'since'] },
  reasons: {
    'nodes-not-read': ['nodes'],
    'programs-not-seen': ['node'],
    'not-collected': ['node'],
    'no-trace': ['node', 'service'],
  },
  fix: 'none',
  evaluate({ object, seen, nodes }) {
    if (seen === undefined) return unknown('nodes-not-read', { nodes: nodes ?? '?' });
    const node = object.name;
    const { processes, clock, observedAt } = seen;
    if (clock === undefined) return unknown('not-collected', { node });
    if (processes === undefined) return unknown('programs-not-seen', { node });
    const running = processes.filter(({ name }) => CLOCK_PROGRAMS.includes(name));
    const [first] = running;
    if (first === undefined) return fail({ at: 'spec.processes', message: 'none', params: { node } });
    const names = new Set(running.map(({ name }) => name));
    const traces = clock.flatMap((trace, index) => (names.has(trace.service) ? [{ ...trace, index }] : []));
    const dated = traces
      .flatMap(({ at, ...trace }) => {
        const time = Date.parse(at ?? '');
        return at === undefined || Number.isNaN(time) ? [] : [{ ...trace, at, time }];
      })
      .sort((a, b) => b.time - a.time);
    const [newest] = dated;
    if (newest !== undefined && observedAt !== undefined) {
      const { service, at: since, index } = newest;
      if (observedAt - newest.time <= LONGEST_HOURS * HOUR) return pass;
      return fail({ at: `spec.clock[${index}].at`, message: 'stale', params: { node, service, since } });
    }
    // A second service may be what sets the clock.
    const never = running.length === 1 ? traces.find(({ at }) => at === undefined) : undefined;
    if (never === undefined) return unknown('no-trace', { node, service: [...names].join(', ') }, first.path);
    const { service, index } = never;
    return fail({ at: `spec.clock[${index}]`, message: 'never', params: { node, service } });
  },
});
