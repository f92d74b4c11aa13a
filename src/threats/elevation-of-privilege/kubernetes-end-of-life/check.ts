import { namedNodes, programVersions, releaseName } from '../../../kubernetes/program-versions.ts';
import { RELEASES_UNTIL, upstreamSupport } from '../../../kubernetes/releases.ts';
import { defineCheck, fail, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'kubernetes-end-of-life',
  threat: 'elevation-of-privilege',
  severity: 'medium',
  confidence: 'high',
  subject: 'api-server',
  frameworks: {
    nsa: ['Upgrading and application security practices'],
    mitre: ['T1068', 'T1190'],
    owasp: ['K10'],
  },
  equivalents: { kubescape: ['C-0273'], kyverno: ['kubernetes-version-check'] },
  messages: {
    'api-server': ['version', 'release', 'since'],
    kubelets: ['version', 'release', 'since', 'count', 'nodes'],
  },
  reasons: {
    'not-told': [],
    'nodes-not-seen': [],
    'no-date': [],
    'no-version': ['program', 'stated'],
    'not-listed': ['program', 'version', 'date'],
  },
  fix: 'none',
  evaluate(facts, cluster) {
    const now = cluster.now ?? facts.observedAt;
    if (now === undefined) return unknown('no-date');
    const versions = programVersions(facts).map((entry) => ({
      ...entry,
      support: entry.version === undefined ? undefined : upstreamSupport(entry.version, now),
    }));
    // Vendors maintain releases for longer than upstream does.
    const confidence = facts.distribution.isBackporting ? 'low' : 'high';
    const failures = versions.flatMap(({ support, version, ...entry }) => {
      if (version === undefined || support?.state !== 'ended') return [];
      const params = { version: entry.stated, release: releaseName(version), since: support.since };
      const where = { at: entry.at, confidence } as const;
      const nodes = { count: entry.nodes.length, nodes: namedNodes({ ...entry, version }) };
      return [
        entry.program === 'kube-apiserver'
          ? { ...where, message: 'api-server' as const, params }
          : { ...where, message: 'kubelets' as const, params: { ...params, ...nodes } },
      ];
    });
    if (failures.length > 0) return fail(...failures);
    const date = RELEASES_UNTIL;
    for (const { program, stated, version, support, at } of versions) {
      if (version === undefined) return unknown('no-version', { program, stated }, at);
      if (support?.state === 'unknown') return unknown('not-listed', { program, version: stated, date }, at);
    }
    if (facts.gitVersion === undefined) return unknown('not-told');
    return facts.nodes === undefined ? unknown('nodes-not-seen') : pass;
  },
});
