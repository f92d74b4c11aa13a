import { describe, expect, test } from 'vitest';
import { Random } from '../../../tests/differential/random.ts';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { ArrayReader } from '../questions/test-reader.ts';
import { type AccessEdge, edgesInPractice, MOST_ADDRESSES } from './edges-in-practice.ts';
import { recordOf } from './test-usage.ts';

const minute = (n: number) => new Date(Date.UTC(2026, 10, 20, 10, n)).toISOString();
const micros = (n: number) => Date.parse(minute(n)) * 1000;
const PERIOD = { from: micros(0), to: micros(59) };

let ids = 0;
const at = (n: number, changes: JsonObject = {}) =>
  rawEvent({
    auditID: `e${ids++}`,
    requestReceivedTimestamp: minute(n),
    stageTimestamp: minute(n),
    ...changes,
  });
const refused = { annotations: { 'authorization.k8s.io/decision': 'forbid' }, responseStatus: { code: 403 } };
const from = (address: string) => ({ sourceIPs: [address, '10.9.9.9'] });
const secret = (namespace: string, name: string) => ({
  objectRef: { resource: 'secrets', namespace, name, apiVersion: 'v1' },
});

const JANE = { kind: 'User', name: 'jane' } as const;
const READS_SECRETS: AccessEdge = { subject: JANE, verb: 'get', apiGroup: '', resource: 'secrets' };

async function practice(events: readonly JsonObject[], ...edges: AccessEdge[]) {
  return (await edgesInPractice(new ArrayReader(events.map((each) => recordOf(each))), edges, PERIOD)).edges;
}

describe('an edge', () => {
  const events = [
    at(1, secret('shop', 'db')),
    at(2, { ...secret('shop', 'db'), ...from('192.0.2.1') }),
    at(3, { ...secret('bank', 'db'), ...from('192.0.2.1'), ...refused }),
    at(4, { ...secret('bank', 'key'), user: { username: 'jane', groups: ['ops'] }, annotations: {} }),
    at(5, { ...secret('shop', 'db'), user: { username: 'eve', groups: ['dev'] } }),
    at(6, { ...secret('shop', 'db'), verb: 'delete' }),
    at(7, { ...secret('shop', 'db'), stage: 'RequestReceived' }),
    at(8, {
      ...secret('shop', 'db'),
      user: { username: 'admin', groups: ['dev'] },
      impersonatedUser: { username: 'jane' },
    }),
    at(9, { ...secret('shop', 'db'), impersonatedUser: { username: 'bob' } }),
  ];

  test('was used when, how often, and from where', async () => {
    const [edge] = await practice(events, READS_SECRETS);
    expect(edge).toEqual({
      edge: READS_SECRETS,
      allowed: 3,
      refused: 1,
      undecided: 1,
      first: micros(1),
      last: micros(8),
      firstAllowed: micros(1),
      lastAllowed: micros(8),
      addresses: [
        { address: '10.0.0.7', allowed: 2, refused: 0, first: micros(1), last: micros(8) },
        { address: '192.0.2.1', allowed: 1, refused: 1, first: micros(2), last: micros(3) },
      ],
      moreAddresses: false,
    });
  });

  test.each<[string, Partial<AccessEdge>, number, number]>([
    ['in a namespace', { namespace: 'shop' }, 3, 0],
    ['of a name', { name: 'key' }, 0, 0],
    ['of any verb', { verb: '*' }, 4, 1],
    ['of a group', { subject: { kind: 'Group', name: 'dev' } }, 3, 1],
    ['of another resource', { resource: 'configmaps' }, 0, 0],
    ['of another API group', { apiGroup: 'apps' }, 0, 0],
    ['of any API group', { apiGroup: '*' }, 3, 1],
    ['of a subresource', { subresource: 'status' }, 0, 0],
  ])('%s', async (_, changes, allowed, no) => {
    const [edge] = await practice(events, { ...READS_SECRETS, ...changes });
    expect([edge?.allowed, edge?.refused]).toEqual([allowed, no]);
  });

  test('that nobody went has neither first nor last', async () => {
    const [edge] = await practice(events, {
      ...READS_SECRETS,
      subject: { kind: 'ServiceAccount', namespace: 'a', name: 'b' },
    });
    expect(edge).toMatchObject({ allowed: 0, first: undefined, last: undefined, addresses: [] });
  });

  test('into a pod is gone by create and, over WebSockets, by get; each stream counts once', async () => {
    const exec = (id: string, n: number, stage: string, verb: string) =>
      at(n, {
        auditID: id,
        stage,
        verb,
        objectRef: {
          resource: 'pods',
          subresource: 'exec',
          namespace: 'shop',
          name: 'web-0',
          apiVersion: 'v1',
        },
        user: { username: 'system:serviceaccount:ci:deploy', groups: [] },
        responseStatus: { code: 101 },
      });
    const [edge] = await practice(
      [
        exec('a', 1, 'ResponseStarted', 'create'),
        exec('a', 2, 'ResponseComplete', 'create'),
        exec('b', 3, 'ResponseStarted', 'get'),
        exec('b', 4, 'ResponseComplete', 'get'),
        exec('c', 5, 'ResponseStarted', 'get'),
      ],
      {
        subject: { kind: 'ServiceAccount', namespace: 'ci', name: 'deploy' },
        verb: 'create',
        apiGroup: '',
        resource: 'pods',
        subresource: 'exec',
      },
    );
    expect(edge).toMatchObject({ allowed: 3, first: micros(1), last: micros(5) });
  });

  test('names the busiest addresses', async () => {
    const many = Array.from({ length: MOST_ADDRESSES + 5 }, (_, index) =>
      at(10, { ...secret('a', 'b'), ...from(`10.1.0.${index}`) }),
    );
    const [edge] = await practice(
      [...many, at(11, { ...secret('a', 'b'), ...from('10.1.0.24') })],
      READS_SECRETS,
    );
    expect(edge?.addresses).toHaveLength(MOST_ADDRESSES);
    expect(edge?.addresses[0]).toMatchObject({ address: '10.1.0.24', allowed: 2 });
    expect(edge?.moreAddresses).toBe(true);
  });
});

