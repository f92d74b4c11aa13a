import { parseImage } from './images.ts';
import type { KubernetesObject } from './object.ts';
import type { Container } from './workload.ts';

/**
 * Annotations by which a controller asks clients who they are before it lets a request through, with the values that do so. Source: the
 * reference of each controller.
 */
const ASKING: Readonly<Record<string, RegExp>> = {
  'nginx.ingress.kubernetes.io/auth-url': /./,
  'nginx.ingress.kubernetes.io/auth-type': /^(?:basic|digest)$/i,
  'nginx.ingress.kubernetes.io/auth-tls-secret': /./,
  'nginx.ingress.kubernetes.io/configuration-snippet': /\bauth_(?:request|basic|jwt)\b/,
  'nginx.ingress.kubernetes.io/server-snippet': /\bauth_(?:request|basic|jwt)\b/,
  'nginx.org/basic-auth-secret': /./,
  'nginx.org/jwt-key': /./,
  'nginx.com/jwt-key': /./,
  'ingress.kubernetes.io/auth-type': /./,
  'ingress.kubernetes.io/auth-url': /./,
  'ingress.kubernetes.io/auth-tls-secret': /./,
  'haproxy.org/auth-type': /./,
  'haproxy.org/client-ca': /./,
  'haproxy-ingress.github.io/auth-url': /./,
  'haproxy-ingress.github.io/auth-secret': /./,
  'haproxy-ingress.github.io/auth-tls-secret': /./,
  'haproxy-ingress.github.io/oauth': /./,
  'alb.ingress.kubernetes.io/auth-type': /^(?:oidc|cognito)$/,
  'alb.ingress.kubernetes.io/jwt-validation': /./,
  'alb.ingress.kubernetes.io/mutual-authentication': /"mode"\s*:\s*"(?:verify|passthrough)"/,
  'k8s.apisix.apache.org/auth-type': /./,
  'traefik.ingress.kubernetes.io/auth-type': /./,
};

/** The value by which ingress-nginx does not look at client certificates that it would ask for. */
const NOT_VERIFIED = /^(?:off|optional|optional_no_ca)$/;

/** The annotation of an Ingress that has clients asked who they are; undefined where none does. */
export function askingAnnotation({ annotations }: KubernetesObject): string | undefined {
  return Object.keys(ASKING).find((name) => {
    if (!ASKING[name]!.test(annotations[name] ?? '')) return false;
    const isOfCertificates = name === 'nginx.ingress.kubernetes.io/auth-tls-secret';
    return (
      !isOfCertificates ||
      !NOT_VERIFIED.test(annotations['nginx.ingress.kubernetes.io/auth-tls-verify-client'] ?? '')
    );
  });
}

/** Last parts of the images of programs that ask who is there: proxies that stand before another program, and providers of identities. */
const ASKERS = new Set([
  'authelia',
  'authentik',
  'dex',
  'gatekeeper',
  'gogatekeeper',
  'hydra',
  'keycloak',
  'keycloak-gatekeeper',
  'keycloakx',
  'kube-rbac-proxy',
  'louketo-proxy',
  'oathkeeper',
  'oauth-proxy',
  'oauth2-proxy',
  'oauth2_proxy',
  'oidc-authservice',
  'ose-oauth-proxy',
  'pomerium',
  'tailscale',
  'traefik-forward-auth',
  'vouch-proxy',
  'zitadel',
]);

/** The name of the program where a container runs one whose work it is to ask clients who they are. */
export function askingProxy(container: Container): string | undefined {
  if (!container.isLongRunning) return undefined;
  const repository = parseImage(container.image)?.repository ?? '';
  const last = repository.slice(repository.lastIndexOf('/') + 1);
  if (repository.startsWith('openpolicyagent/')) return undefined;
  return ASKERS.has(last) || repository.startsWith('goauthentik/') ? last : undefined;
}

/** Plugins of Kong that ask who is there (its plugin hub, category authentication). */
export const ASKING_PLUGINS: ReadonlySet<string> = new Set([
  'basic-auth',
  'hmac-auth',
  'header-cert-auth',
  'jwt',
  'jwt-signer',
  'key-auth',
  'key-auth-enc',
  'ldap-auth',
  'ldap-auth-advanced',
  'mtls-auth',
  'oauth2',
  'oauth2-introspection',
  'openid-connect',
  'saml',
  'session',
  'vault-auth',
]);

/** Parts of a Middleware of Traefik that ask who is there. */
export const ASKING_MIDDLEWARES = ['forwardAuth', 'basicAuth', 'digestAuth', 'oidc', 'jwt', 'apiKey', 'ldap'];
