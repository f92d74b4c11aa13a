import { asNumber } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny, notApplicable, pass } from '../../define-check.ts';

/** HighestUserDefinablePriority of pkg/apis/scheduling; above it are the system's own classes. */
const CEILING = 1_000_000_000;
const NEAR_CEILING = 0.9 * CEILING;

export default defineCheck({
  id: 'priority-class-too-high',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'medium',
  subject: 'object',
  frameworks: { mitre: ['T1499'] },
  equivalents: {},
  messages: { ceiling: ['class', 'value'], 'default-preempts': ['class', 'value'] },
  fix: 'none',
  evaluate({ object }) {
    if (object.group !== 'scheduling.k8s.io' || object.kind !== 'PriorityClass') return notApplicable;
    // The API server reserves the prefix for the classes that it makes itself.
    if (object.name.startsWith('system-')) return notApplicable;
    if (object.raw['preemptionPolicy'] === 'Never') return pass;
    const value = asNumber(object.raw['value']) ?? 0;
    const params = { class: object.name, value };
    return failIfAny([
      ...(value >= NEAR_CEILING ? [{ at: 'value', message: 'ceiling' as const, params }] : []),
      ...(object.raw['globalDefault'] === true && value > 0
        ? [{ at: 'globalDefault', message: 'default-preempts' as const, params }]
        : []),
    ]);
  },
});
