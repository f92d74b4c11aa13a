import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { authorizersOf, HIDDEN_AUTHORIZERS } from '../../judge-authorization.ts';

/** Roles that give all kubelets what the Node authorizer gives each only for its own pods, Secrets of all namespaces included. */
const FOR_ALL_NODES = new Set(['system:node', 'cluster-admin']);

export default defineCheck({
  id: 'authorization-without-node',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'authorization',
  frameworks: {
    cis: ['1.2.7'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1078', 'T1552.007'],
    owasp: ['K03', 'K09'],
  },
  equivalents: { kubescape: ['C-0119'], trivy: ['KCV-0008'], checkov: ['CKV_K8S_75'] },
  messages: { missing: ['modes'], 'bound-instead': ['modes', 'binding', 'role'] },
  reasons: HIDDEN_AUTHORIZERS,
  fix: 'none',
  evaluate(setup, cluster) {
    const authorizers = authorizersOf(setup);
    if ('verdict' in authorizers) return authorizers;
    // authorization-always-allow speaks of that.
    if (authorizers.has('AlwaysAllow')) return notApplicable;
    if (authorizers.has('Node')) return pass;
    const { path: at, types: modes } = authorizers;
    const instead = cluster
      .bindingsOf('Group', 'system:nodes')
      .find((binding) => binding.isClusterWide && FOR_ALL_NODES.has(binding.roleName));
    if (instead === undefined) return fail({ at, message: 'missing', params: { modes } });
    const params = { modes, binding: instead.object.name, role: instead.roleName };
    return fail({ at, message: 'bound-instead', params, severity: 'high' });
  },
});
