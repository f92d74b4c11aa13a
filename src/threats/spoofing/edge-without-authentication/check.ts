import { onlyRedirectsToHttps } from '../../../kubernetes/gateway-routes.ts';
import { isCanary } from '../../../kubernetes/ingress-tls.ts';
import { asArray, asObject, asString } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import { defineCheck, fail, notApplicable, pass, unknown } from '../../define-check.ts';
import { guardOf, servicesOf } from '../../edge-guard.ts';
import { EDGE_KINDS, edgeReach } from '../../edge-reach.ts';

const NAMED = 3;

function hostsOf({ spec }: KubernetesObject): string {
  const stated = [
    spec['host'],
    ...(asArray(spec['hosts']) ?? []),
    ...(asArray(spec['hostnames']) ?? []),
    ...(asArray(spec['rules']) ?? []).map((rule) => asObject(rule)?.['host']),
    ...(asArray(spec['routes']) ?? []).map((route) => asObject(route)?.['match']),
  ].flatMap((host) => asString(host) ?? []);
  const hosts = [...new Set(stated)];
  if (hosts.length === 0) return '*';
  return hosts.length <= NAMED ? hosts.join(', ') : `${hosts.slice(0, NAMED).join(', ')} …`;
}

export default defineCheck({
  id: 'edge-without-authentication',
  threat: 'spoofing',
  severity: 'info',
  confidence: 'low',
  subject: 'object',
  frameworks: { nsa: ['Authentication and authorization'], mitre: ['T1190'], owasp: ['K06'] },
  equivalents: {},
  messages: { nobody: ['hosts', 'services'] },
  reasons: { 'not-among-sources': ['by'], 'asked-in-part': ['by'], 'clients-unknown': [] },
  fix: 'none',
  evaluate({ object }, cluster) {
    if (!EDGE_KINDS.has(`${object.group}/${object.kind}`) || isCanary(object)) return notApplicable;
    if (object.kind.endsWith('Route') && onlyRedirectsToHttps(object)) return notApplicable;
    const services = [...new Set(servicesOf(object).map(({ service }) => service))];
    if (services.length === 0) return notApplicable;
    const reach = edgeReach(object, cluster);
    if (reach === 'none' || reach === 'private') return notApplicable;
    const guard = guardOf(object, cluster);
    if (guard.kind === 'guarded') return pass;
    if (guard.kind === 'unknown') return unknown('not-among-sources', { by: guard.by }, 'spec');
    if (guard.kind === 'partly') return unknown('asked-in-part', { by: guard.by }, 'spec');
    if (reach === 'unknown') return unknown('clients-unknown', {}, 'spec');
    const params = { hosts: hostsOf(object), services: services.slice(0, NAMED).join(', ') };
    return fail({ at: 'spec', message: 'nobody', params });
  },
});
