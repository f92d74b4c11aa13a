import { optionalAdmissionPlugin } from '../../../kubernetes/admission-plugins.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'api-server-no-node-restriction',
  threat: 'tampering',
  severity: 'medium',
  confidence: 'high',
  subject: 'component',
  frameworks: {
    cis: ['1.2.14'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098'],
    owasp: ['K09'],
  },
  equivalents: { kubescape: ['C-0127'], trivy: ['KCV-0016'], checkov: ['CKV_K8S_85'] },
  messages: { disabled: [] },
  reasons: { hidden: [] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    const { state, path } = optionalAdmissionPlugin(component, 'NodeRestriction');
    if (state === 'hidden') return unknown('hidden', {}, path);
    return state === 'enabled' ? pass : fail({ at: path, message: 'disabled' });
  },
});
