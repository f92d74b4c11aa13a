import { providersForSecrets } from '../../../kubernetes/encryption-configuration.ts';
import { asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

export default defineCheck({
  id: 'encryption-weak-provider',
  threat: 'information-disclosure',
  severity: 'low',
  confidence: 'high',
  subject: 'encryption-configuration',
  frameworks: { cis: ['1.2.28'], owasp: ['K08', 'K09'] },
  equivalents: {},
  messages: { aescbc: [], aesgcm: [], 'kms-v1': [] },
  fix: 'none',
  evaluate(configuration) {
    const first = providersForSecrets(configuration.object)?.providers[0];
    if (first === undefined || first.name === 'identity') return notApplicable;
    if (first.name === 'aescbc') return fail({ at: first.path, message: 'aescbc' });
    if (first.name === 'aesgcm') return fail({ at: first.path, message: 'aesgcm', severity: 'medium' });
    if (first.name === 'kms' && asString(first.settings['apiVersion']) !== 'v2') {
      return fail({ at: first.path, message: 'kms-v1' });
    }
    return pass;
  },
});
