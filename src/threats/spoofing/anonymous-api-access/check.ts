import { openToStrangers, wasAnswered } from '../../../kubernetes/anonymous-access.ts';
import { defineCheck, failIfAny, unknown } from '../../define-check.ts';

const OBJECTS = ['/api/v1/namespaces', '/api/v1/pods', '/api/v1/secrets'];
const DISCOVERY = ['/api', '/apis', '/openapi/v2', '/openapi/v3', '/swagger.json'];

export default defineCheck({
  id: 'anonymous-api-access',
  threat: 'spoofing',
  severity: 'critical',
  confidence: 'high',
  subject: 'api-server',
  frameworks: {
    cis: ['1.2.1'],
    nsa: ['Authentication and authorization'],
    mitre: ['T1133', 'T1190'],
    owasp: ['K06'],
  },
  equivalents: {},
  messages: { objects: ['paths'], discovery: ['paths'] },
  reasons: { 'no-answer': [] },
  fix: 'none',
  evaluate(facts) {
    if (!wasAnswered(facts)) return unknown('no-answer');
    const objects = openToStrangers(facts, OBJECTS);
    const discovery = openToStrangers(facts, DISCOVERY);
    return failIfAny([
      ...(objects === undefined
        ? []
        : [{ ...objects, message: 'objects' as const, severity: 'critical' as const }]),
      ...(discovery === undefined
        ? []
        : [{ ...discovery, message: 'discovery' as const, severity: 'medium' as const }]),
    ]);
  },
});
