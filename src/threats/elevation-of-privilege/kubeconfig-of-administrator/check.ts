import { administratorName, MASTERS } from '../../../kubernetes/administrators.ts';
import { defineCheck, failIfAny, notApplicable, unknown } from '../../define-check.ts';

/** Where kubeadm keeps the kubeconfigs of administrators, which belongs to root on a control plane node. */
const ON_NODE = /^[^/:]+:\/etc\/kubernetes\//;

export default defineCheck({
  id: 'kubeconfig-of-administrator',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'kubeconfig',
  frameworks: {
    cis: ['5.1.1', '5.1.7'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1552.001', 'T1078'],
    owasp: ['K06', 'K08'],
    audits: ['TOB-K8S-028'],
  },
  equivalents: { kubescape: ['C-0246'], 'ms-threat-matrix': ['MS-TA9003'] },
  messages: {
    masters: ['user', 'name', 'until'],
    administrator: ['user', 'name', 'by', 'until'],
  },
  reasons: { 'value-not-kept': [] },
  fix: 'none',
  sensitive: true,
  evaluate(kubeconfig, cluster) {
    if (kubeconfig.isHidden) return unknown('value-not-kept', {}, kubeconfig.path);
    const { object, users } = kubeconfig;
    if (!users.some(({ certificate }) => certificate !== undefined)) return notApplicable;
    const isOnNode = ON_NODE.test(object.origin.file.path);
    const failures = [];
    for (const { name: user, certificate, path: at, hasKey } of users) {
      const power = certificate && administratorName(certificate, cluster);
      if (power === undefined) continue;
      const until = certificate?.notAfter?.toISOString().slice(0, 10) ?? '?';
      const params = { user, name: certificate?.commonName ?? '', until };
      if (power.name === MASTERS) {
        const severity = hasKey && !isOnNode ? 'high' : 'medium';
        failures.push({ at, message: 'masters', params, severity } as const);
      } else if (!isOnNode) {
        const by = `${power.kind} ${power.name}`;
        const severity = hasKey ? 'high' : 'low';
        failures.push({ at, message: 'administrator', params: { ...params, by }, severity } as const);
      }
    }
    return failIfAny(failures);
  },
});
