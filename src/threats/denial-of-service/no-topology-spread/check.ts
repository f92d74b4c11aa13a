import { replicaFloor } from '../../../kubernetes/replicas.ts';
import { spreadRules } from '../../../kubernetes/spreading.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'no-topology-spread',
  threat: 'denial-of-service',
  severity: 'info',
  confidence: 'medium',
  subject: 'workload',
  frameworks: {},
  equivalents: {
    'kube-linter': ['no-anti-affinity'],
    polaris: ['topologySpreadConstraint'],
    kyverno: ['spread-pods-across-topology', 'create-pod-antiaffinity'],
  },
  messages: { missing: ['replicas'], others: ['replicas'] },
  fix: 'none',
  evaluate(workload, cluster) {
    const floor = replicaFloor(workload, cluster);
    if (floor === undefined || floor.count < 2) return notApplicable;
    const { stated, own } = spreadRules(workload);
    if (own > 0) return pass;
    return fail({
      at: workload.at('topologySpreadConstraints'),
      message: stated === 0 ? 'missing' : 'others',
      params: { replicas: floor.count },
    });
  },
});
