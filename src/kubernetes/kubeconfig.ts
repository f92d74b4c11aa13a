import { fileName } from './authorization-setup.ts';
import {
  type CertificateSubject,
  certificateSubject,
  decodeBase64,
  pemCertificates,
} from './certificate-subject.ts';
import { child, item, parseFieldPath } from './field-path.ts';
import { asArray, asObject, asString, isObject, type Json, type JsonObject } from './json.ts';
import type { KubernetesObject } from './object.ts';
import { readYaml } from './yaml/index.ts';

/** Whom a kubeconfig logs in as. */
export interface KubeconfigUser {
  readonly name: string;
  /** Of the client certificate that stands in the kubeconfig itself. */
  readonly certificate: CertificateSubject | undefined;
  /** Field path of the certificate, as exactly as the object that holds the kubeconfig lets it be told. */
  readonly path: string;
  /** Whether the private key stands there as well, so that nothing else is needed to log in. */
  readonly hasKey: boolean;
}

export interface KubeconfigCluster {
  readonly name: string;
  readonly server: string;
  /** Whether the server's certificate is not looked at. */
  readonly skipsVerification: boolean;
  readonly path: string;
}

/** A kubeconfig (client-go tools/clientcmd/api/v1): a file of its own, or text in a ConfigMap or a Secret. */
export interface Kubeconfig {
  readonly object: KubernetesObject;
  /** Field path of the text; empty for a file of its own. */
  readonly path: string;
  readonly users: readonly KubeconfigUser[];
  readonly clusters: readonly KubeconfigCluster[];
  /** True where the name says that it is one, and its text was not kept. */
  readonly isHidden: boolean;
}

/** Whether a document is a kubeconfig that neither names a server nor logs in anybody, such as a new one. */
export function isEmptyKubeconfig(value: JsonObject): boolean {
  const isEmpty = (list: Json | undefined) => (asArray(list) ?? []).length === 0;
  return isKubeconfig(value) && isEmpty(value['clusters']) && isEmpty(value['users']);
}

/** The name of the file that holds a kubeconfig, or would hold it where its ConfigMap or Secret is mounted. */
export function kubeconfigFile({ object, path }: Kubeconfig): string {
  return path === '' ? fileName(object.origin.file.path) : String(parseFieldPath(path).at(-1));
}

function isKubeconfig(value: JsonObject): boolean {
  return value['kind'] === 'Config' && value['apiVersion'] === 'v1' && Array.isArray(value['clusters']);
}

/** The kubeconfigs that an object is or holds. */
export function kubeconfigs(object: KubernetesObject): Kubeconfig[] {
  const { raw } = object;
  if (object.group !== '') return [];
  switch (object.kind) {
    case 'Config':
      return isKubeconfig(raw) ? [read(object, raw, '')] : [];
    case 'ConfigMap':
      return entries(raw['data']).flatMap(([key, text]) => held(object, child('data', key), text));
    case 'Secret':
      return secretKubeconfigs(object);
    default:
      return [];
  }
}

/** Types of Secrets whose values are of another form, some of them large. */
const OTHER_SECRETS = /^(?:helm\.sh\/|kubernetes\.io\/|bootstrap\.kubernetes\.io\/)/;
/** Keys under which tools keep a kubeconfig, for Secrets whose values are not kept. */
const USUAL_KEY = /(?:^|[._-])kubeconfig$|^(?:super-)?admin\.conf$/i;
/** Cluster API: Secret `<cluster>-kubeconfig`, key `value`. */
const CLUSTER_API = 'cluster.x-k8s.io/secret';

function secretKubeconfigs(object: KubernetesObject): Kubeconfig[] {
  const type = asString(object.raw['type']) ?? '';
  if (OTHER_SECRETS.test(type)) return [];
  const isUsual = (key: string) =>
    USUAL_KEY.test(key) || (type === CLUSTER_API && key === 'value' && object.name.endsWith('-kubeconfig'));
  const found = (field: string, key: string, text: string | undefined): Kubeconfig[] => {
    const path = child(field, key);
    if (text === '' && isUsual(key)) return [{ object, path, users: [], clusters: [], isHidden: true }];
    return held(object, path, text ?? '');
  };
  return [
    ...entries(object.raw['data']).flatMap(([key, value]) =>
      found('data', key, value.length > LONGEST_TEXT ? undefined : decodeBase64(value)),
    ),
    ...entries(object.raw['stringData']).flatMap(([key, value]) => found('stringData', key, value)),
  ];
}

const LONGEST_TEXT = 1 << 18;
const LOOKS_LIKE_ONE = /\bkind["']?\s{0,8}:\s{0,8}["']?Config\b/;

function held(object: KubernetesObject, path: string, text: string): Kubeconfig[] {
  if (text.length > LONGEST_TEXT || !LOOKS_LIKE_ONE.test(text)) return [];
  for (const { value } of readYaml(new TextEncoder().encode(text))) {
    if (isObject(value) && isKubeconfig(value)) return [read(object, value, path)];
  }
  return [];
}

/** @param holder field path of the text that holds it; empty where the object itself is the kubeconfig */
function read(object: KubernetesObject, raw: JsonObject, holder: string): Kubeconfig {
  const at = (path: string) => (holder === '' ? path : holder);
  const users = (asArray(raw['users']) ?? []).map((entry, index) => {
    const user = asObject(asObject(entry)?.['user']) ?? {};
    const pem = decodeBase64(asString(user['client-certificate-data']) ?? '');
    const [certificate] = pem === undefined ? [] : pemCertificates(pem);
    return {
      name: asString(asObject(entry)?.['name']) ?? '',
      certificate: certificate === undefined ? undefined : certificateSubject(certificate),
      path: at(`${item('users', index)}.user.client-certificate-data`),
      hasKey: (asString(user['client-key-data']) ?? '') !== '',
    };
  });
  const clusters = (asArray(raw['clusters']) ?? []).map((entry, index) => {
    const cluster = asObject(asObject(entry)?.['cluster']) ?? {};
    return {
      name: asString(asObject(entry)?.['name']) ?? '',
      server: asString(cluster['server']) ?? '',
      skipsVerification: cluster['insecure-skip-tls-verify'] === true,
      path: at(`${item('clusters', index)}.cluster`),
    };
  });
  return { object, path: holder, users, clusters, isHidden: false };
}

function entries(map: Json | undefined): [string, string][] {
  return Object.entries(asObject(map) ?? {}).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[key, value]] : [],
  );
}
