import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificateRequest, type Issued, issue } from './certificates.ts';

const AUTHORITIES = {
  ca: 'kubernetes-ca',
  'etcd-ca': 'etcd-ca',
  'front-proxy-ca': 'front-proxy-ca',
} as const;
export type AuthorityName = keyof typeof AUTHORITIES;

const LOOPBACK = ['127.0.0.1', 'localhost'];

/** Certificates as kubeadm names them, by file name. */
const CERTIFICATES: Readonly<Record<string, CertificateRequest & { readonly authority: AuthorityName }>> = {
  apiserver: {
    authority: 'ca',
    commonName: 'kube-apiserver',
    usages: ['server'],
    hosts: [
      ...LOOPBACK,
      '10.96.0.1',
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
    ],
  },
  etcd: { authority: 'etcd-ca', commonName: 'etcd', usages: ['server', 'client'], hosts: LOOPBACK },
  'etcd-client': { authority: 'etcd-ca', commonName: 'kube-apiserver-etcd-client', usages: ['client'] },
  'front-proxy-client': { authority: 'front-proxy-ca', commonName: 'front-proxy-client', usages: ['client'] },
  'kubelet-client': {
    authority: 'ca',
    commonName: 'kube-apiserver-kubelet-client',
    organizations: ['kubeadm:cluster-admins'],
    usages: ['client'],
  },
  kwok: {
    authority: 'ca',
    commonName: 'system:kwok',
    organizations: ['system:masters'],
    usages: ['server', 'client'],
    hosts: LOOPBACK,
  },
  admin: { authority: 'ca', commonName: 'admin', organizations: ['system:masters'], usages: ['client'] },
  kcm: { authority: 'ca', commonName: 'system:kube-controller-manager', usages: ['client'] },
  scheduler: { authority: 'ca', commonName: 'system:kube-scheduler', usages: ['client'] },
};

/** The key of encryption at rest, 32 bytes in base64, kept beside the certificates so that a restart reads old data. */
export const ENCRYPTION_KEY = 'encryption.key';

const authorities = new Map<string, { commonName: string; key: ReturnType<typeof createPrivateKey> }>();

/** Issues a certificate that an authority of this PKI signs: for clients and servers of tests, also expired ones. */
export function issueFrom(pki: string, request: CertificateRequest, name: AuthorityName = 'ca'): Issued {
  const path = join(pki, `${name}.key`);
  const authority = authorities.get(path) ?? {
    commonName: AUTHORITIES[name],
    key: createPrivateKey(readFileSync(path)),
  };
  authorities.set(path, authority);
  return issue(request, { ...authority, publicKey: createPublicKey(authority.key) });
}

function write(pki: string, name: string, { certificate, key }: Issued): void {
  writeFileSync(join(pki, `${name}.crt`), certificate);
  writeFileSync(join(pki, `${name}.key`), key, { mode: 0o600 });
}

/** Makes all certificates and keys of a cluster in the folder `pki`, unless they are there. */
export function makePki(pki: string): void {
  const done = join(pki, 'done');
  if (existsSync(done)) return;
  mkdirSync(pki, { recursive: true, mode: 0o700 });
  for (const [name, commonName] of Object.entries(AUTHORITIES)) write(pki, name, issue({ commonName }));
  for (const [name, { authority, ...request }] of Object.entries(CERTIFICATES)) {
    write(pki, name, issueFrom(pki, request, authority));
  }
  const accounts = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(pki, 'sa.key'), accounts.privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  });
  writeFileSync(join(pki, 'sa.pub'), accounts.publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(pki, ENCRYPTION_KEY), randomBytes(32).toString('base64'), { mode: 0o600 });
  writeFileSync(done, '');
}
