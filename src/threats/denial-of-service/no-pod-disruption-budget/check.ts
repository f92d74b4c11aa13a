import { replicaFloor } from '../../../kubernetes/replicas.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'no-pod-disruption-budget',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: {},
  equivalents: {
    polaris: ['missingPodDisruptionBudget'],
    kyverno: ['require-pdb', 'create-default-pdb'],
  },
  messages: { missing: ['replicas'] },
  fix: 'none',
  evaluate(workload, cluster) {
    const floor = replicaFloor(workload, cluster);
    // With one pod there is nothing to keep running meanwhile: single-replica speaks of it.
    if (floor === undefined || floor.count < 2) return notApplicable;
    if (cluster.disruptionBudgetsOf(workload).length > 0) return pass;
    return fail({
      at: workload.metadataAt('labels'),
      message: 'missing',
      params: { replicas: floor.count },
      confidence: cluster.isComplete ? 'high' : 'medium',
    });
  },
});
