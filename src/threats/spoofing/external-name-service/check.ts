import { asString } from '../../../kubernetes/json.ts';
import { defineCheck, fail, notApplicable, pass } from '../../define-check.ts';

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:.]*\]?)$/i;
const LOOPBACK = /^(?:127\.|0\.0\.0\.0$|\[?::1\]?$|localhost$|localhost\.localdomain$)|\.localhost$/i;
/** `service.namespace.svc`, with the cluster's domain or without it. */
const IN_CLUSTER = /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/i;

export default defineCheck({
  id: 'external-name-service',
  threat: 'spoofing',
  severity: 'low',
  confidence: 'high',
  subject: 'service',
  frameworks: { nsa: ['Network separation and hardening'], mitre: ['T1557'], owasp: ['K07'] },
  equivalents: { kyverno: ['disallow-localhost-services'] },
  messages: {
    outside: ['target'],
    address: ['target'],
    loopback: ['target'],
    namespace: ['target', 'namespace'],
  },
  fix: 'none',
  evaluate(service) {
    const { spec, namespace: own } = service.object;
    const name = asString(spec['externalName']);
    if (spec['type'] !== 'ExternalName' || name === undefined) return notApplicable;
    const at = 'spec.externalName';
    const target = name.slice(0, 253).replace(/\.$/, '');
    const params = { target };
    if (LOOPBACK.test(target)) return fail({ at, message: 'loopback', params, severity: 'medium' });
    if (ADDRESS.test(target)) return fail({ at, message: 'address', params, severity: 'medium' });
    const namespace = IN_CLUSTER.exec(target)?.[1];
    if (namespace === undefined) return fail({ at, message: 'outside', params });
    if (namespace === own || (own === undefined && namespace === 'default')) return pass;
    return fail({ at, message: 'namespace', params: { target, namespace }, severity: 'medium' });
  },
});
