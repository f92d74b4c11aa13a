import { apiUse } from '../../../kubernetes/api-clients.ts';
import {
  isAccountChosenLater,
  isStaticPod,
  mountsToken,
  serviceAccountPath,
} from '../../../kubernetes/service-account-tokens.ts';
import { accountRights } from '../../account-rights.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'service-account-token-automounted',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'medium',
  subject: 'workload',
  frameworks: {
    cis: ['5.1.6'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1528'],
    owasp: ['K06'],
    audits: ['TOB-K8S-031'],
  },
  equivalents: {
    kubescape: ['C-0034', 'C-0190'],
    trivy: ['KSV-0036'],
    checkov: ['CKV_K8S_38'],
    polaris: ['automountServiceAccountToken'],
    kyverno: ['restrict-automount-sa-token'],
  },
  messages: {
    unused: ['account'],
    'no-client': ['account', 'images'],
    'only-discovery': ['account', 'roles'],
    'rights-without-client': ['account', 'roles', 'images'],
  },
  reasons: { 'service-account-not-seen': ['account'] },
  fix: 'none',
  evaluate(workload, cluster) {
    if (isStaticPod(workload) || isAccountChosenLater(workload)) return notApplicable;
    const account = workload.serviceAccountName;
    const mounts = mountsToken(workload, cluster);
    if (mounts === false) return pass;
    const { kind: rights, roles: bound } = accountRights(workload, cluster);
    const use = apiUse(workload);
    // An account that may do something was made for somebody who calls the API server, unless nobody there can.
    if (rights === 'beyond' && (use.kind !== 'never' || mounts === undefined)) return pass;
    if (mounts === undefined) {
      return unknown('service-account-not-seen', { account }, serviceAccountPath(workload));
    }
    // A program that calls the API server has its rights from elsewhere, or needs none.
    if (use.kind === 'calls') return pass;
    const at = workload.at('automountServiceAccountToken');
    const roles = bound.join(', ');
    if (rights === 'discovery') return fail({ at, message: 'only-discovery', params: { account, roles } });
    if (use.kind === 'unclear') return fail({ at, message: 'unused', params: { account } });
    const images = use.images.join(', ');
    if (rights === 'none')
      return fail({ at, message: 'no-client', params: { account, images }, confidence: 'high' });
    return fail({ at, message: 'rights-without-client', params: { account, roles, images } });
  },
});
