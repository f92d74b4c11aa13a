import type { Component } from '../../../kubernetes/component.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

/** Who proves what to whom: the kubelets to the API server, it to them, clients to it, and it to clients. */
const NEEDED = [
  'kubelet-certificate-authority',
  'kubelet-client-certificate',
  'kubelet-client-key',
  'client-ca-file',
  'tls-cert-file',
  'tls-private-key-file',
] as const;
const NEEDED_FOR_ETCD = ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile'] as const;

/**
 * kubeadm and what builds on it leave this one out, as kubelets sign their own serving certificates by default: whoever asks for
 * it must first give every kubelet one. Where it is all that is missing, the others still prove themselves.
 */
const LEFT_OUT_BY_DEFAULT = 'kubelet-certificate-authority';

/** etcd on the same node, or a translator such as kine behind a socket. */
const LOCAL = /^(?:https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)|unixs?:)/;

function etcdServers(component: Component): string[] {
  return component.flag('etcd-servers')?.split(',') ?? [];
}

export default defineCheck({
  id: 'component-without-mutual-tls',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'high',
  subject: 'component',
  frameworks: {
    cis: ['1.2.4', '1.2.5', '1.2.23', '1.2.24', '1.2.25', '1.2.26'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1557'],
    owasp: ['K09'],
    audits: ['TOB-K8S-034'],
  },
  equivalents: {
    kubescape: ['C-0116', 'C-0117', 'C-0137', 'C-0138', 'C-0139', 'C-0140'],
    trivy: ['KCV-0004', 'KCV-0005', 'KCV-0006', 'KCV-0026', 'KCV-0027', 'KCV-0028', 'KCV-0029'],
    checkov: ['CKV_K8S_71', 'CKV_K8S_72', 'CKV_K8S_73', 'CKV_K8S_99', 'CKV_K8S_100', 'CKV_K8S_102'],
  },
  messages: { missing: ['flags'], plain: ['flag', 'value'] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    const remote = etcdServers(component).filter((url) => !LOCAL.test(url));
    const needed = remote.length === 0 ? NEEDED : [...NEEDED, ...NEEDED_FOR_ETCD];
    const missing = needed.filter((flag) => (component.flag(flag) ?? '') === '');
    const plain = [
      ['kubelet-https', component.flag('kubelet-https') === 'false' ? 'false' : undefined],
      ['etcd-servers', remote.find((url) => url.startsWith('http://'))],
    ] as const;
    return failIfAny([
      ...(missing.length === 0
        ? []
        : [
            {
              at: component.flagPath(missing[0]!),
              message: 'missing' as const,
              params: { flags: missing.map((flag) => `--${flag}`).join(', ') },
              ...(missing.every((flag) => flag === LEFT_OUT_BY_DEFAULT) ? { severity: 'low' as const } : {}),
            },
          ]),
      ...plain.flatMap(([flag, value]) =>
        value === undefined
          ? []
          : [
              {
                at: component.flagPath(flag),
                message: 'plain' as const,
                params: { flag: `--${flag}`, value },
              },
            ],
      ),
    ]);
  },
});
