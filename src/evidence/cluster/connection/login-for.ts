import { KubeStrideError } from '../../../kubernetes/errors.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Route } from './agents.ts';
import { ExecLogin } from './exec-login.ts';
import { identityProvider } from './identity-provider.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig.ts';
import type { Environment } from './load-kubeconfig.ts';
import { KubeconfigLogin, Login, type LoginSource } from './login.ts';
import { OidcLogin } from './oidc-login.ts';
import type { Notice, Timeouts } from './options.ts';
import type { Target } from './target.ts';

export interface LoginOptions {
  readonly env: Environment;
  readonly cwd: string;
  readonly terminal: boolean;
  readonly timeouts: Timeouts;
  readonly now: () => number;
  readonly onNotice: (notice: Notice) => void;
}

/**
 * The user's way of logging in, in the order in which client-go lets one way override another: token, password, then
 * what a plugin or provider gives; a plugin is not asked where there is a client certificate.
 * @throws KubeStrideError `kubeconfig-conflict`, `kubeconfig-field-invalid`, `auth-provider-unknown`, `plugin-version-unknown`
 */
export function loginFor({ user, cluster }: Target, route: Route, options: LoginOptions): LoginSource {
  // Without TLS anyone on the way could read them; kubectl sends none either.
  if (route.server.protocol === 'http:') return NO_LOGIN;
  if (user.tokenFile !== '' && (user.username !== '' || user.password !== '')) {
    const fields = ['tokenFile', user.username === '' ? 'password' : 'username'];
    const path = `users[${user.name}].user`;
    throw new KubeStrideError('kubeconfig-conflict', { file: user.file, path, fields });
  }
  const own = new KubeconfigLogin(user, options.now);
  if (user.authProvider !== undefined) return providerLogin(user, user.authProvider, own, options);
  const { exec } = user;
  if (exec === undefined) return own;
  const plugin = new ExecLogin({
    ...options,
    exec,
    user: user.name,
    cluster: execCluster(cluster, route),
    timeout: options.timeouts.plugin,
    onLine: (line) => options.onNotice({ code: 'plugin-said', command: exec.command, line }),
  });
  return hasOwnProof(user) ? own : plugin;
}

const NOTHING = new Login(undefined, undefined);
const NO_LOGIN: LoginSource = {
  current: async () => NOTHING,
  renew: async () => undefined,
  close: () => {},
};

function hasOwnProof(user: KubeconfigUser): boolean {
  const texts = [user.token, user.tokenFile, user.username, user.password, user.clientCertificate];
  return texts.some((text) => text !== '') || user.clientCertificateData !== undefined;
}

function providerLogin(
  user: KubeconfigUser,
  provider: NonNullable<KubeconfigUser['authProvider']>,
  other: LoginSource,
  options: LoginOptions,
): LoginSource {
  const { name, file } = user;
  if (provider.name !== 'oidc') {
    throw new KubeStrideError('auth-provider-unknown', { file, user: name, provider: provider.name });
  }
  return new OidcLogin({
    config: provider.config,
    user: name,
    file,
    other,
    ask: identityProvider(user, provider.config, options.env, options.timeouts),
    now: options.now,
    onReplaced: () => options.onNotice({ code: 'refresh-token-replaced', user: name, file }),
  });
}

/** What a plugin that asks for it is told: `Cluster` of client.authentication.k8s.io/v1. */
function execCluster(cluster: KubeconfigCluster, route: Route): JsonObject {
  const authority =
    cluster.certificateAuthorityData ?? (cluster.certificateAuthority && route.authorities[0]);
  return {
    server: cluster.server,
    ...(cluster.tlsServerName !== '' && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(authority && { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
    ...(cluster.proxyUrl !== '' && { 'proxy-url': cluster.proxyUrl }),
    ...(cluster.disableCompression && { 'disable-compression': true }),
    config: cluster.execConfig,
  };
}
