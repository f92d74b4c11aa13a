import { describe, expect, test } from 'vitest';
import { bareReferences, mayNameHost, referencesIn, serviceVariables, waitsIn } from './references.ts';

const shown = (text: string) => referencesIn(text).map((each) => each.text);

describe('what a text refers to', () => {
  test.each([
    ['http://db.shop.svc.cluster.local:5432/path?q=http', ['http://db.shop.svc.cluster.local:5432']],
    ['postgres://user:p%40ss@db/shop', ['postgres://db']],
    ['jdbc:postgresql://db:5432/shop', ['postgresql://db:5432']],
    ['mongodb://a-0.a:27017,a-1.a:27017/x?replicaSet=r', ['mongodb://a-0.a:27017', 'mongodb://a-1.a:27017']],
    ['user:secret@tcp(db:3306)/shop', ['db:3306']],
    ['kafka-0:9092,kafka-1:9092', ['kafka-0:9092', 'kafka-1:9092']],
    ['-Ddb.url=db:5432 -Xmx1g', ['db:5432']],
    ['see redis-leader.redis.svc.cluster.local.', ['redis-leader.redis.svc.cluster.local']],
    ['until nc -z -w 2 db 5432; do sleep 1; done', ['db:5432']],
    ['pg_isready -h db -p 5432', ['db:5432']],
    ['echo > /dev/tcp/db/5432', ['db:5432']],
    ['http://10.0.0.1:80', ['http://10.0.0.1:80']],
    ['http://user:pw@[2001:DB8::7]:8443/x', ['http://[2001:db8::7]:8443']],
    ['[2001:db8::7]:53 [2001:db8::8]', ['[2001:db8::7]:53']],
    // A password of digits is no port.
    ['db:31337@tcp(db:3306)/shop', ['db:3306']],
  ])('%s', (text, expected) => {
    expect(shown(text)).toEqual(expected);
  });

  test.each([
    'nginx:latest',
    '10:30',
    'web:99999',
    '12:34:56',
    'a.b.c',
    'repo/web:80',
    '$HOST:80',
    'x:80:81',
    '[1:2]:3',
    '[::1]',
  ])('not %s', (text) => {
    expect(shown(text)).toEqual([]);
  });

  test('a text of any length is read once', () => {
    const start = performance.now();
    for (const text of [
      'a.'.repeat(50_000),
      'a:'.repeat(50_000),
      `nc ${'-w 1 '.repeat(50_000)}`,
      ' '.repeat(50_000),
      'a://'.repeat(50_000),
      '['.repeat(50_000),
      `a://${'b'.repeat(50_000)}`,
      `[${':'.repeat(50_000)}`,
    ])
      referencesIn(text);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

test('names alone, as lists have them', () => {
  expect(bareReferences(' "db-0.db, db-1.db" ').map(({ host }) => host)).toEqual(['db-0.db', 'db-1.db']);
  expect(bareReferences('two words')).toEqual([]);
  expect(bareReferences('10.0.0.1').map(({ host }) => host)).toEqual(['10.0.0.1']);
});

test('words of one command', () => {
  expect(waitsIn('--host=db')).toEqual([]);
  expect(waitsIn('mysqladmin ping --host=db --port=3306').map(({ text }) => text)).toEqual(['db:3306']);
});

test.each([
  ['DB_HOST', 'yes'],
  ['dbHostname', 'yes'],
  ['SERVER_NAME', 'yes'],
  ['BACKEND', 'yes'],
  ['DB_NAME', 'perhaps'],
  ['clusterName', 'perhaps'],
  ['DB_USER', 'no'],
  ['MYSQL_PASSWORD', 'no'],
  ['dbType', 'no'],
])('%s may name a host: %s', (key, expected) => {
  expect(mayNameHost(key)).toBe(expected);
});

test('variables of Services', () => {
  expect(serviceVariables('http://$REDIS_MASTER_SERVICE_HOST:$REDIS_MASTER_SERVICE_PORT')).toEqual([
    'REDIS_MASTER',
  ]);
});
