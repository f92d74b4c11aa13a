import { networkPlugins } from '../../../kubernetes/network-plugin.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** Set up flannel and a controller for policies inside of their own program, unless told otherwise. */
const EMBEDDED = new Set(['k3s', 'microk8s', 'k0s']);

export default defineCheck({
  id: 'network-plugin-not-seen',
  threat: 'elevation-of-privilege',
  severity: 'info',
  confidence: 'medium',
  subject: 'cluster',
  frameworks: { cis: ['5.3.1'], nsa: ['Network separation and hardening'], owasp: ['K07'] },
  equivalents: { kubescape: ['C-0205'] },
  messages: { none: [] },
  reasons: { managed: ['distribution'], embedded: ['distribution'] },
  fix: 'none',
  evaluate(cluster) {
    // Manifests of applications say nothing of the cluster that they go to.
    if (!cluster.isComplete) return notApplicable;
    if (networkPlugins(cluster).length > 0) return pass;
    const [facts] = cluster.subjects('api-server');
    const distribution = facts?.distribution;
    if (distribution?.isManaged) return unknown('managed', { distribution: distribution.name });
    if (distribution !== undefined && EMBEDDED.has(distribution.id)) {
      return unknown('embedded', { distribution: distribution.name });
    }
    return fail({ at: '', message: 'none' });
  },
});
