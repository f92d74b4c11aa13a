import { defineCheck, failIfAny, notApplicable, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'kubeconfig-without-server-verification',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'high',
  subject: 'kubeconfig',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1557'],
    owasp: ['K06'],
  },
  equivalents: {},
  messages: { skipped: ['cluster', 'server'], plain: ['cluster', 'server'] },
  reasons: { 'value-not-kept': [] },
  fix: 'none',
  sensitive: true,
  evaluate({ clusters, isHidden, path }) {
    if (isHidden) return unknown('value-not-kept', {}, path);
    if (clusters.length === 0) return notApplicable;
    const failures = [];
    for (const { name: cluster, server, skipsVerification, path: at } of clusters) {
      const params = { cluster, server };
      if (skipsVerification) failures.push({ at, message: 'skipped', params } as const);
      else if (/^http:/i.test(server)) failures.push({ at, message: 'plain', params } as const);
    }
    return failIfAny(failures);
  },
});