test.each(Array.from({ length: 20 }, (_, index) => 31_000 + index))(
  'counts each request once, seed %i',
  async (seed) => {
    const random = new Random(seed);
    const requests = Array.from({ length: 60 }, () => ({
      user: random.pick(['jane', 'eve']),
      verb: random.pick(['get', 'list']),
      namespace: random.pick(['shop', 'bank']),
      name: random.pick(['a', 'b']),
      decision: random.pick(['allow', 'forbid']),
      address: random.pick(['10.0.0.1', '10.0.0.2']),
      minute: random.below(60),
    }));
    const events = requests.map(({ user, verb, namespace, name, decision, address, minute: n }) =>
      at(n, {
        ...secret(namespace, name),
        ...from(address),
        verb,
        user: { username: user, groups: [] },
        annotations: { 'authorization.k8s.io/decision': decision },
      }),
    );
    const edge = {
      subject: JANE,
      verb: 'get',
      resource: 'secrets',
      namespace: random.pick(['shop', '*']),
      name: random.pick(['a', '*']),
    };
    const own = requests.filter(
      (each) =>
        each.user === 'jane' &&
        each.verb === 'get' &&
        (edge.namespace === '*' || each.namespace === edge.namespace) &&
        (edge.name === '*' || each.name === edge.name),
    );
    const [found] = await practice(events, edge);
    expect(found?.allowed).toBe(own.filter(({ decision }) => decision === 'allow').length);
    expect(found?.refused).toBe(own.filter(({ decision }) => decision === 'forbid').length);
    expect(found?.first).toBe(
      own.length === 0 ? undefined : micros(Math.min(...own.map((each) => each.minute))),
    );
    expect(new Set(found?.addresses.map(({ address }) => address))).toEqual(
      new Set(own.map(({ address }) => address)),
    );
  },
);
