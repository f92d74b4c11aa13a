import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'share-process-namespace',
  threat: 'information-disclosure',
  severity: 'low',
  confidence: 'high',
  subject: 'workload',
  frameworks: { mitre: ['T1057'], owasp: ['K01'] },
  equivalents: {},
  messages: { shared: ['count'] },
  fix: 'none',
  evaluate(workload) {
    const beside = workload.containers.filter((container) => container.type !== 'init');
    // One container alone has nobody to share its processes with.
    if (beside.length < 2) return notApplicable;
    if (workload.pod['shareProcessNamespace'] !== true) return pass;
    return fail({
      at: workload.at('shareProcessNamespace'),
      message: 'shared',
      params: { count: beside.length },
    });
  },
});
