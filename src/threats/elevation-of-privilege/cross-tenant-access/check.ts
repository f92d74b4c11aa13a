import { tenantsOf } from '../../../kubernetes/tenants.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { networkOf } from '../../network-of.ts';
import { UNDECIDED, undecided } from '../../network-questions.ts';
import { crossings } from '../../network-tenants.ts';

export default defineCheck({
  id: 'cross-tenant-access',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'medium',
  subject: 'namespace',
  frameworks: {
    cis: ['5.3.2', '5.6.1'],
    nsa: ['Network separation and hardening'],
    mitre: ['T1210'],
    owasp: ['K07'],
  },
  equivalents: {},
  messages: { open: ['namespace', 'tenant', 'label', 'from', 'other', 'to', 'ports', 'count', 'total'] },
  reasons: { ...UNDECIDED, 'too-many': ['pairs'] },
  fix: 'none',
  evaluate(namespace, cluster) {
    const { name, path: at } = namespace;
    const tenants = tenantsOf(cluster);
    const tenant = tenants?.byNamespace.get(name);
    if (tenants === undefined || tenant === undefined || namespace.workloads.length === 0)
      return notApplicable;
    const found = crossings(name, tenants, cluster);
    if (found === undefined) return notApplicable;
    if (found.first !== undefined) {
      const { from, other, to, ports } = found.first;
      const { count, total } = found;
      const params = { namespace: name, tenant, label: tenants.label, from, other, to, ports, count, total };
      return fail({ at, message: 'open', params });
    }
    if (found.isCutShort) return unknown('too-many', { pairs: found.pairs }, at);
    return found.isUndecided ? undecided(networkOf(cluster), name) : pass;
  },
});
