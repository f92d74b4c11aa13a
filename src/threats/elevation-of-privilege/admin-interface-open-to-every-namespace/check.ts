import { adminInterfaceOf } from '../../../kubernetes/admin-interfaces.ts';
import { portPath } from '../../../kubernetes/programs.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { fromEveryNamespace, fromInternet, NAMESPACE_REASONS } from '../../exposure-of.ts';

export default defineCheck({
  id: 'admin-interface-open-to-every-namespace',
  threat: 'elevation-of-privilege',
  severity: 'low',
  confidence: 'medium',
  subject: 'container',
  frameworks: { nsa: ['Network separation and hardening'], mitre: ['T1046'], owasp: ['K07'] },
  equivalents: {
    checkov: ['CKV_K8S_33'],
    'ms-threat-matrix': ['MS-TA9005'],
  },
  messages: { open: ['program', 'port'], login: ['program', 'port'] },
  reasons: NAMESPACE_REASONS,
  fix: 'none',
  evaluate(container, cluster) {
    const found = adminInterfaceOf(container);
    // What the internet reaches is reported as that.
    if (found === undefined || fromInternet(container, found.ports, cluster).verdict === 'open')
      return notApplicable;
    const reach = fromEveryNamespace(container, found.ports, cluster);
    if (reach.verdict === 'unknown') return reach;
    if (reach.verdict === 'closed') return pass;
    const { access: message, program, by } = found;
    return fail({
      at: portPath(container, [reach.port]),
      message,
      params: { program: program.name, port: reach.port },
      severity: message === 'open' ? 'low' : 'info',
      confidence: by === 'label' ? 'low' : 'medium',
    });
  },
});
