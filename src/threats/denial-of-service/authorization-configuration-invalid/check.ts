import { readAuthorizationConfiguration } from '../../../engines/authorization/configuration/document.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

export default defineCheck({
  id: 'authorization-configuration-invalid',
  threat: 'denial-of-service',
  severity: 'medium',
  confidence: 'high',
  subject: 'authorization',
  frameworks: { mitre: ['T1499'], owasp: ['K09'] },
  equivalents: {},
  messages: { refused: ['problem'] },
  fix: 'none',
  evaluate({ component, object }) {
    if (component !== undefined) return notApplicable;
    return failIfAny(
      readAuthorizationConfiguration(object.raw).problems.map(({ path, message }) => ({
        at: path,
        message: 'refused',
        params: { problem: message },
      })),
    );
  },
});
