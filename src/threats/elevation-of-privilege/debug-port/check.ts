import { debugPortsOf } from '../../../kubernetes/debug-ports.ts';
import { defineCheck, type Failure, failIfAny, notApplicable, pass } from '../../define-check.ts';
import { fromEveryNamespace, fromInternet } from '../../exposure-of.ts';

export default defineCheck({
  id: 'debug-port',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    nsa: ['Kubernetes Pod security', 'Network separation and hardening'],
    mitre: ['T1046', 'T1203'],
    owasp: ['K01', 'K07'],
  },
  equivalents: { 'ms-threat-matrix': ['MS-TA9005'] },
  messages: {
    'open-everywhere': ['name', 'port'],
    open: ['name', 'port'],
    loopback: ['name', 'port'],
    'unknown-port': ['name'],
    declared: ['name', 'port'],
  },
  fix: 'none',
  evaluate(container, cluster) {
    const found = debugPortsOf(container);
    if (found.length === 0) return container.isLongRunning ? pass : notApplicable;
    const failures = found.flatMap(({ name, port, listens, gives, by, path: at }) => {
      if (port === undefined) return { at, message: 'unknown-port' as const, params: { name } };
      const params = { name, port };
      if (listens === 'loopback') {
        return { at, message: 'loopback' as const, params, severity: 'info' as const };
      }
      // debug-port-open-to-internet speaks of that.
      if (fromInternet(container, [port], cluster).verdict === 'open') return [];
      if (by === 'port') return { at, message: 'declared' as const, params, confidence: 'low' as const };
      const isOpen = fromEveryNamespace(container, [port], cluster).verdict === 'open';
      const isGrave = isOpen && gives === 'code' && listens === 'network';
      return {
        at,
        message: isOpen ? ('open-everywhere' as const) : ('open' as const),
        params,
        ...(isGrave ? { severity: 'medium' as const } : {}),
        ...(listens === 'network' ? {} : { confidence: 'medium' as const }),
      };
    });
    return failures.length === 0 ? notApplicable : failIfAny(failures satisfies Failure[]);
  },
});
