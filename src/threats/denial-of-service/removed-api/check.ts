import { removedApi } from '../../../kubernetes/removed-apis.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'removed-api',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'object',
  frameworks: {},
  equivalents: {
    trivy: ['KSV-0107'],
    'kube-linter': ['no-extensions-v1beta'],
    kyverno: ['check-deprecated-apis'],
  },
  messages: {
    replaced: ['kind', 'apiVersion', 'release', 'replacement'],
    gone: ['kind', 'apiVersion', 'release'],
  },
  fix: 'none',
  evaluate({ object }) {
    const { apiVersion, kind, group } = object;
    // What a custom resource's own project has removed is not known here.
    if (group.includes('.') && !group.endsWith('.k8s.io')) return notApplicable;
    // Clusters that still rely on it are the matter of a check of its own.
    if (kind === 'PodSecurityPolicy') return notApplicable;
    const removed = removedApi(apiVersion, kind);
    if (removed === undefined) return pass;
    const params = { kind, apiVersion, release: removed.removedIn };
    return removed.replacement === undefined
      ? fail({ at: 'apiVersion', message: 'gone', params })
      : fail({
          at: 'apiVersion',
          message: 'replaced',
          params: { ...params, replacement: removed.replacement },
        });
  },
});
