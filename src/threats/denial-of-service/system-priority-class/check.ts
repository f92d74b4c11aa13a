import { asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** The classes that every API server makes, above all that users can define. */
const SYSTEM_CLASSES = new Set(['system-node-critical', 'system-cluster-critical']);

export default defineCheck({
  id: 'system-priority-class',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { mitre: ['T1499'] },
  equivalents: {},
  messages: { used: ['class', 'namespace'] },
  reasons: { 'namespace-not-named': ['class'] },
  fix: 'none',
  evaluate(workload) {
    const name = asString(workload.pod['priorityClassName']) ?? '';
    if (name === '') return notApplicable;
    if (!SYSTEM_CLASSES.has(name)) return pass;
    const at = workload.at('priorityClassName');
    const namespace = workload.object.namespace;
    if (namespace === undefined) return unknown('namespace-not-named', { class: name }, at);
    if (namespace === 'kube-system') return pass;
    return fail({ at, message: 'used', params: { class: name, namespace } });
  },
});
