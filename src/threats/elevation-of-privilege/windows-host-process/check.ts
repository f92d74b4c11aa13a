import { asObject } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'windows-host-process',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    cis: ['5.2.10'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/windowsHostProcess'],
    mitre: ['T1610', 'T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    trivy: ['KSV-0103'],
    polaris: ['hostProcess'],
    kyverno: ['disallow-host-process'],
  },
  messages: { 'host-process': ['container'] },
  fix: 'none',
  evaluate(container) {
    const { security, workload } = container;
    if (!security.hostProcess) return workload.isWindows ? pass : notApplicable;
    const own = asObject(asObject(container.spec['securityContext'])?.['windowsOptions'])?.['hostProcess'];
    const field = 'securityContext.windowsOptions.hostProcess';
    return fail({
      at: own === undefined || own === null ? workload.at(field) : container.at(field),
      message: 'host-process',
      params: { container: container.name },
    });
  },
});
