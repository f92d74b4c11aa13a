import { CONTAINER_LOG_DEFAULTS } from '../../../kubernetes/kubelet-configuration.ts';
import { parseQuantity } from '../../../kubernetes/quantity.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

/** What the kubelet keeps of a container by itself: five files of 10 MiB. */
const LEAST_BYTES = 50 * 2 ** 20;

export default defineCheck({
  id: 'container-log-rotation-small',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'high',
  subject: 'component',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { small: ['size', 'files', 'total'] },
  reasons: { 'configured-in-file': ['file'], 'not-told': [], 'not-a-number': ['size', 'files'] },
  fix: 'none',
  evaluate(component) {
    if (component.name !== 'kubelet') return notApplicable;
    const flags = ['container-log-max-size', 'container-log-max-files'] as const;
    const stated = flags.filter((flag) => component.flag(flag) !== undefined);
    const file = component.flag('config') ?? component.flag('config-dir');
    if (stated.length < flags.length && file !== undefined) {
      return unknown('configured-in-file', { file }, component.path);
    }
    // A running kubelet shows all of its fields: one that is not there was not kept.
    if (stated.length < flags.length && component.object.kind === 'ClusterFacts') {
      return unknown('not-told', {}, component.path);
    }
    const size = component.flag('container-log-max-size') ?? CONTAINER_LOG_DEFAULTS.size;
    const files = component.flag('container-log-max-files') ?? CONTAINER_LOG_DEFAULTS.files;
    const at = component.flagPath(stated[0] ?? flags[0]);
    const bytes = parseQuantity(size)?.toNumber();
    if (bytes === undefined || !/^\d+$/.test(files)) return unknown('not-a-number', { size, files }, at);
    const total = bytes * Number(files);
    if (total >= LEAST_BYTES) return pass;
    return fail({
      at,
      message: 'small',
      params: { size, files, total: `${Math.floor(total / 2 ** 20)} MiB` },
    });
  },
});
