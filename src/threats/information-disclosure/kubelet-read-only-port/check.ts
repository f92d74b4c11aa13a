import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** Default of the flag; that of the file is 0. */
const DEFAULT_OF_FLAG = '10255';

export default defineCheck({
  id: 'kubelet-read-only-port',
  threat: 'information-disclosure',
  severity: 'medium',
  confidence: 'high',
  subject: 'component',
  frameworks: {
    cis: ['4.2.4'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1613'],
    owasp: ['K09'],
  },
  equivalents: { kubescape: ['C-0175'], trivy: ['KCV-0082'], checkov: ['CKV_K8S_141'] },
  messages: { open: ['port'] },
  reasons: { 'configured-in-file': ['file'] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kubelet') return notApplicable;
    const at = component.flagPath('read-only-port');
    const stated = component.flag('read-only-port');
    const file = component.flag('config') ?? component.flag('config-dir');
    if (stated === undefined && file !== undefined) return unknown('configured-in-file', { file }, at);
    const port = stated ?? DEFAULT_OF_FLAG;
    return port === '0' ? pass : fail({ at, message: 'open', params: { port } });
  },
});
