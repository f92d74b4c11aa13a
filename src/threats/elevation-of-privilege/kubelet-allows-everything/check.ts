import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'kubelet-allows-everything',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'component',
  frameworks: {
    cis: ['4.2.2'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1609', 'T1068'],
    owasp: ['K09'],
  },
  equivalents: { kubescape: ['C-0173'], trivy: ['KCV-0080'], checkov: ['CKV_K8S_139'] },
  messages: { stated: [], unstated: [] },
  reasons: { 'configured-in-file': ['file'] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kubelet') return notApplicable;
    const mode = component.flag('authorization-mode');
    const at = component.flagPath('authorization-mode');
    if (mode !== undefined) return mode === 'AlwaysAllow' ? fail({ at, message: 'stated' }) : pass;
    const file = component.flag('config') ?? component.flag('config-dir');
    // Without a file the flags' own default counts, which is not that of the file.
    return file === undefined
      ? fail({ at, message: 'unstated' })
      : unknown('configured-in-file', { file }, at);
  },
});
