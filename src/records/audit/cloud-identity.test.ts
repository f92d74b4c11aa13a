import { expect, it } from 'vitest';
import { entriesOf } from '../questions/entry.ts';
import { tell } from '../questions/fold.ts';
import { credentialKindOf } from '../questions/origins.ts';
import { auditRecord } from './audit-record.ts';

// The fields are those of EKS's control plane logs in CloudWatch.
const event = (extra: Record<string, string[]>) => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: 'a',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/prod/services/api',
  verb: 'delete',
  user: { username: 'kubernetes-admin', groups: ['system:masters'], extra },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: '2026-11-22T12:00:00.123456Z',
});

it('tells the IAM identity behind the name that all administrators of an EKS cluster share', () => {
  const arn = 'arn:aws:sts::111122223333:assumed-role/Admin/joe';
  const of = (extra: Record<string, string[]>) => {
    const made = auditRecord(event(extra), undefined, { cluster: '', inlet: '' });
    if (typeof made === 'string') throw new Error(made);
    return tell(entriesOf([made])[0]!);
  };
  const told = of({ arn: [arn], accessKeyId: ['ASIAEXAMPLE'], sessionName: ['joe'] });
  expect(told.entry.credential).toBe(`aws ${arn}`);
  expect(credentialKindOf(told.entry)).toBe('cloud-identity');
  expect(told.unknown.map(({ reason }) => reason)).not.toContain('subject-shared-credential');
  expect(of({}).unknown.map(({ reason }) => reason)).toContain('subject-shared-credential');
  const id = 'authentication.kubernetes.io/credential-id';
  expect(of({ arn: [arn], [id]: ['JTI=1'] }).entry.credential).toBe('token JTI=1');
});
