import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

const BACKENDS = ['audit-log-path', 'audit-webhook-config-file'] as const;

export default defineCheck({
  id: 'audit-log-absent',
  threat: 'repudiation',
  severity: 'medium',
  confidence: 'high',
  subject: 'component',
  frameworks: { cis: ['1.2.16'], nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: { kubescape: ['C-0130'], trivy: ['KCV-0019'], checkov: ['CKV_K8S_91'] },
  messages: { missing: [] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    if (BACKENDS.some((flag) => (component.flag(flag) ?? '') !== '')) return pass;
    return fail({ at: component.flagPath('audit-log-path'), message: 'missing' });
  },
});
