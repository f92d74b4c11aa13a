import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'encryption-provider-missing',
  threat: 'information-disclosure',
  severity: 'medium',
  confidence: 'high',
  subject: 'component',
  frameworks: { cis: ['1.2.27'], mitre: ['T1552'], owasp: ['K08', 'K09'] },
  equivalents: { kubescape: ['C-0066', 'C-0141'], trivy: ['KCV-0030'] },
  messages: { missing: [] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    if (component.flag('encryption-provider-config') !== undefined) return pass;
    return fail({ at: component.flagPath('encryption-provider-config'), message: 'missing' });
  },
});
