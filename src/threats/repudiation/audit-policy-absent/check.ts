import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'audit-policy-absent',
  threat: 'repudiation',
  severity: 'medium',
  confidence: 'high',
  subject: 'component',
  frameworks: { cis: ['3.2.1'], nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: { kubescape: ['C-0067', 'C-0160'] },
  messages: { missing: [] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    if ((component.flag('audit-policy-file') ?? '') !== '') return pass;
    return fail({ at: component.flagPath('audit-policy-file'), message: 'missing' });
  },
});
