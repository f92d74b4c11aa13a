import { asArray, asObject } from '../../../kubernetes/json.ts';
import { replicaFloor } from '../../../kubernetes/replicas.ts';
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
    kyverno: ['spread-pods-across-topology', 'topologyspreadconstraints-policy', 'create-pod-antiaffinity'],
  },
  messages: { missing: ['replicas'] },
  fix: 'none',
  evaluate(workload, cluster) {
    const floor = replicaFloor(workload, cluster);
    if (floor === undefined || floor.count < 2) return notApplicable;
    const constraints = asArray(workload.pod['topologySpreadConstraints']) ?? [];
    const antiAffinity = asObject(asObject(workload.pod['affinity'])?.['podAntiAffinity']);
    const rules = ['required', 'preferred'].flatMap(
      (how) => asArray(antiAffinity?.[`${how}DuringSchedulingIgnoredDuringExecution`]) ?? [],
    );
    if (constraints.length + rules.length > 0) return pass;
    return fail({
      at: workload.at('topologySpreadConstraints'),
      message: 'missing',
      params: { replicas: floor.count },
    });
  },
});
