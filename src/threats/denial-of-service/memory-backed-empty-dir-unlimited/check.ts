import { emptyDirPath, emptyDirs, hasMemoryBound } from '../../../kubernetes/empty-dirs.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'memory-backed-empty-dir-unlimited',
  threat: 'denial-of-service',
  severity: 'medium',
  confidence: 'high',
  subject: 'workload',
  frameworks: { mitre: ['T1499'] },
  equivalents: { kyverno: ['add-emptydir-sizelimit'] },
  messages: { unbounded: ['volumes'], 'bounded-by-limits': ['volumes'] },
  fix: 'none',
  evaluate(workload, cluster) {
    const { all, unlimited } = emptyDirs(workload, 'memory');
    if (all.length === 0) return notApplicable;
    const [first] = unlimited;
    if (first === undefined) return pass;
    const at = emptyDirPath(first);
    const params = { volumes: unlimited.map(({ name }) => name).join(', ') };
    // The kubelet then makes the tmpfs as large as the pod's memory limit (calculateEmptyDirMemorySize).
    return hasMemoryBound(workload, cluster)
      ? fail({ at, message: 'bounded-by-limits', params, severity: 'low' })
      : fail({ at, message: 'unbounded', params });
  },
});
