import { cloudIdentityOf, soundsPowerful } from '../../../kubernetes/cloud-identity.ts';
import { child } from '../../../kubernetes/field-path.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'cloud-identity-service-account',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'medium',
  subject: 'service-account',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1078.004'],
    owasp: ['K03'],
  },
  equivalents: {
    'rbac-police': ['providerIAM'],
    kubesplaining: ['KUBE-CLOUD-IRSA-ADMIN-ROLE-001'],
    'ms-threat-matrix': ['MS-TA9020'],
  },
  messages: { administrator: ['account', 'identity'], default: ['namespace', 'identity'] },
  fix: 'none',
  evaluate(account) {
    const cloud = cloudIdentityOf(account);
    if (cloud === undefined) return notApplicable;
    const at = child('metadata.annotations', cloud.annotation);
    const { identity } = cloud;
    if (account.name === 'default') {
      const severity = soundsPowerful(cloud) ? 'high' : 'medium';
      return fail({ at, message: 'default', params: { namespace: account.namespace, identity }, severity });
    }
    if (!soundsPowerful(cloud)) return pass;
    const params = { account: `${account.namespace}/${account.name}`, identity };
    return fail({ at, message: 'administrator', params, severity: 'medium' });
  },
});
