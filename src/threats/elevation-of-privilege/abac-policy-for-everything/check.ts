import { asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

/** Users and groups that stand for everybody, or for every program. */
const EVERYBODY = new Set([
  '*',
  'system:anonymous',
  'system:authenticated',
  'system:serviceaccounts',
  'system:unauthenticated',
]);

export default defineCheck({
  id: 'abac-policy-for-everything',
  threat: 'elevation-of-privilege',
  severity: 'critical',
  confidence: 'high',
  subject: 'abac-policy',
  frameworks: {
    nsa: ['Authentication and authorization'],
    mitre: ['T1078'],
    owasp: ['K03', 'K09'],
  },
  equivalents: {},
  messages: { changes: ['subject'], reads: ['subject'] },
  fix: 'none',
  evaluate({ object: { spec } }) {
    const text = (field: string) => asString(spec[field]) ?? '';
    const [user, group] = [text('user'), text('group')];
    if (user === '' && group === '') return notApplicable;
    // A policy of both is for a user in that group; `*` then is no narrower than the other.
    const names = [user, group].filter((name) => name !== '');
    const isForAll = names.every((name) => EVERYBODY.has(name));
    if (!isForAll && names.some((name) => name.startsWith('system:') && !EVERYBODY.has(name))) return pass;
    const isOfCore = text('apiGroup') === '*' || text('apiGroup') === '';
    if (!isOfCore || text('resource') !== '*' || text('namespace') !== '*') return pass;
    const kind = user === '' ? 'Group' : 'User';
    const params = { subject: `${kind} ${names.join(', ')}` };
    const at = 'spec.resource';
    return spec['readonly'] === true
      ? fail({ at, message: 'reads', params, severity: isForAll ? 'high' : 'medium' })
      : fail({ at, message: 'changes', params, severity: isForAll ? 'critical' : 'high' });
  },
});
