import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { entriesOf } from '../questions/entry.ts';
import { tell } from '../questions/fold.ts';
import { auditRecord } from './audit-record.ts';

const TRIAL = '/apis/apps/v1/namespaces/shop/deployments/web?dryRun=All';

function told(verb: string, uri: string, more: JsonObject = {}, resource = 'deployments', subresource = '') {
  const event: JsonObject = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: 'a',
    stage: 'ResponseComplete',
    requestURI: uri,
    verb,
    user: { username: 'quinn' },
    objectRef: { resource, subresource, namespace: 'shop', name: 'web' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-11-22T10:00:00.000000Z',
    stageTimestamp: '2026-11-22T10:00:00.000000Z',
    annotations: { 'authorization.k8s.io/decision': 'allow' },
    ...more,
  };
  const made = auditRecord(event, undefined, { cluster: '', inlet: '' });
  if (typeof made === 'string') throw new Error(made);
  const { entry, unknown } = tell(entriesOf([made])[0]!);
  return { outcome: entry.outcome, unknown: unknown.map(({ reason }) => reason) };
}

describe('what was only tried', () => {
  it.each(['create', 'update', 'patch'])('%s with dryRun=All did nothing, whatever the level', (verb) => {
    expect(told(verb, TRIAL).outcome).toBe('dry-run');
    expect(told(verb, '/apis/apps/v1/namespaces/shop/deployments/web').outcome).toBe('done');
    expect(told(verb, `${TRIAL}x`).outcome).toBe('done');
  });

  it('believes the body of a deletion rather than its query, as the API server does', () => {
    const body = { level: 'Request', requestObject: { kind: 'DeleteOptions', dryRun: ['All'] } };
    expect(told('delete', '/api/v1/namespaces/shop/pods/web', body).outcome).toBe('dry-run');
    const overruled = { level: 'Request', requestObject: { kind: 'DeleteOptions' } };
    expect(told('delete', TRIAL, overruled).outcome).toBe('done');
    expect(told('delete', TRIAL, { level: 'Request' }).outcome).toBe('dry-run');
  });

  it('leaves open what the query of a deletion meant where bodies are not recorded', () => {
    const { outcome, unknown } = told('delete', TRIAL);
    expect(outcome).toBe('done');
    expect(unknown).toContain('dry-run-not-told');
  });

  it('takes no token and no stream for a trial, which both read no dryRun', () => {
    expect(told('create', `${TRIAL}`, {}, 'serviceaccounts', 'token').outcome).toBe('done');
    expect(told('create', '/x?command=sh&dryRun=All', {}, 'pods', 'exec').outcome).toBe('done');
  });

  it('reads the options that an eviction holds', () => {
    const requestObject = { kind: 'Eviction', deleteOptions: { dryRun: ['All'] } };
    expect(told('create', '/x', { level: 'Request', requestObject }, 'pods', 'eviction').outcome).toBe(
      'dry-run',
    );
  });
});
