import { asArray, asObject, asObjects, asString } from './json.ts';
import type { KubernetesObject } from './object.ts';

/**
 * Annotations by which a controller or a load balancer in front terminates TLS with a certificate that the Ingress does not name, or
 * passes it through to the backend. Source: the reference of each controller.
 */
const ELSEWHERE: Readonly<Record<string, RegExp>> = {
  'alb.ingress.kubernetes.io/certificate-arn': /./,
  'alb.ingress.kubernetes.io/listen-ports': /HTTPS/,
  'networking.gke.io/managed-certificates': /./,
  'networking.gke.io/certmap': /./,
  'ingress.gcp.kubernetes.io/pre-shared-cert': /./,
  'appgw.ingress.kubernetes.io/appgw-ssl-certificate': /./,
  'appgw.ingress.kubernetes.io/ssl-certificate': /./,
  'nginx.ingress.kubernetes.io/ssl-passthrough': /^true$/i,
  // Documented for TLS that ends at a load balancer outside of the cluster.
  'nginx.ingress.kubernetes.io/force-ssl-redirect': /^true$/i,
  'ingress.kubernetes.io/ssl-passthrough': /^true$/i,
  'ingress.kubernetes.io/force-ssl-redirect': /^true$/i,
  'haproxy.org/ssl-passthrough': /^true$/i,
  'haproxy-ingress.github.io/ssl-passthrough': /^true$/i,
  'traefik.ingress.kubernetes.io/router.tls': /^true$/i,
  'traefik.ingress.kubernetes.io/router.entrypoints': /^(?:websecure|https)$/i,
  'route.openshift.io/termination': /^(?:edge|passthrough|reencrypt)$/i,
  'konghq.com/protocols': /^https$/i,
};

/** Ingress classes that serve nothing but TLS. */
const ALWAYS_TLS = new Set(['tailscale', 'cloudflare-tunnel']);

/** What says that TLS for an Ingress is settled outside of `spec.tls`: an annotation's or a class's name; undefined where nothing does. */
export function tlsElsewhere(ingress: KubernetesObject): string | undefined {
  const { annotations } = ingress;
  const className = asString(ingress.spec['ingressClassName']) ?? annotations['kubernetes.io/ingress.class'];
  if (className !== undefined && ALWAYS_TLS.has(className)) return className;
  return Object.keys(ELSEWHERE).find((name) => ELSEWHERE[name]!.test(annotations[name] ?? ''));
}

/** A canary takes host and TLS from the Ingress beside which it runs (ingress-nginx). */
export function isCanary(ingress: KubernetesObject): boolean {
  return ingress.annotations['nginx.ingress.kubernetes.io/canary']?.toLowerCase() === 'true';
}

export interface IngressHosts {
  readonly hasTls: boolean;
  /** Whether a rule or the default backend sends requests anywhere. */
  readonly routes: boolean;
  /** Rules for a named host that no TLS entry covers, with the host's field path. */
  readonly uncovered: readonly { readonly host: string; readonly path: string }[];
}

/**
 * Which hosts of an Ingress its TLS entries cover. An entry without hosts stands for every host of the load balancer
 * (k8s.io/api networking/v1 IngressTLS); a wildcard covers one label, as RFC 6125 section 6.4.3 says and as rules match.
 */
export function ingressHosts(ingress: KubernetesObject): IngressHosts {
  const { spec } = ingress;
  const entries = asObjects(spec['tls']);
  const names = new Set<string>();
  let coversAll = false;
  for (const entry of entries) {
    const hosts = asArray(entry['hosts']) ?? [];
    if (hosts.length === 0) coversAll = true;
    for (const host of hosts) if (typeof host === 'string') names.add(host.toLowerCase());
  }
  const rules = asObjects(spec['rules']);
  const uncovered = rules.flatMap((rule, index) => {
    const host = asString(rule['host']) ?? '';
    if (host === '' || coversAll || covers(names, host.toLowerCase())) return [];
    return [{ host, path: `spec.rules[${index}].host` }];
  });
  const backend = spec['defaultBackend'] ?? spec['backend'];
  return {
    hasTls: entries.length > 0,
    routes: rules.length > 0 || asObject(backend) !== undefined,
    uncovered,
  };
}

function covers(names: ReadonlySet<string>, host: string): boolean {
  if (names.has(host)) return true;
  const dot = host.indexOf('.');
  return dot > 0 && !host.startsWith('*') && names.has(`*${host.slice(dot)}`);
}
