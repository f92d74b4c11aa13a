import { asArray, asObject, asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

/** Signers whose certificates the API server takes for a log-in. */
const FOR_LOGIN = new Set([
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/kube-apiserver-client-kubelet',
]);
const SERVICE_ACCOUNT = 'system:serviceaccount:';

export default defineCheck({
  id: 'certificate-request-by-service-account',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'medium',
  subject: 'certificate-signing-request',
  frameworks: {
    cis: ['5.1.11'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.001'],
    owasp: ['K03', 'K06'],
  },
  equivalents: { kubesplaining: ['KUBE-CSR-001'] },
  messages: { issued: ['account', 'signer'], asked: ['account', 'signer'] },
  fix: 'none',
  evaluate({ object: { raw, spec } }) {
    const signer = asString(spec['signerName']) ?? '';
    const username = asString(spec['username']) ?? '';
    if (!FOR_LOGIN.has(signer) || username === '') return notApplicable;
    if (!username.startsWith(SERVICE_ACCOUNT)) return pass;
    const status = asObject(raw['status']);
    const conditions = (asArray(status?.['conditions']) ?? []).map((each) => asObject(each)?.['type']);
    if (conditions.includes('Denied') || conditions.includes('Failed')) return pass;
    const params = { account: username.slice(SERVICE_ACCOUNT.length).replace(':', '/'), signer };
    return conditions.includes('Approved')
      ? fail({ at: 'spec.username', message: 'issued', params })
      : fail({ at: 'spec.username', message: 'asked', params, severity: 'medium' });
  },
});
