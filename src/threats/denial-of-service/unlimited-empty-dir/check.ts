import { emptyDirPath, emptyDirs, hasStorageBound } from '../../../kubernetes/empty-dirs.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'unlimited-empty-dir',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'workload',
  frameworks: { mitre: ['T1499'] },
  equivalents: { kyverno: ['add-emptydir-sizelimit', 'require-emptydir-requests-limits'] },
  messages: { unlimited: ['volumes'] },
  fix: 'none',
  evaluate(workload, cluster) {
    const { all, unlimited } = emptyDirs(workload, 'disk');
    if (all.length === 0) return notApplicable;
    const [first] = unlimited;
    // The kubelet counts emptyDir volumes towards the pod's limit for ephemeral storage.
    if (first === undefined || hasStorageBound(workload, cluster)) return pass;
    return fail({
      at: emptyDirPath(first),
      message: 'unlimited',
      params: { volumes: unlimited.map(({ name }) => name).join(', ') },
    });
  },
});
