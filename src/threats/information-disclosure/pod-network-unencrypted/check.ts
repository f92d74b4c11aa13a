import { networkPluginOf } from '../../../kubernetes/network-plugin.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'pod-network-unencrypted',
  threat: 'information-disclosure',
  severity: 'info',
  confidence: 'medium',
  subject: 'workload',
  frameworks: { nsa: ['Network separation and hardening'], mitre: ['T1040'], owasp: ['K07'] },
  equivalents: {},
  messages: { overlay: ['plugin', 'by'], bgp: ['plugin', 'by'], routes: ['plugin', 'by'] },
  reasons: { 'settings-not-seen': ['plugin'] },
  fix: 'none',
  evaluate(workload, cluster) {
    const plugin = networkPluginOf(workload, cluster);
    // What enforces policies alone carries nothing.
    if (plugin === undefined || plugin.name === 'kube-network-policies') return notApplicable;
    const { name, carriage, by, encryption, container } = plugin;
    const at = container.at('image');
    if (encryption === 'unknown' || carriage === 'unknown')
      return unknown('settings-not-seen', { plugin: name }, at);
    return encryption === 'none' ? fail({ at, message: carriage, params: { plugin: name, by } }) : pass;
  },
});
