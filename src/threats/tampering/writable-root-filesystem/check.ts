import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'writable-root-filesystem',
  threat: 'tampering',
  severity: 'low',
  confidence: 'high',
  subject: 'container',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1554', 'T1105'], owasp: ['K01'] },
  equivalents: {
    kubescape: ['C-0017'],
    trivy: ['KSV-0014'],
    'kube-linter': ['no-read-only-root-fs'],
    polaris: ['notReadOnlyRootFilesystem'],
    checkov: ['CKV_K8S_22'],
    kyverno: ['require-ro-rootfs'],
    kubesplaining: ['KUBE-PODSEC-READONLY-001'],
  },
  messages: { writable: ['container'] },
  reasons: { generated: ['operator'] },
  fix: 'none',
  evaluate(container) {
    const { workload, security } = container;
    if (container.type === 'ephemeral' || workload.isWindows) return notApplicable;
    if (security.readOnlyRootFilesystem) return pass;
    const operator = container.completedBy;
    // What stands in an operator's resource is merged into containers that the operator writes.
    if (operator !== undefined) return unknown('generated', { operator }, container.path);
    return fail({
      at: security.pathOf('readOnlyRootFilesystem'),
      message: 'writable',
      params: { container: container.name },
    });
  },
});
