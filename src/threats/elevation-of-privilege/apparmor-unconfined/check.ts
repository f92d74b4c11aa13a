import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'apparmor-unconfined',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'container',
  frameworks: {
    nsa: ['Kubernetes Pod security'],
    pss: ['baseline/appArmorProfile'],
    mitre: ['T1611'],
    owasp: ['K01'],
  },
  equivalents: {
    trivy: ['KSV-0002'],
    kyverno: ['restrict-apparmor-profiles'],
  },
  messages: { profile: ['container', 'profile'] },
  fix: 'none',
  evaluate({ name, security, workload }) {
    // The runtimes apply no AppArmor profile to a privileged container: privileged-container speaks of it.
    if (workload.isWindows || security.privileged) return notApplicable;
    const profile = security.appArmorProfile?.type;
    if (profile === undefined || profile === 'RuntimeDefault' || profile === 'Localhost') return pass;
    return fail({
      at: security.pathOf('appArmorProfile'),
      message: 'profile',
      params: { container: name, profile },
    });
  },
});
