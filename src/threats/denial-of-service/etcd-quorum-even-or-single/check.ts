import type { Component } from '../../../kubernetes/component.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'etcd-quorum-even-or-single',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'medium',
  subject: 'component',
  frameworks: { mitre: ['T1499'] },
  equivalents: {},
  messages: { single: [], even: ['members', 'tolerated'] },
  reasons: { 'configured-elsewhere': ['setting'], substituted: [] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'etcd') return notApplicable;
    const elsewhere = ['config-file', 'discovery', 'discovery-srv'].find(
      (flag) => component.flag(flag) !== undefined,
    );
    const at = component.flagPath('initial-cluster');
    if (elsewhere !== undefined) return unknown('configured-elsewhere', { setting: `--${elsewhere}` }, at);
    const stated = initialCluster(component);
    if (stated?.includes('$(')) return unknown('substituted', {}, at);
    const members = memberCount(stated);
    if (members % 2 === 0) {
      return fail({ at, message: 'even', params: { members, tolerated: members / 2 - 1 } });
    }
    if (members > 1) return pass;
    // kubeadm writes the members that were there when this one joined: the first one sees itself alone.
    return fail({ at, message: 'single', confidence: 'low' });
  },
});

/** etcd takes each flag from the environment, too; the command line wins. */
function initialCluster(component: Component): string | undefined {
  const variable = component.container?.environment.find(({ name }) => name === 'ETCD_INITIAL_CLUSTER');
  return component.flag('initial-cluster') ?? variable?.value ?? (variable === undefined ? undefined : '$()');
}

/** Members of `name=url,name=url`; a member with several URLs is listed once for each. Without the flag etcd runs alone. */
function memberCount(stated: string | undefined): number {
  const names = (stated ?? '').split(',').map((entry) => entry.split('=', 1)[0]?.trim() ?? '');
  return Math.max(1, new Set(names.filter((name) => name !== '')).size);
}
