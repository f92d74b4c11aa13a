import { expect, test } from 'vitest';
import { credential, secretName } from './credentials.ts';

test.each([
  ['DB_PASSWORD', 'hunter2'],
  ['dbPassword', 'correct-horse-battery-staple'],
  ['MYSQL_ROOT_PASSWORD', 'password'],
  ['--admin-token', '8f14e45fceea167a5a36dedd4bea2543'],
  ['spring.datasource.password', 'S3cr3t!'],
  ['AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzKEY'],
  ['STRIPE_API_KEY', 'pk_test_abcdef'],
  ['FORGEJO_SECRET', 'mWbQz-7c'],
])('%s with a literal is a credential', (name, value) => {
  expect(credential(name, value)).toMatchObject({ because: 'name' });
});

test.each([
  ['anything', `AKIA${'Q2'.repeat(8)}`],
  ['DATABASE_URL', 'postgres://shop:s3cr3t@db:5432/shop'],
  ['config', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
  ['x', `ghp_${'a1B2'.repeat(9)}`],
])('the format of the value of %s speaks for itself', (name, value) => {
  expect(credential(name, value)).toMatchObject({ because: 'format' });
});

test.each([
  ['admin_email', 'root@example.org'],
  ['PASSWORD_FILE', 'hunter2'],
  ['secretName', 'web-tls'],
  ['TOKEN_TTL', '3600s'],
  ['DB_PASSWORD', ''],
  ['DB_PASSWORD', '$(cat /run/secrets/db)'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as a manifest spells it
  ['DB_PASSWORD', '${DB_PASSWORD}'],
  ['DB_PASSWORD', '{{ .Values.password }}'],
  ['DB_PASSWORD', '/run/secrets/db'],
  ['DB_PASSWORD', '<your-password>'],
  ['DB_PASSWORD', '********'],
  ['ALLOW_EMPTY_PASSWORD', 'yes'],
  ['AUTOMOUNT_SERVICE_ACCOUNT_TOKEN', 'False'],
  ['MAX_TOKEN', '4096'],
  ['API_KEY', 'vault:secret/data/shop#key'],
  ['PUBLIC_KEY', 'abcdef'],
  ['CACHE_KEY', 'abcdef'],
  ['COMPASS', 'north-east'],
  ['DATABASE_URL', 'postgres://db:5432/shop'],
  ['DATABASE_URL', 'postgres://shop:$(PASSWORD)@db:5432/shop'],
  ['AUTH_TOKEN', 'https://auth.example.org/token'],
])('%s: %s is none', (name, value) => {
  expect(credential(name, value)).toBeUndefined();
});

test('a hostile value is judged in linear time', () => {
  const hostile = [
    `eyJ${'a'.repeat(200_000)}`,
    `a:/${'/'.repeat(200_000)}`,
    `${'-----BEGIN '.repeat(20_000)}`,
  ];
  for (const value of hostile) expect(credential('x', value)).toBeUndefined();
});

test('names are read in any spelling', () => {
  for (const name of ['APIKEY', 'apiKey', 'api-key', 'API_KEY', 'app.api.key', '--api-key']) {
    expect(secretName(name), name).toBe('API key');
  }
});
