import { type KubeconfigExpectation, KubeStrideError } from '../../../kubernetes/errors.ts';
import { nearest } from '../../../kubernetes/spelling.ts';
import { inClusterTarget } from './in-cluster.ts';
import type { KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig.ts';
import { type Environment, type LoadedKubeconfig, loadKubeconfig } from './load-kubeconfig.ts';

/** Which API server is meant and as whom it is asked, complete and free of contradictions. */
export interface Target {
  /** Name of the kubeconfig's context; undefined inside of a cluster. */
  readonly context: string | undefined;
  readonly namespace: string | undefined;
  readonly cluster: KubeconfigCluster;
  readonly user: KubeconfigUser;
}

/** A user of whom nothing is known, as kubectl takes where a context names none. */
const NOBODY: KubeconfigUser = {
  name: '',
  file: '',
  clientCertificate: '',
  clientCertificateData: undefined,
  clientKey: '',
  clientKeyData: undefined,
  token: '',
  tokenFile: '',
  username: '',
  password: '',
  impersonation: { user: '', uid: '', groups: [], extra: [] },
  authProvider: undefined,
  exec: undefined,
};

export interface TargetOptions {
  /** Path given by `--kubeconfig`. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly env: Environment;
  readonly cwd: string;
  /** Where a pod finds its service account. */
  readonly serviceAccountFolder?: string | undefined;
}

/**
 * The context that is asked for, else the current one, else the cluster around this process.
 * @throws KubeStrideError `kubeconfig-…`, `context-…`, `no-…`
 */
export async function findTarget(options: TargetOptions): Promise<Target> {
  const { env, cwd } = options;
  const config = await loadKubeconfig(options.kubeconfig, env, cwd);
  const name = options.context || config.currentContext;
  if (name !== '') return targetOf(name, config);
  const inside = !options.kubeconfig && (await inClusterTarget(env, options.serviceAccountFolder));
  if (inside) return { ...inside, context: undefined, user: { ...NOBODY, ...inside.user } };
  const files = config.looked;
  if (!config.found) throw new KubeStrideError('no-cluster-configured', { files });
  throw new KubeStrideError('no-current-context', { files, contexts: [...config.contexts.keys()] });
}

function targetOf(name: string, config: LoadedKubeconfig): Target {
  const context = config.contexts.get(name);
  if (context === undefined) {
    if (!config.found) throw new KubeStrideError('no-cluster-configured', { files: config.looked });
    throw new KubeStrideError('context-not-found', {
      context: name,
      files: config.looked,
      near: nearest(name, config.contexts.keys()),
      contexts: [...config.contexts.keys()],
    });
  }
  const cluster = referred(context, 'cluster', config.clusters);
  const user = context.user === '' ? NOBODY : referred(context, 'user', config.users);
  checkCluster(cluster);
  checkUser(user);
  return { context: name, namespace: context.namespace || undefined, cluster, user };
}

function referred<T>(context: KubeconfigContext, field: 'cluster' | 'user', all: ReadonlyMap<string, T>): T {
  const found = all.get(context[field]);
  if (found !== undefined) return found;
  throw new KubeStrideError('context-refers-to-nothing', {
    file: context.file,
    context: context.name,
    field,
    name: context[field],
    near: nearest(context[field], all.keys()),
  });
}

/** As client-go's `validateClusterInfo`. */
function checkCluster(cluster: KubeconfigCluster): void {
  const { name, file, certificateAuthority, certificateAuthorityData } = cluster;
  const path = `clusters[${name}].cluster`;
  if (cluster.server === '') refuse(file, `${path}.server`, 'required');
  if (certificateAuthority !== '' && certificateAuthorityData !== undefined) {
    conflict(file, path, ['certificate-authority', 'certificate-authority-data']);
  }
}

/** As client-go's `validateAuthInfo`. */
function checkUser(user: KubeconfigUser): void {
  const { file, exec } = user;
  const path = `users[${user.name}].user`;
  if (user.token !== '' && (user.username !== '' || user.password !== '')) {
    conflict(file, path, ['token', user.username === '' ? 'password' : 'username']);
  }
  const hasCertificate = user.clientCertificate !== '' || user.clientCertificateData !== undefined;
  if (hasCertificate) {
    if (user.clientCertificate !== '' && user.clientCertificateData !== undefined) {
      conflict(file, path, ['client-certificate', 'client-certificate-data']);
    }
    if (user.clientKey !== '' && user.clientKeyData !== undefined) {
      conflict(file, path, ['client-key', 'client-key-data']);
    }
    if (user.clientKey === '' && user.clientKeyData === undefined) {
      refuse(file, `${path}.client-key`, 'required');
    }
  }
  if (exec !== undefined) {
    if (user.authProvider !== undefined) conflict(file, path, ['exec', 'auth-provider']);
    if (exec.command === '') refuse(file, `${path}.exec.command`, 'required');
    if (exec.apiVersion === '') refuse(file, `${path}.exec.apiVersion`, 'required');
    if (exec.env.some(({ name }) => name === '')) refuse(file, `${path}.exec.env`, 'required');
    if (!['Never', 'IfAvailable', 'Always'].includes(exec.interactiveMode)) {
      refuse(file, `${path}.exec.interactiveMode`, 'interactive-mode');
    }
  }
  const { uid, groups, extra } = user.impersonation;
  if (user.impersonation.user === '' && (uid !== '' || groups.length > 0 || extra.length > 0)) {
    refuse(file, `${path}.as`, 'required');
  }
}

function refuse(file: string, path: string, expected: KubeconfigExpectation): never {
  throw new KubeStrideError('kubeconfig-field-invalid', { file, path, expected });
}

function conflict(file: string, path: string, fields: readonly string[]): never {
  throw new KubeStrideError('kubeconfig-conflict', { file, path, fields });
}
