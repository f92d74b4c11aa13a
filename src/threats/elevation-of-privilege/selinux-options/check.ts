import { baselinePaths } from '../../../engines/pod-security/of-workload.ts';
import { asObject, asString, type Json } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

const OPTIONS = 'securityContext.seLinuxOptions.';

export default defineCheck({
  id: 'selinux-options',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/seLinuxOptions'],
    mitre: ['T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    trivy: ['KSV-0025'],
    kyverno: ['disallow-selinux'],
  },
  messages: { option: ['field', 'value', 'owner'] },
  fix: 'none',
  evaluate(workload, cluster) {
    if (workload.isWindows) return notApplicable;
    return failIfAny(
      baselinePaths(workload, cluster, 'seLinuxOptions').map((path) => {
        const cut = path.indexOf(OPTIONS);
        const field = path.slice(cut + OPTIONS.length);
        const at = workload.sourcePath(path);
        const container = workload.containers.find((candidate) => at.startsWith(`${candidate.path}.`));
        const context: Json | undefined = (container?.spec ?? workload.pod)['securityContext'];
        const value = asString(asObject(asObject(context)?.['seLinuxOptions'])?.[field]) ?? '';
        const owner = container === undefined ? 'pod' : container.name;
        return { at, message: 'option', params: { field, value, owner } } as const;
      }),
    );
  },
});
