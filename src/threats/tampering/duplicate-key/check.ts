import { parseFieldPath } from '../../../kubernetes/field-path.ts';
import { defineCheck, failIfAny } from '../../define-check.ts';

export default defineCheck({
  id: 'duplicate-key',
  threat: 'tampering',
  severity: 'low',
  confidence: 'high',
  subject: 'object',
  frameworks: { mitre: ['T1036'], owasp: ['K01'] },
  equivalents: {},
  messages: { twice: ['key'] },
  fix: 'none',
  evaluate({ object }) {
    const paths = new Set(object.duplicateFields.map(({ path }) => path));
    return failIfAny(
      [...paths].map((path) => ({
        at: path,
        message: 'twice',
        params: { key: String(parseFieldPath(path).at(-1) ?? '') },
      })),
    );
  },
});
