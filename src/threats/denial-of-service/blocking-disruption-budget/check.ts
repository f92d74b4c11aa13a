import { allowedDisruptions } from '../../../kubernetes/disruption-budget.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'blocking-disruption-budget',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'object',
  frameworks: {},
  equivalents: {
    'kube-linter': ['pdb-max-unavailable', 'pdb-min-available'],
    polaris: ['pdbDisruptionsIsZero', 'pdbMinAvailableGreaterThanHPAMinReplicas'],
    kyverno: [
      'pdb-maxunavailable',
      'pdb-maxunavailable-with-deployments',
      'pdb-minavailable',
      'deployment-replicas-higher-than-pdb',
      'require-replicas-allow-disruption',
    ],
  },
  messages: { none: ['field', 'value'], 'all-needed': ['value', 'pods'] },
  reasons: { 'no-pods-seen': [], 'replicas-not-known': [], 'no-number': [] },
  fix: 'none',
  evaluate({ object }, cluster) {
    if (object.group !== 'policy' || object.kind !== 'PodDisruptionBudget') return notApplicable;
    const found = allowedDisruptions(object, cluster);
    if ('undecided' in found) return unknown(found.undecided, {}, 'spec');
    if (found.field === undefined || found.allowed > 0) return pass;
    const at = `spec.${found.field}`;
    const value = String(object.spec[found.field]);
    return found.pods === undefined
      ? fail({ at, message: 'none', params: { field: found.field, value } })
      : fail({ at, message: 'all-needed', params: { value, pods: found.pods } });
  },
});
