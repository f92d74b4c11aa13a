import type { Cluster } from '../../../kubernetes/cluster.ts';
import type { Component } from '../../../kubernetes/component.ts';
import { isAnonymous } from '../../../kubernetes/role-risk.ts';
import { isDefaultSubject } from '../../default-access.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** Roles that strangers have been given beyond those that every API server starts with. */
function rolesOfStrangers(cluster: Cluster): string[] {
  const bindings = [
    ...cluster.bindingsOf('User', 'system:anonymous'),
    ...cluster.bindingsOf('Group', 'system:unauthenticated'),
  ];
  return bindings
    .filter((binding) =>
      binding.subjects.some((subject) => isAnonymous(subject) && !isDefaultSubject(binding, subject)),
    )
    .map(({ roleName }) => roleName);
}

/** Where the programs read what the flag does not say. */
function configuration(component: Component): string | undefined {
  return component.flag(component.name === 'kubelet' ? 'config' : 'authentication-config');
}

export default defineCheck({
  id: 'anonymous-auth-enabled',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'high',
  subject: 'component',
  frameworks: {
    cis: ['1.2.1', '4.2.1'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1133'],
    owasp: ['K06', 'K09'],
  },
  equivalents: {
    kubescape: ['C-0069', 'C-0113', 'C-0172'],
    trivy: ['KCV-0001', 'KCV-0079'],
    checkov: ['CKV_K8S_68', 'CKV_K8S_138'],
  },
  messages: { 'api-server': [], granted: ['roles'], kubelet: [] },
  reasons: { 'configured-in-file': ['file'] },
  fix: 'none',
  evaluate(component, cluster) {
    if (component.name !== 'kube-apiserver' && component.name !== 'kubelet') return notApplicable;
    const stated = component.flag('anonymous-auth');
    if (stated === 'false') return pass;
    const at = component.flagPath('anonymous-auth');
    const file = configuration(component);
    if (stated === undefined && file !== undefined) return unknown('configured-in-file', { file }, at);
    if (component.name === 'kubelet') return fail({ at, message: 'kubelet', severity: 'high' });
    // Together with AlwaysAllow the API server takes the setting back (ApplyAuthorization in pkg/kubeapiserver/options).
    if (component.flag('authorization-mode')?.split(',').includes('AlwaysAllow')) return pass;
    const roles = rolesOfStrangers(cluster).join(', ');
    return roles === ''
      ? fail({ at, message: 'api-server' })
      : fail({ at, message: 'granted', params: { roles }, severity: 'medium' });
  },
});
