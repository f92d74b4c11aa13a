import {
  type Listener,
  listeners,
  onlyRedirectsToHttps,
  routesOf,
} from '../../../kubernetes/gateway-routes.ts';
import { asArray, asObject } from '../../../kubernetes/json.ts';
import { defineCheck, failIfAny, notApplicable } from '../../define-check.ts';

/** A certificate is named, is an implementation's own option, or is left to the backend, to which TLS is passed through. */
function hasCertificate({ raw }: Listener): boolean {
  const tls = asObject(raw['tls']);
  return (
    tls?.['mode'] === 'Passthrough' ||
    (asArray(tls?.['certificateRefs'])?.length ?? 0) > 0 ||
    Object.keys(asObject(tls?.['options']) ?? {}).length > 0
  );
}

export default defineCheck({
  id: 'gateway-listener-without-tls',
  threat: 'spoofing',
  severity: 'medium',
  confidence: 'medium',
  subject: 'gateway',
  frameworks: { nsa: ['Network separation and hardening'], mitre: ['T1557', 'T1040'], owasp: ['K07'] },
  equivalents: {},
  messages: { plain: ['listener'], 'no-certificate': ['listener'] },
  fix: 'none',
  evaluate(gateway, cluster) {
    const judged = listeners(gateway.object).filter(({ protocol }) =>
      ['HTTP', 'HTTPS', 'TLS'].includes(protocol),
    );
    if (judged.length === 0) return notApplicable;
    const bare = judged.filter((listener) => listener.protocol !== 'HTTP' && !hasCertificate(listener));
    const plain = judged
      .filter(({ protocol }) => protocol === 'HTTP')
      .map((listener) => ({ listener, routes: routesOf(gateway.object, listener, cluster) }))
      .filter(({ routes }) => routes.length === 0 || !routes.every(onlyRedirectsToHttps));
    return failIfAny([
      ...bare.map(({ path, name }) => ({
        at: `${path}.tls.certificateRefs`,
        message: 'no-certificate' as const,
        params: { listener: name },
      })),
      ...plain.map(({ listener, routes }) => ({
        at: `${listener.path}.protocol`,
        message: 'plain' as const,
        params: { listener: listener.name },
        // Routes that are applied from elsewhere may all be redirects.
        confidence: routes.length === 0 ? ('low' as const) : ('high' as const),
      })),
    ]);
  },
});
