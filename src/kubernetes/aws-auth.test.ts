import { expect, test } from 'vitest';
import { awsAuthOf } from './aws-auth.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';

function mapped(data: JsonObject, metadata: JsonObject = { name: 'aws-auth', namespace: 'kube-system' }) {
  const origin = {
    file: { path: 'a.yaml' },
    document: 0,
    start: 0,
    end: 0,
    line: 1,
    column: 1,
    format: 'yaml' as const,
    within: '',
  };
  return awsAuthOf(new KubernetesObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, origin));
}

// The format that the EKS user guide shows.
const ROLES = `- rolearn: arn:aws:iam::111122223333:role/nodes
  username: system:node:{{EC2PrivateDNSName}}
  groups:
    - system:bootstrappers
    - system:nodes
`;
const USERS = `- userarn: arn:aws:iam::111122223333:user/ann
  username: ann
  groups: [system:masters]
`;

test('reads roles and users', () => {
  expect(mapped({ mapRoles: ROLES, mapUsers: USERS })).toEqual({
    identities: [
      {
        arn: 'arn:aws:iam::111122223333:role/nodes',
        groups: ['system:bootstrappers', 'system:nodes'],
        path: 'data.mapRoles',
      },
      { arn: 'arn:aws:iam::111122223333:user/ann', groups: ['system:masters'], path: 'data.mapUsers' },
    ],
    unreadable: [],
  });
});

test('says what it cannot read, and takes nothing else for it', () => {
  expect(mapped({ mapRoles: 'a: [', mapUsers: 'b: c' })?.unreadable).toEqual([
    'data.mapRoles',
    'data.mapUsers',
  ]);
  expect(mapped({ mapRoles: '', mapUsers: '[7, {groups: 7}]' })?.identities).toEqual([
    { arn: '', groups: [], path: 'data.mapUsers' },
    { arn: '', groups: [], path: 'data.mapUsers' },
  ]);
  expect(mapped({ mapRoles: ROLES }, { name: 'aws-auth', namespace: 'shop' })).toBeUndefined();
  expect(mapped({ mapRoles: ROLES }, { name: 'coredns', namespace: 'kube-system' })).toBeUndefined();
});
