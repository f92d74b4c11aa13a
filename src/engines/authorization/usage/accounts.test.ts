import { expect, test } from 'vitest';
import { accountUses } from './accounts.ts';
import { UsageLog } from './usage-log.ts';

const ACTION = { apiGroup: '', apiVersion: '', subresource: '', namespace: 'shop', name: '', path: '' };
const PODS = { ...ACTION, verb: 'list', isResourceRequest: true, resource: 'pods' };
const HEALTH = {
  ...ACTION,
  verb: 'get',
  isResourceRequest: false,
  resource: '',
  namespace: '',
  path: '/healthz',
};
const REVIEW = {
  ...ACTION,
  verb: 'create',
  isResourceRequest: true,
  apiGroup: 'authorization.k8s.io',
  resource: 'selfsubjectaccessreviews',
};

const account = (name: string) => ({
  name: `system:serviceaccount:shop:${name}`,
  groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
});

test('counts what needs a right, refused requests too', () => {
  const log = new UsageLog();
  log.add({ ...PODS, user: account('web') }, true, 'request', 1000);
  log.add({ ...PODS, user: { ...account('web'), groups: [] } }, false, 'request', 3000);
  log.add({ ...PODS, user: account('web') }, true, 'request', 2000);
  expect(accountUses(log)).toEqual([{ namespace: 'shop', name: 'web', requests: 3, last: 3000 }]);
});

test('leaves out what everybody may, what the API server asked by itself, and people', () => {
  const log = new UsageLog();
  log.add({ ...HEALTH, user: account('prober') }, true, 'request', 1);
  log.add({ ...REVIEW, user: account('asker') }, true, 'request', 1);
  log.add({ ...PODS, user: account('escalator') }, true, 'escalate', 1);
  log.add({ ...PODS, user: { name: 'ann', groups: [] } }, true, 'request', 1);
  expect(accountUses(log)).toEqual([]);
});

test('knows no time where the log tells none', () => {
  const log = new UsageLog();
  log.add({ ...PODS, user: account('web') }, true, 'request', undefined);
  expect(accountUses(log)[0]?.last).toBeUndefined();
});
