import type { Component } from '../../../kubernetes/component.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

/** Flags that each name a file of credentials in plain text. */
const FILES = ['token-auth-file', 'basic-auth-file'] as const;

function credentialFiles(component: Component) {
  return FILES.flatMap((flag) => {
    const file = component.flag(flag) ?? '';
    if (file === '') return [];
    return [{ at: component.flagPath(flag), message: 'file' as const, params: { flag: `--${flag}`, file } }];
  });
}

/** The port that asked nobody for credentials, in API servers before 1.24. */
function insecurePort(component: Component) {
  const flag = component.flag('insecure-port') === undefined ? 'insecure-bind-address' : 'insecure-port';
  const value = component.flag(flag);
  if (value === undefined || value === '0') return [];
  return [
    { at: component.flagPath(flag), message: 'insecure' as const, params: { flag: `--${flag}=${value}` } },
  ];
}

export default defineCheck({
  id: 'static-token-authentication',
  threat: 'spoofing',
  severity: 'high',
  confidence: 'high',
  subject: 'component',
  frameworks: {
    cis: ['1.2.2'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1078', 'T1552.001'],
    owasp: ['K06', 'K09'],
  },
  equivalents: {
    kubescape: ['C-0005', 'C-0114'],
    trivy: ['KCV-0002'],
    checkov: ['CKV_K8S_69', 'CKV_K8S_70', 'CKV_K8S_86', 'CKV_K8S_88'],
  },
  messages: { file: ['flag', 'file'], insecure: ['flag'] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kube-apiserver') return notApplicable;
    return failIfAny([...credentialFiles(component), ...insecurePort(component)]);
  },
});
