import { providersForSecrets } from '../../../kubernetes/encryption-configuration.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'encryption-identity-first',
  threat: 'information-disclosure',
  severity: 'high',
  confidence: 'high',
  subject: 'encryption-configuration',
  frameworks: { cis: ['1.2.28'], owasp: ['K08', 'K09'] },
  equivalents: { kubescape: ['C-0142'], checkov: ['CKV_K8S_104'] },
  messages: { identity: [], uncovered: [] },
  fix: 'none',
  evaluate(configuration) {
    const entry = providersForSecrets(configuration.object);
    if (entry === undefined) return fail({ at: 'resources', message: 'uncovered' });
    const [first] = entry.providers;
    if (first === undefined) return notApplicable;
    return first.name === 'identity' ? fail({ at: first.path, message: 'identity' }) : pass;
  },
});
