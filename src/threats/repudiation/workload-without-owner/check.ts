import { metadataMaps, ownerKey } from '../../../kubernetes/owners.ts';
import { defineCheck, fail, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'workload-without-owner',
  threat: 'repudiation',
  severity: 'info',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { owasp: ['K05'] },
  equivalents: { 'kube-linter': ['required-label-owner', 'required-annotation-email'] },
  messages: { unnamed: [] },
  fix: 'none',
  evaluate(workload, cluster) {
    const { object, podLabels, podAnnotations, namespace } = workload;
    const definition = cluster.namespace(namespace)?.definition;
    const named = ownerKey(
      ...metadataMaps(object),
      podLabels,
      podAnnotations,
      ...(definition === undefined ? [] : metadataMaps(definition)),
    );
    return named === undefined ? fail({ at: 'metadata.labels', message: 'unnamed' }) : pass;
  },
});
