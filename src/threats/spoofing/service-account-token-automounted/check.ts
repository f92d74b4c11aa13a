import { apiUse } from '../../../kubernetes/api-clients.ts';
import { auditFacts } from '../../../kubernetes/audit-facts.ts';
import {
  isAccountChosenLater,
  isStaticPod,
  mountsToken,
  serviceAccountPath,
} from '../../../kubernetes/service-account-tokens.ts';
import { accountRights } from '../../account-rights.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** Hours of an audit log after which most of what a program does has shown itself, weekly jobs included. */
const LONG_ENOUGH = 24 * 8;

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
    'never-seen': ['account', 'from', 'to'],
    'rights-never-seen': ['account', 'roles', 'from', 'to'],
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
    const audit = auditFacts(cluster);
    if (audit?.uses(workload.object.namespace, account)) return pass;
    // An account that may do something was made for somebody who calls the API server, unless nobody there can.
    if (rights === 'beyond' && audit === undefined && (use.kind !== 'never' || mounts === undefined))
      return pass;
    if (mounts === undefined) {
      return unknown('service-account-not-seen', { account }, serviceAccountPath(workload));
    }
    const at = workload.at('automountServiceAccountToken');
    const roles = bound.join(', ');
    if (audit !== undefined) {
      // The more hours a log tells of, the less it can have missed.
      const confidence = audit.hours < LONG_ENOUGH ? 'low' : rights === 'none' ? 'high' : 'medium';
      const params = { account, from: audit.from, to: audit.to };
      return rights === 'beyond'
        ? fail({ at, message: 'rights-never-seen', params: { ...params, roles }, confidence })
        : fail({ at, message: 'never-seen', params, confidence });
    }
    // A program that calls the API server has its rights from elsewhere, or needs none.
    if (use.kind === 'calls') return pass;
    if (rights === 'discovery') return fail({ at, message: 'only-discovery', params: { account, roles } });
    if (use.kind === 'unclear') return fail({ at, message: 'unused', params: { account } });
    const images = use.images.join(', ');
    if (rights === 'none')
      return fail({ at, message: 'no-client', params: { account, images }, confidence: 'high' });
    return fail({ at, message: 'rights-without-client', params: { account, roles, images } });
  },
});
