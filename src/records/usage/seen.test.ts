import { expect, test } from 'vitest';
import { Random } from '../../../tests/differential/random.ts';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import { ArrayReader } from '../questions/test-reader.ts';
import { type SeenKind, seen } from './seen.ts';
import { recordOf } from './test-usage.ts';

const minute = (n: number) => new Date(Date.UTC(2026, 10, 20, 10, n)).toISOString();
const micros = (n: number) => Date.parse(minute(n)) * 1000;

function at(n: number, user: string, address = '10.0.0.7', namespace = 'shop', cluster = 'c1') {
  return recordOf(
    rawEvent({
      auditID: `${n} ${user}`,
      requestReceivedTimestamp: minute(n),
      user: {
        username: user,
        groups: [],
        extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${user}`] },
      },
      sourceIPs: [address],
      objectRef: { resource: 'pods', namespace, name: 'web-0', apiVersion: 'v1' },
    }),
    cluster,
  );
}

const RECORDS = [
  at(0, 'jane'),
  at(10, 'jane', '192.0.2.1'),
  at(12, 'eve', '192.0.2.9', 'bank'),
  at(30, 'eve'),
  at(40, 'bob', '10.0.0.7', 'shop', 'c2'),
];

const told = async (kind: SeenKind, filter: Parameters<typeof seen>[2]) =>
  (await seen(new ArrayReader(RECORDS), kind, filter)).things.map(({ what, events, first, last, isNew }) => [
    Object.values(what).join('/'),
    events,
    first,
    last,
    isNew,
  ]);

test('users with their first and last deed, the newcomers first', async () => {
  expect(await told('users', { clusters: ['c1'], from: micros(5) })).toEqual([
    ['eve', 2, micros(12), micros(30), true],
    ['jane', 2, micros(0), micros(10), false],
  ]);
});

test('whoever was last seen before is left out, and what came after does not count', async () => {
  expect(await told('users', { from: micros(11), to: micros(20) })).toEqual([
    ['eve', 1, micros(12), micros(12), true],
  ]);
});

test('who is new is not known where the records begin no earlier', async () => {
  expect((await told('users', { from: micros(0) })).map(([user, , , , isNew]) => [user, isNew])).toEqual([
    ['bob', undefined],
    ['eve', undefined],
    ['jane', undefined],
  ]);
  expect((await told('users', {}))[0]?.[4]).toBeUndefined();
});

test.each<[SeenKind, string[]]>([
  ['addresses', ['192.0.2.9', '192.0.2.1', '10.0.0.7']],
  ['credentials', ['JTI=bob/bob', 'JTI=eve/eve', 'JTI=jane/jane']],
  ['objects', ['/pods/bank/web-0', '/pods/shop/web-0']],
  ['agents', ['kubectl/v1.37.2']],
])('%s', async (kind, expected) => {
  expect((await told(kind, {})).map(([what]) => what)).toEqual(expected);
});

test('the limit is told', async () => {
  const { things, more } = await seen(new ArrayReader(RECORDS), 'users', { limit: 2 });
  expect([things.length, more]).toEqual([2, true]);
});

test.each(Array.from({ length: 20 }, (_, index) => 47_000 + index))(
  'first, last and count, seed %i',
  async (seed) => {
    const random = new Random(seed);
    const deeds = Array.from({ length: 50 }, () => ({
      user: random.pick(['a', 'b', 'c', 'd']),
      n: random.below(60),
    }));
    const from = micros(random.below(60));
    const { things } = await seen(new ArrayReader(deeds.map(({ user, n }) => at(n, user))), 'users', {
      from,
    });
    const begin = Math.min(...deeds.map(({ n }) => micros(n)));
    for (const user of ['a', 'b', 'c', 'd']) {
      const own = deeds.filter((deed) => deed.user === user).map(({ n }) => micros(n));
      const expected =
        own.length === 0 || Math.max(...own) < from
          ? undefined
          : {
              what: { user },
              events: own.length,
              first: Math.min(...own),
              last: Math.max(...own),
              isNew: begin < from ? Math.min(...own) >= from : undefined,
            };
      expect(things.find(({ what }) => what.user === user)).toEqual(expected);
    }
  },
);
