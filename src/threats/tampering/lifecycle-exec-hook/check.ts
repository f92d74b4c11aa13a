import { baseName, lifecycleHooks } from '../../../kubernetes/shell.ts';
import { defineCheck, failIfAny } from '../../define-check.ts';

/** Commands with which a hook only waits. */
const WAITING = new Set(['sleep', 'true', ':', 'exit']);

export default defineCheck({
  id: 'lifecycle-exec-hook',
  threat: 'tampering',
  severity: 'info',
  confidence: 'medium',
  subject: 'container',
  frameworks: { nsa: ['Kubernetes Pod security'], mitre: ['T1609'], owasp: ['K01'] },
  equivalents: { kubesplaining: ['KUBE-CONTAINER-LIFECYCLE-001'] },
  messages: { hook: ['container', 'hook'] },
  fix: 'none',
  evaluate(container) {
    return failIfAny(
      lifecycleHooks(container)
        .filter(({ script }) => !script.pipelines.flat().every(([word = '']) => WAITING.has(baseName(word))))
        .map(({ hook, path }) => ({
          at: path,
          message: 'hook',
          params: { container: container.name, hook },
        })),
    );
  },
});
