import { asArray, asObject } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** Groups of Kubernetes itself; others belong to custom resources. */
const BUILT_IN = /^(?:|\*|[a-z]+|.*\.k8s\.io)$/;

export default defineCheck({
  id: 'failure-policy-ignore',
  threat: 'tampering',
  severity: 'medium',
  confidence: 'medium',
  subject: 'webhook',
  frameworks: { mitre: ['T1562.001'], owasp: ['K04'] },
  equivalents: { kubesplaining: ['KUBE-ADMISSION-001'] },
  messages: { stated: ['webhook', 'type'], defaulted: ['webhook', 'type', 'version'] },
  reasons: { refused: ['webhook'] },
  fix: 'none',
  evaluate({ type, name, raw, path, object }) {
    if (type !== 'validating' && type !== 'mutating') return notApplicable;
    const groups = (asArray(raw['rules']) ?? []).flatMap(
      (rule) => asArray(asObject(rule)?.['apiGroups']) ?? [],
    );
    // Without rules the API server never calls it.
    if (groups.length === 0) return notApplicable;
    const at = `${path}.failurePolicy`;
    const policy = raw['failurePolicy'] ?? undefined;
    if (policy === 'Fail') return pass;
    if (policy !== undefined && policy !== 'Ignore') return unknown('refused', { webhook: name }, at);
    if (policy === undefined && !object.apiVersion.endsWith('/v1beta1')) return pass;
    const severity = groups.some((group) => BUILT_IN.test(String(group))) ? 'medium' : 'low';
    if (policy === undefined) {
      const params = { webhook: name, type, version: object.apiVersion };
      return fail({ at, message: 'defaulted', params, severity });
    }
    return fail({ at, message: 'stated', params: { webhook: name, type }, severity });
  },
});
