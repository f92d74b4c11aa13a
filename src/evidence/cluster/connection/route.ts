import { X509Certificate } from 'node:crypto';
import { KubeStrideError } from '../../../kubernetes/errors.ts';
import type { Route } from './agents.ts';
import { systemAuthorities } from './certificate.ts';
import { readCredentialFile } from './client-files.ts';
import type { KubeconfigCluster } from './kubeconfig.ts';
import type { Environment } from './load-kubeconfig.ts';
import { hostOf, portOf, proxyFor, proxyFromEnvironment } from './proxy.ts';

/**
 * How the cluster's server is reached and by what it is known.
 * @throws KubeStrideError `kubeconfig-field-invalid`, `kubeconfig-conflict`, `credential-file-…`, `proxy-variable-invalid`
 */
export async function routeTo(
  cluster: KubeconfigCluster,
  env: Environment,
  connectTimeout: number,
): Promise<Route> {
  const server = serverOf(cluster);
  const secure = server.protocol === 'https:';
  const own = await authorityOf(cluster, secure);
  if (secure && cluster.insecureSkipTlsVerify && own !== undefined) {
    const { name, file, certificateAuthority } = cluster;
    const given = certificateAuthority === '' ? 'certificate-authority-data' : 'certificate-authority';
    const fields = ['insecure-skip-tls-verify', given];
    throw new KubeStrideError('kubeconfig-conflict', { file, path: `clusters[${name}].cluster`, fields });
  }
  return {
    server,
    destination: { host: hostOf(server), port: portOf(server) },
    authorities: own === undefined ? systemWhereNeeded(server, env) : [own],
    insecure: cluster.insecureSkipTlsVerify,
    serverName: cluster.tlsServerName,
    proxy: proxyFor(server, cluster, env),
    connectTimeout,
  };
}

/** How an identity provider is reached: never through the cluster's own proxy, trusted by the system or its own CA. */
export function routeToProvider(
  url: URL,
  authority: Buffer | undefined,
  env: Environment,
  connectTimeout: number,
): Route {
  return {
    server: url,
    destination: { host: hostOf(url), port: portOf(url) },
    authorities: authority === undefined ? systemWhereNeeded(url, env) : [authority],
    insecure: false,
    serverName: '',
    proxy: proxyFromEnvironment(url, env),
    connectTimeout,
  };
}

function systemWhereNeeded(server: URL, env: Environment): string[] {
  return server.protocol === 'https:' ? systemAuthorities(env) : [];
}

/** As client-go's `DefaultServerURL`: host and port alone mean plain HTTP; path as a prefix, no query. */
function serverOf(cluster: KubeconfigCluster): URL {
  const { server, name, file } = cluster;
  const complete = /^[a-z][a-z0-9+.-]*:\/\//i.test(server);
  const text = complete ? server : `http://${server}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const misplaced = !complete && url?.pathname !== '/';
  if (url === undefined || misplaced || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    const path = `clusters[${name}].cluster.server`;
    throw new KubeStrideError('kubeconfig-field-invalid', { file, path, expected: 'server-url' });
  }
  url.search = '';
  url.hash = '';
  url.username = '';
  url.password = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** Where there is no TLS its content means nothing, but a file that is named has to be there all the same. */
async function authorityOf(cluster: KubeconfigCluster, secure: boolean): Promise<Buffer | undefined> {
  const { certificateAuthority: path, certificateAuthorityData: data, file, name } = cluster;
  if (data !== undefined) {
    if (holdsCertificates(data) || !secure) return data;
    const place = `clusters[${name}].cluster.certificate-authority-data`;
    throw new KubeStrideError('kubeconfig-field-invalid', { file, path: place, expected: 'certificate' });
  }
  if (path === '') return undefined;
  const field = 'certificate-authority';
  const content = await readCredentialFile({ path, field, kubeconfig: file, entry: name });
  if (holdsCertificates(content) || !secure) return content;
  throw new KubeStrideError('credential-file-invalid', { path, field, expected: 'certificate' });
}

export function holdsCertificates(pem: Buffer): boolean {
  try {
    // Reads the first one; OpenSSL reads the others when a connection is made.
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
