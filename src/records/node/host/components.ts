import type { Source } from '../../record.ts';
import { type ComponentLine, parseJsonLog, parseKlog } from './klog.ts';
import { parseLogfmt } from './logfmt.ts';

const RUNTIMES = new Set([
  'containerd',
  'crio',
  'cri-o',
  'dockerd',
  'docker',
  'cri-dockerd',
  'podman',
  'runc',
  'crun',
]);

/** Of programs that are neither kubelet nor runtime, `log`. */
export function componentSource(program: string): Source {
  if (program === 'kubelet' || program === 'hyperkube') return 'kubelet';
  return RUNTIMES.has(program) || program.startsWith('containerd-shim') ? 'runtime' : 'log';
}

export function parseComponent(text: string): ComponentLine | undefined {
  return parseKlog(text) ?? parseLogfmt(text) ?? parseJsonLog(text);
}
