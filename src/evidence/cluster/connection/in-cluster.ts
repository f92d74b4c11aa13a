import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig.ts';
import type { Environment } from './load-kubeconfig.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

interface InCluster {
  readonly namespace: string | undefined;
  readonly cluster: KubeconfigCluster;
  readonly user: Pick<KubeconfigUser, 'name' | 'file' | 'tokenFile'>;
}

/**
 * The API server of the cluster in which this process is a pod, asked as the pod's service account; undefined outside.
 * As client-go's `InClusterConfig` and `inClusterClientConfig`.
 */
export async function inClusterTarget(
  env: Environment,
  folder: string = SERVICE_ACCOUNT,
): Promise<InCluster | undefined> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  const tokenFile = join(folder, 'token');
  if (!host || !port || !(await isFile(tokenFile))) return undefined;
  const authority = join(folder, 'ca.crt');
  const namespace = (await readFile(join(folder, 'namespace'), 'utf8').catch(() => '')).trim();
  return {
    namespace: env['POD_NAMESPACE'] || namespace || undefined,
    cluster: {
      name: 'in-cluster',
      file: folder,
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      tlsServerName: '',
      insecureSkipTlsVerify: false,
      // Without the file the system's authorities decide, as client-go has it.
      certificateAuthority: (await isFile(authority)) ? authority : '',
      certificateAuthorityData: undefined,
      proxyUrl: '',
      // The API server is near: compressing would cost both sides more than it saves.
      disableCompression: true,
      execConfig: null,
    },
    user: { name: 'service account', file: folder, tokenFile },
  };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
