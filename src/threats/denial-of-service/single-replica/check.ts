import { replicaFloor } from '../../../kubernetes/replicas.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'single-replica',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { mitre: ['T1499'] },
  equivalents: {
    polaris: ['deploymentMissingReplicas', 'hpaMinAvailability'],
    kyverno: ['require-deployments-have-multiple-replicas'],
  },
  messages: { single: ['kind'], autoscaled: ['autoscaler'] },
  fix: 'none',
  evaluate(workload, cluster) {
    const floor = replicaFloor(workload, cluster);
    if (floor === undefined || floor.count < 1) return notApplicable;
    if (floor.count > 1) return pass;
    const at = 'spec.replicas';
    const scaler = floor.autoscaler;
    if (scaler === undefined) return fail({ at, message: 'single', params: { kind: workload.kind } });
    return fail({ at, message: 'autoscaled', params: { autoscaler: `${scaler.kind}/${scaler.name}` } });
  },
});
