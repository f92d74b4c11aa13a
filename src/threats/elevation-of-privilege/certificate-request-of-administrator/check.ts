import { administratorName, MASTERS } from '../../../kubernetes/administrators.ts';
import { decodeBase64, pemRequest, requestSubject } from '../../../kubernetes/certificate-subject.ts';
import { asArray, asObject, asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** Signers whose certificates the API server takes for a log-in; others are somebody's own. */
const FOR_LOGIN = new Set([
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/legacy-unknown',
  '', // v1beta1 had it implied
]);

export default defineCheck({
  id: 'certificate-request-of-administrator',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'certificate-signing-request',
  frameworks: {
    cis: ['5.1.7', '5.1.11'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1098.001', 'T1078'],
    owasp: ['K03', 'K06'],
    audits: ['TOB-K8S-028'],
  },
  equivalents: { kyverno: ['inspect-csr'] },
  messages: {
    issued: ['name', 'by'],
    approved: ['name', 'by'],
    pending: ['name', 'by'],
  },
  reasons: { unreadable: [] },
  fix: 'none',
  evaluate({ object }, cluster) {
    const { raw, spec } = object;
    if (!FOR_LOGIN.has(asString(spec['signerName']) ?? '')) return notApplicable;
    const at = 'spec.request';
    const pem = decodeBase64(asString(spec['request']) ?? '');
    const request = pem === undefined ? undefined : pemRequest(pem);
    const subject = request === undefined ? undefined : requestSubject(request);
    if (subject === undefined) return unknown('unreadable', {}, at);
    const power = administratorName(subject, cluster);
    if (power === undefined) return pass;
    const status = asObject(raw['status']);
    const conditions = (asArray(status?.['conditions']) ?? []).map((each) => asObject(each)?.['type']);
    const params = { name: subject.commonName ?? '', by: `${power.kind} ${power.name}` };
    if (asString(status?.['certificate'])) return fail({ at, message: 'issued', params });
    if (conditions.includes('Denied') || conditions.includes('Failed')) return pass;
    if (conditions.includes('Approved')) return fail({ at, message: 'approved', params });
    // The admission plugin CertificateSubjectRestriction, on by default, refuses system:masters at this signer.
    const severity = power.name === MASTERS ? 'low' : 'medium';
    return fail({ at, message: 'pending', params, severity });
  },
});
