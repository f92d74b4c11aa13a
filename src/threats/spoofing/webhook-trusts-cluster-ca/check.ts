import { caBundle, clusterCaAnnotation, isClusterCa } from '../../../kubernetes/webhook-ca.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'webhook-trusts-cluster-ca',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'medium',
  subject: 'webhook',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1557'],
    owasp: ['K09'],
  },
  equivalents: {},
  messages: { trusted: ['name'], injected: ['name', 'annotation'] },
  fix: 'none',
  evaluate(webhook, cluster) {
    const { name } = webhook;
    const annotation = clusterCaAnnotation(webhook);
    if (annotation !== undefined) {
      return fail({
        at: `metadata.annotations[${JSON.stringify(annotation)}]`,
        message: 'injected',
        params: { name, annotation },
      });
    }
    const bundle = caBundle(webhook);
    // A missing or unreadable bundle is what webhook-without-ca-bundle speaks of.
    if (bundle.state !== 'present') return notApplicable;
    if (!bundle.certificates.some((certificate) => isClusterCa(certificate, cluster))) return pass;
    return fail({ at: `${webhook.clientConfigPath}.caBundle`, message: 'trusted', params: { name } });
  },
});
