import type { Component } from '../../../kubernetes/component.ts';
import { defineCheck, failIfAny, notApplicable, pass } from '../../define-check.ts';

/** The backends with the flag that switches each on and the mode it has by default. */
const BACKENDS = [
  { prefix: 'audit-log', enabledBy: 'audit-log-path', defaultMode: 'blocking' },
  { prefix: 'audit-webhook', enabledBy: 'audit-webhook-config-file', defaultMode: 'batch' },
] as const;

function lossesOf(component: Component, { prefix, enabledBy, defaultMode }: (typeof BACKENDS)[number]) {
  const stated = component.flag(`${prefix}-mode`);
  const batch = (stated ?? defaultMode) === 'batch';
  const truncates = component.flag(`${prefix}-truncate-enabled`) === 'true';
  return [
    ...(batch
      ? [
          {
            at: component.flagPath(stated === undefined ? enabledBy : `${prefix}-mode`),
            message: 'batch' as const,
            params: {
              flag: `--${enabledBy}`,
              buffer: component.flag(`${prefix}-batch-buffer-size`) ?? '10000',
            },
          },
        ]
      : []),
    ...(truncates
      ? [
          {
            at: component.flagPath(`${prefix}-truncate-enabled`),
            message: 'truncated' as const,
            params: { flag: `--${prefix}-truncate-enabled` },
          },
        ]
      : []),
  ];
}

export default defineCheck({
  id: 'audit-webhook-drops-events',
  threat: 'repudiation',
  severity: 'info',
  confidence: 'high',
  subject: 'component',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { batch: ['flag', 'buffer'], truncated: ['flag'] },
  fix: 'none',
  evaluate(component) {
    const used = BACKENDS.filter(({ enabledBy }) => (component.flag(enabledBy) ?? '') !== '');
    if (component.name !== 'kube-apiserver' || used.length === 0) return notApplicable;
    const losses = used.map((backend) => lossesOf(component, backend));
    // One backend that loses nothing is evidence enough.
    if (losses.some((loss) => loss.length === 0)) return pass;
    return failIfAny(losses.flat());
  },
});
