import { ALL_CAPABILITIES, CAPABILITIES, normalizeCapability } from '../../../kubernetes/capabilities.ts';
import { asArray, asObject } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const SEVERITY = { critical: 'high', high: 'high', medium: 'medium', low: 'medium' } as const;

export default defineCheck({
  id: 'added-capability',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    cis: ['5.2.8', '5.2.9'],
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/capabilities_baseline', 'restricted/capabilities_restricted'],
    mitre: ['T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0046'],
    trivy: ['KSV-0005', 'KSV-0022', 'KSV-0119', 'KSV-0120'],
    polaris: ['dangerousCapabilities', 'insecureCapabilities'],
    checkov: ['CKV_K8S_24', 'CKV_K8S_25', 'CKV_K8S_39'],
    kyverno: ['disallow-capabilities', 'disallow-capabilities-strict'],
  },
  messages: {
    all: ['container'],
    added: ['container', 'capability'],
    default: ['container', 'capability'],
    unheard: ['container', 'capability'],
  },
  fix: 'none',
  evaluate(container) {
    if (container.workload.isWindows || container.security.privileged) return notApplicable;
    const capabilities = asObject(asObject(container.spec['securityContext'])?.['capabilities']);
    const added = asArray(capabilities?.['add']) ?? [];
    const failures = [];
    for (const [index, written] of added.entries()) {
      if (typeof written !== 'string' || written === 'NET_BIND_SERVICE') continue;
      const at = container.at(`securityContext.capabilities.add[${index}]`);
      const params = { container: container.name, capability: written };
      const name = normalizeCapability(written);
      const known = CAPABILITIES.get(name);
      if (name === ALL_CAPABILITIES) {
        const whose = { container: container.name };
        failures.push({ at, message: 'all', params: whose, severity: 'critical' } as const);
      } else if (known === undefined) {
        failures.push({ at, message: 'unheard', params, severity: 'medium', confidence: 'low' } as const);
      } else if (known.inDefaultSet && name !== 'NET_RAW') {
        failures.push({ at, message: 'default', params, severity: 'low' } as const);
      } else {
        // The runtimes give NET_RAW, but the baseline standard does not let it be added.
        failures.push({ at, message: 'added', params, severity: SEVERITY[known.risk] } as const);
      }
    }
    return failIfAny(failures);
  },
});
