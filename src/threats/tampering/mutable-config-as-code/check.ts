import { configCode } from '../../../kubernetes/config-code.ts';
import { isConfigVolume } from '../../../kubernetes/config-volumes.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'mutable-config-as-code',
  threat: 'tampering',
  severity: 'low',
  confidence: 'medium',
  subject: 'container',
  frameworks: { mitre: ['T1609', 'T1565.001'], owasp: ['K01'] },
  equivalents: {},
  messages: {
    command: ['container', 'kind', 'name', 'detail'],
    mode: ['container', 'kind', 'name', 'detail'],
    script: ['container', 'kind', 'name', 'detail'],
  },
  reasons: { 'not-seen': ['kind', 'name'] },
  fix: 'none',
  evaluate(container, cluster) {
    if (!container.workload.volumes.some(isConfigVolume)) return notApplicable;
    const code = configCode(container, cluster);
    const mutable = code.filter(({ state }) => state === 'mutable');
    if (mutable.length > 0) {
      return fail(
        ...mutable.map(({ source: { kind, name }, mount, evidence, detail }) => ({
          at: mount.path,
          message: evidence,
          params: { container: container.name, kind, name, detail },
        })),
      );
    }
    const unseen = code.find(({ state }) => state === 'unseen');
    if (unseen === undefined) return pass;
    const { kind, name } = unseen.source;
    return unknown('not-seen', { kind, name }, unseen.mount.path);
  },
});
