import { dirname, isAbsolute, resolve, sep } from 'node:path';
import type { Json } from '../../../kubernetes/json.ts';
import { KubeconfigFields } from './kubeconfig-fields.ts';

/** How a cluster is reached; names of the fields as in the kubeconfig (client-go `clientcmd/api/v1`). */
export interface KubeconfigCluster {
  readonly name: string;
  /** The kubeconfig that it is from. */
  readonly file: string;
  readonly server: string;
  readonly tlsServerName: string;
  readonly insecureSkipTlsVerify: boolean;
  /** Absolute path. */
  readonly certificateAuthority: string;
  readonly certificateAuthorityData: Buffer | undefined;
  readonly proxyUrl: string;
  readonly disableCompression: boolean;
  /** What the cluster says to exec plugins: its extension `client.authentication.k8s.io/exec`. */
  readonly execConfig: Json;
}

export interface ExecSettings {
  readonly apiVersion: string;
  /** A name to look up in PATH, or an absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: string;
}

export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: readonly (readonly [string, readonly string[]])[];
}

/** How a user logs in. Holds secrets: never part of a message, a log or an error. */
export interface KubeconfigUser {
  readonly name: string;
  readonly file: string;
  readonly clientCertificate: string;
  readonly clientCertificateData: Buffer | undefined;
  readonly clientKey: string;
  readonly clientKeyData: Buffer | undefined;
  readonly token: string;
  readonly tokenFile: string;
  readonly username: string;
  readonly password: string;
  readonly impersonation: Impersonation;
  readonly authProvider: { readonly name: string; readonly config: ReadonlyMap<string, string> } | undefined;
  readonly exec: ExecSettings | undefined;
}

export interface KubeconfigContext {
  readonly name: string;
  readonly file: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
}

export interface Kubeconfig {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, KubeconfigCluster>;
  readonly users: ReadonlyMap<string, KubeconfigUser>;
  readonly contexts: ReadonlyMap<string, KubeconfigContext>;
}

const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';

/**
 * One kubeconfig file. Relative paths in it count from its folder.
 * @throws KubeStrideError `kubeconfig-field-invalid`
 */
export function decodeKubeconfig(root: KubeconfigFields, file: string): Kubeconfig {
  const folder = dirname(file);
  const inFolder = (path: string): string => (path === '' || isAbsolute(path) ? path : resolve(folder, path));
  return {
    currentContext: root.text('current-context'),
    clusters: named(root, 'clusters', 'cluster', (name, fields) => ({
      name,
      file,
      server: fields.text('server'),
      tlsServerName: fields.text('tls-server-name'),
      insecureSkipTlsVerify: fields.flag('insecure-skip-tls-verify'),
      certificateAuthority: inFolder(fields.text('certificate-authority')),
      certificateAuthorityData: fields.bytes('certificate-authority-data'),
      proxyUrl: fields.text('proxy-url'),
      disableCompression: fields.flag('disable-compression'),
      execConfig:
        fields
          .objects('extensions')
          .find((extension) => extension.text('name') === EXEC_EXTENSION)
          ?.json('extension') ?? null,
    })),
    users: named(root, 'users', 'user', (name, fields) => ({
      name,
      file,
      clientCertificate: inFolder(fields.text('client-certificate')),
      clientCertificateData: fields.bytes('client-certificate-data'),
      clientKey: inFolder(fields.text('client-key')),
      clientKeyData: fields.bytes('client-key-data'),
      token: fields.text('token'),
      tokenFile: inFolder(fields.text('tokenFile')),
      username: fields.text('username'),
      password: fields.text('password'),
      impersonation: {
        user: fields.text('as'),
        uid: fields.text('as-uid'),
        groups: fields.texts('as-groups'),
        extra: fields.textLists('as-user-extra'),
      },
      authProvider: authProviderOf(fields.object('auth-provider')),
      exec: execOf(fields.object('exec'), inFolder),
    })),
    contexts: named(root, 'contexts', 'context', (name, fields) => ({
      name,
      file,
      cluster: fields.text('cluster'),
      user: fields.text('user'),
      namespace: fields.text('namespace'),
    })),
  };
}

function authProviderOf(fields: KubeconfigFields | undefined): KubeconfigUser['authProvider'] {
  return fields && { name: fields.text('name'), config: fields.textMap('config') };
}

function execOf(
  fields: KubeconfigFields | undefined,
  inFolder: (path: string) => string,
): ExecSettings | undefined {
  if (fields === undefined) return undefined;
  const command = fields.text('command');
  const apiVersion = fields.text('apiVersion');
  // The default of the versions before v1, which demands the field.
  const fallback = /^client\.authentication\.k8s\.io\/v1(alpha|beta)1$/.test(apiVersion) ? 'IfAvailable' : '';
  return {
    apiVersion,
    // A bare name is looked up in PATH, everything with a separator is a path.
    command: command.includes(sep) ? inFolder(command) : command,
    args: fields.texts('args'),
    env: fields.objects('env').map((entry) => ({ name: entry.text('name'), value: entry.text('value') })),
    installHint: fields.text('installHint'),
    provideClusterInfo: fields.flag('provideClusterInfo'),
    interactiveMode: fields.text('interactiveMode') || fallback,
  };
}

function named<T>(
  root: KubeconfigFields,
  list: string,
  field: string,
  decode: (name: string, fields: KubeconfigFields) => T,
): Map<string, T> {
  const entries = new Map<string, T>();
  for (const entry of root.objects(list, 'name')) {
    const name = entry.text('name');
    if (entries.has(name)) entry.refuse('name', 'unique-name');
    entries.set(name, decode(name, entry.object(field) ?? new KubeconfigFields({}, field, '')));
  }
  return entries;
}

/** Of several files the first that names an entry or the current context wins, whole entries at a time. */
export function mergeKubeconfigs(all: readonly Kubeconfig[]): Kubeconfig {
  const lastToFirst = all.toReversed();
  return {
    currentContext: all.find(({ currentContext }) => currentContext !== '')?.currentContext ?? '',
    clusters: new Map(lastToFirst.flatMap(({ clusters }) => [...clusters])),
    users: new Map(lastToFirst.flatMap(({ users }) => [...users])),
    contexts: new Map(lastToFirst.flatMap(({ contexts }) => [...contexts])),
  };
}
