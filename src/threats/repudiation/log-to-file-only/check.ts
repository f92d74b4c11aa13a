import { logDestination, mountOf, shipperOf } from '../../../kubernetes/log-destination.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';

export default defineCheck({
  id: 'log-to-file-only',
  threat: 'repudiation',
  severity: 'low',
  confidence: 'medium',
  subject: 'container',
  frameworks: { nsa: ['Audit Logging and Threat Detection'], owasp: ['K05'] },
  equivalents: {},
  messages: { file: ['container', 'file'] },
  reasons: { 'no-stdout-evidence': ['container'], 'written-to-node': ['container', 'file'] },
  fix: 'none',
  evaluate(container) {
    // What init containers and a debugging person's containers print is short and seen by those who wait for it.
    if (!container.isLongRunning) return notApplicable;
    const { name } = container;
    const destination = logDestination(container);
    if (destination?.kind === 'stream') return pass;
    if (shipperOf(container, destination?.file) !== undefined) return pass;
    if (destination === undefined) return unknown('no-stdout-evidence', { container: name });
    const { file, path } = destination;
    const volume = container.workload.volume(mountOf(container, file)?.name ?? '');
    if (volume?.source === 'hostPath') return unknown('written-to-node', { container: name, file }, path);
    return fail({ at: path, message: 'file', params: { container: name, file } });
  },
});
