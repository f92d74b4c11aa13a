import { asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'run-as-root',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    cis: ['5.2.7'],
    nsa: ['Kubernetes Pod security'],
    pss: ['restricted/runAsUser'],
    mitre: ['T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    kubescape: ['C-0013'],
    trivy: ['KSV-0105'],
    'kube-linter': ['run-as-non-root'],
    polaris: ['runAsRootAllowed'],
    checkov: ['CKV_K8S_23'],
    kyverno: ['require-run-as-non-root-user'],
  },
  messages: { root: ['container'], 'windows-administrator': ['container'] },
  fix: 'none',
  evaluate(container) {
    const { security, workload } = container;
    const params = { container: container.name };
    if (workload.isWindows) {
      const user = asString(security.windowsOptions?.['runAsUserName']);
      if (user === undefined) return notApplicable;
      // With runAsNonRoot the kubelet refuses to start such a container.
      if (user.toLowerCase() !== 'containeradministrator' || security.runAsNonRoot === true) return pass;
      return fail({
        at: security.pathOf('windowsOptions.runAsUserName'),
        message: 'windows-administrator',
        params,
      });
    }
    // In a user namespace root is an unprivileged user of the node (KEP-127); `restricted` allows it from v1.35 on.
    if (security.runAsUser !== 0 || workload.pod['hostUsers'] === false) return pass;
    return fail({ at: security.pathOf('runAsUser'), message: 'root', params });
  },
});
