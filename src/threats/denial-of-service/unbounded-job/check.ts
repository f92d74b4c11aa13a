import { asNumber, asObject } from '../../../kubernetes/json.ts';
import { hasController } from '../../../kubernetes/replicas.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'unbounded-job',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { mitre: ['T1499'] },
  equivalents: {},
  messages: { 'piles-up': [], 'never-ends': ['kind'] },
  fix: 'none',
  evaluate(workload) {
    const { object, kind } = workload;
    if (object.group !== 'batch' || hasController(object)) return notApplicable;
    const isCron = kind === 'CronJob';
    const job = isCron ? asObject(asObject(object.spec['jobTemplate'])?.['spec']) : object.spec;
    const deadline =
      asNumber(job?.['activeDeadlineSeconds']) ?? asNumber(workload.pod['activeDeadlineSeconds']);
    if (deadline !== undefined) return pass;
    const at = `${isCron ? 'spec.jobTemplate.spec' : 'spec'}.activeDeadlineSeconds`;
    const policy = object.spec['concurrencyPolicy'] ?? 'Allow';
    // The next run puts an end to the one before.
    if (isCron && policy === 'Replace') return pass;
    if (isCron && policy === 'Allow') return fail({ at, message: 'piles-up' });
    return fail({ at, message: 'never-ends', params: { kind }, severity: 'info' });
  },
});
