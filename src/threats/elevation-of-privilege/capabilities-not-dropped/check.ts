import { ALL_CAPABILITIES, normalizeCapability } from '../../../kubernetes/capabilities.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

const isAll = (name: string) => normalizeCapability(name) === ALL_CAPABILITIES;

export default defineCheck({
  id: 'capabilities-not-dropped',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    cis: ['5.2.9'],
    nsa: ['Kubernetes Pod security'],
    pss: ['restricted/capabilities_restricted'],
    mitre: ['T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    trivy: ['KSV-0003', 'KSV-0004', 'KSV-0106'],
    'kube-linter': ['drop-net-raw-capability'],
    polaris: ['insecureCapabilities'],
    checkov: ['CKV_K8S_28', 'CKV_K8S_37'],
    kyverno: ['require-drop-all', 'disallow-capabilities-strict'],
  },
  messages: { none: ['container'], some: ['container', 'dropped'], spelling: ['container', 'dropped'] },
  reasons: { 'completed-by-operator': ['container', 'operator'] },
  fix: 'none',
  evaluate(container) {
    const { security, workload } = container;
    if (workload.isWindows || security.privileged || security.addedCapabilities.some(isAll)) {
      return notApplicable;
    }
    const dropped = security.droppedCapabilities;
    if (dropped.includes('ALL')) return pass;
    const params = { container: container.name, dropped: dropped.join(', ') };
    const at = container.at('securityContext.capabilities.drop');
    // The runtimes read any case; Pod Security admission wants it as it is documented.
    if (dropped.some(isAll)) return fail({ at, message: 'spelling', params, severity: 'low' });
    const operator = container.completedBy;
    if (operator !== undefined) {
      return unknown('completed-by-operator', { container: container.name, operator }, container.path);
    }
    return dropped.length === 0
      ? fail({ at, message: 'none', params: { container: container.name } })
      : fail({ at, message: 'some', params });
  },
});
