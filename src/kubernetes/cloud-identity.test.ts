import { expect, test } from 'vitest';
import { cloudIdentityOf, soundsPowerful } from './cloud-identity.ts';
import { KubernetesObject } from './object.ts';
import { ServiceAccount } from './service-account.ts';

function identity(annotations: Record<string, string>) {
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
  const raw = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a', annotations } };
  return cloudIdentityOf(new ServiceAccount(new KubernetesObject(raw, origin)));
}

test('reads the annotations of the clouds', () => {
  expect(identity({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/a' })?.identity).toBe(
    'arn:aws:iam::1:role/a',
  );
  expect(identity({ 'iam.gke.io/gcp-service-account': 'a@b.iam.gserviceaccount.com' })).toBeDefined();
  expect(identity({ 'azure.workload.identity/client-id': ' ' })).toBeUndefined();
  expect(identity({ 'example.com/role-arn': 'a' })).toBeUndefined();
});

test.each([
  ['arn:aws:iam::1:role/prod-admin', true],
  ['arn:aws:iam::1:role/HolyDataPipelineAdministrator', true],
  ['arn:aws:iam::1:role/AWSReservedSSO_AdministratorAccess_0123', true],
  ['arn:aws:iam::1:role/PowerUserAccess', true],
  ['project-owner@b.iam.gserviceaccount.com', true],
  ['arn:aws:iam::1:role/badminton-scores', false],
  ['arn:aws:iam::1:role/AdministrationReports', false],
  ['arn:aws:iam::1:role/ebs-csi', false],
])('%s', (name, powerful) => {
  expect(soundsPowerful({ annotation: '', identity: name })).toBe(powerful);
});
