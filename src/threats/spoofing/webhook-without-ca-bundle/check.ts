import { asObject } from '../../../kubernetes/json.ts';
import { caBundle, injectorOf } from '../../../kubernetes/webhook-ca.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'webhook-without-ca-bundle',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'low',
  subject: 'webhook',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1557'],
    owasp: ['K09'],
    audits: ['TOB-K8S-034'],
  },
  equivalents: {},
  messages: { missing: ['name'] },
  reasons: { 'injected-at-run-time': ['by'], unreadable: [] },
  fix: 'none',
  evaluate(webhook, cluster) {
    const { clientConfig, clientConfigPath, name } = webhook;
    // Without verification a bundle has no part; outside of the cluster the system's roots are a choice.
    if (clientConfig['insecureSkipTLSVerify'] === true) return notApplicable;
    if (asObject(clientConfig['service']) === undefined) return notApplicable;
    const at = `${clientConfigPath}.caBundle`;
    switch (caBundle(webhook).state) {
      case 'present':
        return pass;
      case 'unreadable':
        return unknown('unreadable', {}, at);
      case 'absent': {
        const by = cluster.isComplete ? undefined : injectorOf(webhook, cluster);
        if (by !== undefined) return unknown('injected-at-run-time', { by }, at);
        return fail({ at, message: 'missing', params: { name } });
      }
    }
  },
});
