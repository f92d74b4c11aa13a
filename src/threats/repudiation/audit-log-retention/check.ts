import { defineCheck, failIfAny, notApplicable, unknown } from '../../define-check.ts';

/** What CIS asks for at least: days, rotated files, and megabytes of each. */
const LEAST = { 'audit-log-maxage': 30, 'audit-log-maxbackup': 10, 'audit-log-maxsize': 100 } as const;

const TO_STREAM = new Set(['', '-', '/dev/stdout', '/dev/stderr']);

export default defineCheck({
  id: 'audit-log-retention',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'medium',
  subject: 'component',
  frameworks: {
    cis: ['1.2.17', '1.2.18', '1.2.19'],
    nsa: ['Audit Logging and Threat Detection'],
    owasp: ['K05'],
  },
  equivalents: {
    kubescape: ['C-0131', 'C-0132', 'C-0133'],
    trivy: ['KCV-0020', 'KCV-0021', 'KCV-0022'],
    checkov: ['CKV_K8S_92', 'CKV_K8S_93', 'CKV_K8S_94'],
  },
  messages: { short: ['flag', 'value', 'least'] },
  reasons: { 'not-a-number': ['flag', 'value'] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    // What goes to a stream is kept by whoever reads it.
    if (TO_STREAM.has(component.flag('audit-log-path') ?? '')) return notApplicable;
    const stated = Object.entries(LEAST).flatMap(([flag, least]) => {
      const value = component.flag(flag);
      return value === undefined ? [] : [{ flag, value, least, at: component.flagPath(flag) }];
    });
    const odd = stated.find(({ value }) => !/^[-+]?\d+$/.test(value));
    if (odd !== undefined) {
      return unknown('not-a-number', { flag: `--${odd.flag}`, value: odd.value }, odd.at);
    }
    // 0 sets no bound, and neither do the defaults keep less.
    return failIfAny(
      stated
        .filter(({ value, least }) => Number(value) > 0 && Number(value) < least)
        .map(({ flag, value, least, at }) => ({
          at,
          message: 'short' as const,
          params: { flag: `--${flag}`, value, least },
        })),
    );
  },
});
