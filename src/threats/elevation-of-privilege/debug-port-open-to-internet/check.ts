import { type DebugPort, debugPortsOf } from '../../../kubernetes/debug-ports.ts';
import { defineCheck, failIfAny, notApplicable, pass } from '../../define-check.ts';
import { EXPOSURE_REASONS, fromInternet } from '../../exposure-of.ts';

/** By its name alone it may be something else. */
function weightOf({ gives, by }: DebugPort) {
  if (by === 'port') return { severity: 'medium', confidence: 'low' } as const;
  return { severity: gives === 'code' ? 'critical' : 'high', confidence: 'high' } as const;
}

export default defineCheck({
  id: 'debug-port-open-to-internet',
  threat: 'elevation-of-privilege',
  severity: 'critical',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1133', 'T1190', 'T1203'],
    owasp: ['K01', 'K07'],
  },
  equivalents: { 'ms-threat-matrix': ['MS-TA9005'] },
  messages: { open: ['name', 'port', 'way'] },
  reasons: EXPOSURE_REASONS,
  fix: 'none',
  evaluate(container, cluster) {
    const found = debugPortsOf(container).filter(({ listens }) => listens !== 'loopback');
    const reached = found.flatMap((each) =>
      each.port === undefined ? [] : [{ each, reach: fromInternet(container, [each.port], cluster) }],
    );
    if (reached.length === 0) return notApplicable;
    const failures = reached.flatMap(({ each, reach }) =>
      reach.verdict === 'open'
        ? [
            {
              at: each.path,
              message: 'open' as const,
              params: { name: each.name, port: reach.port, way: reach.way },
              ...weightOf(each),
            },
          ]
        : [],
    );
    if (failures.length > 0) return failIfAny(failures);
    const undecided = reached.find(({ reach }) => reach.verdict === 'unknown');
    return undecided?.reach.verdict === 'unknown' ? { ...undecided.reach, at: undecided.each.path } : pass;
  },
});
