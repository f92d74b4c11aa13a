import { networkPluginOf, networkPlugins } from '../../../kubernetes/network-plugin.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'network-plugin-ignores-policies',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'high',
  subject: 'workload',
  frameworks: {
    cis: ['5.3.1'],
    nsa: ['Network separation and hardening'],
    owasp: ['K07', 'K09'],
  },
  equivalents: { kubescape: ['C-0205'] },
  messages: { 'in-vain': ['plugin', 'policies'], unable: ['plugin'] },
  reasons: { 'version-unknown': ['plugin'] },
  fix: 'none',
  evaluate(workload, cluster) {
    const plugin = networkPluginOf(workload, cluster);
    if (plugin === undefined) return notApplicable;
    // One may carry packets, and another one beside it enforce policies.
    if (networkPlugins(cluster).some(({ policies }) => policies === 'enforced')) return pass;
    const at = plugin.container.at('image');
    if (plugin.policies === 'unknown') return unknown('version-unknown', { plugin: plugin.name }, at);
    const policies = cluster.subjects('network-policy').length;
    return policies > 0
      ? fail({ at, message: 'in-vain', params: { plugin: plugin.name, policies } })
      : fail({ at, message: 'unable', params: { plugin: plugin.name }, severity: 'low' });
  },
});
