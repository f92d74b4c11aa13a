import { namedNodes, programVersions, releaseName } from '../../../kubernetes/program-versions.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** Minor releases that a kubelet may be older than its API server; two before 1.28. Source: kubernetes.io/releases/version-skew-policy. */
function allowed(minor: number): number {
  return minor >= 28 ? 3 : 2;
}

export default defineCheck({
  id: 'kubelet-version-skew',
  threat: 'denial-of-service',
  severity: 'low',
  confidence: 'high',
  subject: 'api-server',
  frameworks: { nsa: ['Upgrading and application security practices'], owasp: ['K10'] },
  equivalents: {},
  messages: {
    newer: ['version', 'release', 'count', 'nodes'],
    older: ['version', 'release', 'count', 'nodes', 'allowed'],
  },
  reasons: { 'not-told': [], 'nodes-not-seen': [], 'no-version': ['stated'] },
  fix: 'none',
  evaluate(facts) {
    const server = facts.version;
    if (server === undefined) return unknown('not-told');
    if (facts.nodes === undefined) return unknown('nodes-not-seen');
    if (facts.nodes.length === 0) return notApplicable;
    const kubelets = programVersions(facts).filter(({ program }) => program === 'kubelet');
    const failures = kubelets.flatMap((kubelet) => {
      const { version, at, nodes } = kubelet;
      if (version === undefined || version.major !== server.major) return [];
      const behind = server.minor - version.minor;
      const params = {
        version: kubelet.stated,
        release: releaseName(server),
        count: nodes.length,
        nodes: namedNodes(kubelet),
      };
      const most = allowed(server.minor);
      if (behind >= 0 && behind <= most) return [];
      return [
        behind < 0
          ? { at, message: 'newer' as const, params }
          : { at, message: 'older' as const, params: { ...params, allowed: most } },
      ];
    });
    if (failures.length > 0) return fail(...failures);
    const odd = kubelets.find(({ version }) => version === undefined);
    return odd === undefined ? pass : unknown('no-version', { stated: odd.stated }, odd.at);
  },
});
