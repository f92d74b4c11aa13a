import { optionalAdmissionPlugin } from '../../../kubernetes/admission-plugins.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'api-server-no-always-pull-images',
  threat: 'tampering',
  severity: 'info',
  confidence: 'high',
  subject: 'component',
  frameworks: { cis: ['1.2.11'], mitre: ['T1525'], owasp: ['K09'] },
  equivalents: { kubescape: ['C-0123'], trivy: ['KCV-0012'], checkov: ['CKV_K8S_80'] },
  messages: { disabled: [] },
  reasons: { hidden: [] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    const { state, path } = optionalAdmissionPlugin(component, 'AlwaysPullImages');
    if (state === 'hidden') return unknown('hidden', {}, path);
    return state === 'enabled' ? pass : fail({ at: path, message: 'disabled' });
  },
});
