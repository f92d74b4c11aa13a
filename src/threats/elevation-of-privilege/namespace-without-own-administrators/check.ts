import { isSystemNamespace } from '../../../kubernetes/namespaces.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { administratorsOf } from '../../people.ts';

const SHOWN = 3;

export default defineCheck({
  id: 'namespace-without-own-administrators',
  threat: 'elevation-of-privilege',
  severity: 'info',
  confidence: 'medium',
  subject: 'namespace',
  frameworks: {
    cis: ['5.1.1', '5.6.1'],
    nsa: ['Authentication and authorization'],
    owasp: ['K03'],
  },
  equivalents: {},
  messages: { 'by-cluster-roles': ['namespace', 'subjects'], nobody: ['namespace'] },
  reasons: { 'role-not-seen': ['roles'], 'namespace-not-named': [] },
  fix: 'none',
  evaluate(namespace, cluster) {
    const { name, path: at } = namespace;
    if (isSystemNamespace(name) || namespace.workloads.length === 0) return notApplicable;
    const { own, everywhere, unseen } = administratorsOf(cluster);
    if (own.has(name)) return pass;
    const roles = unseen.get(name);
    if (roles !== undefined) return unknown('role-not-seen', { roles: roles.join(', ') }, at);
    if (everywhere.length > 0) {
      if (namespace.isAssumed) return unknown('namespace-not-named');
      const more = everywhere.length > SHOWN ? [`+${everywhere.length - SHOWN}`] : [];
      const subjects = [...everywhere.slice(0, SHOWN), ...more].join(', ');
      return fail({ at, message: 'by-cluster-roles', params: { namespace: name, subjects } });
    }
    // Among manifests, people may be bound by objects that are applied from elsewhere.
    if (!cluster.isComplete) return notApplicable;
    return fail({ at, message: 'nobody', params: { namespace: name } });
  },
});
