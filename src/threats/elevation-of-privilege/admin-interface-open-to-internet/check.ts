import { adminInterfaceOf } from '../../../kubernetes/admin-interfaces.ts';
import { portPath } from '../../../kubernetes/programs.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';
import { EXPOSURE_REASONS, fromInternet } from '../../exposure-of.ts';

export default defineCheck({
  id: 'admin-interface-open-to-internet',
  threat: 'elevation-of-privilege',
  severity: 'high',
  confidence: 'medium',
  subject: 'container',
  frameworks: {
    nsa: ['Network separation and hardening'],
    mitre: ['T1133', 'T1190'],
    owasp: ['K06', 'K07'],
  },
  equivalents: {
    kubescape: ['C-0021'],
    checkov: ['CKV_K8S_33'],
    'ms-threat-matrix': ['MS-TA9005'],
  },
  messages: { open: ['program', 'port', 'way'], login: ['program', 'port', 'way'] },
  reasons: EXPOSURE_REASONS,
  fix: 'none',
  evaluate(container, cluster) {
    const found = adminInterfaceOf(container);
    if (found === undefined) return notApplicable;
    const reach = fromInternet(container, found.ports, cluster);
    if (reach.verdict === 'unknown') return reach;
    if (reach.verdict === 'closed') return pass;
    const { access: message, program, by } = found;
    return fail({
      at: portPath(container, [reach.port]),
      message,
      params: { program: program.name, port: reach.port, way: reach.way },
      severity: message === 'open' ? 'high' : 'medium',
      confidence: by === 'label' ? 'low' : 'medium',
    });
  },
});
