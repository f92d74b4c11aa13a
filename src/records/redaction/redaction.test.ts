import { describe, expect, it } from 'vitest';
import { Random } from '../../../tests/differential/random.ts';
import { rawEvent } from '../../evidence/audit-log/test-events.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import {
  REDACTED,
  Redactions,
  redactAuditEvent,
  redactCommand,
  redactFragment,
  redactJson,
  redactLine,
  redactText,
  redactUri,
  TooDeep,
} from './index.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');
const jwt = (secret: string) =>
  `${base64url('{"alg":"RS256","kid":"a"}')}.${base64url(`{"sub":"${secret}"}`)}.${base64url(`signature ${secret}`)}`;
const pem = (secret: string, kind = 'RSA PRIVATE KEY') =>
  `-----BEGIN ${kind}-----\n${base64(secret)}\n${secret}\n-----END ${kind}-----\n`;

/** Texts with a secret in each place where one is known to stand. */
const TEXTS: Readonly<Record<string, (secret: string) => string>> = {
  'bearer token': (s) => `calling with Authorization: Bearer ${s} and waiting`,
  'bearer token, no header': (s) => `sent bearer ${s}`,
  'dumped header of Go': (s) => `headers map[Accept:[*/*] Authorization:[Bearer ${s}] X-A:[b]]`,
  'header in JSON': (s) => `{"headers":{"Authorization":"Bearer ${s}","Accept":"*/*"}}`,
  'basic auth header': (s) => `curl -H 'Authorization: Basic ${base64(`user:${s}`)}' https://x`,
  'basic auth, no header': (s) => `using Basic ${base64(`user:${s}`)} for it`,
  'API key header': (s) => `curl -H "X-Api-Key: ${s}" https://api.internal/v1`,
  cookie: (s) => `GET / HTTP/1.1 Cookie: a=b; session=${s}; c=d`,
  'JSON Web Token': (s) => `got ${jwt(s)} from the metadata server`,
  'JSON Web Token in base64': (s) => `token file: ${base64(jwt(s))}`,
  'URL with password': (s) => `connecting to postgres://app:${s}@db:5432/shop?sslmode=off`,
  'URL with user and token': (s) => `git clone https://x-access-token:${s}@git.internal/a/b`,
  'data source of Go': (s) => `open app:${s}@tcp(db:3306)/shop`,
  'private key': (s) => `loaded ${pem(s)} done`,
  'private key, cut off': (s) => `-----BEGIN PRIVATE KEY-----\\n${s}`,
  'private key in base64': (s) => `client-key-data: ${base64(pem(s))}`,
  'private key in base64 without name': (s) => `wrote ${base64(pem(s, 'EC PRIVATE KEY'))}`,
  assignment: (s) => `level=info password=${s} user=bob`,
  'assignment with quotes': (s) => `DB_PASSWORD="${s} and more" ./run`,
  'environment variable': (s) => `PGPASSWORD=${s} psql -h db`,
  export: (s) => `export AWS_SECRET_ACCESS_KEY=${s}; aws s3 ls`,
  'key of storage': (s) => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${s};EndpointSuffix=x`,
  'JSON in a log': (s) => `{"msg":"login","user":"bob","password":"${s}"}`,
  'JSON in JSON in a log': (s) => JSON.stringify({ msg: JSON.stringify({ user: 'bob', clientSecret: s }) }),
  YAML: (s) => `users:\n- name: a\n  user:\n    token: ${s}\n    username: bob\n`,
  'YAML in a block': (s) => `password: |\n  ${s}\n`,
  kubeconfig: (s) =>
    `apiVersion: v1\nkind: Config\nusers:\n- user:\n    client-key-data: ${base64(s)}\n    password: ${s}\n`,
  'kubeconfig in base64': (s) => base64(`apiVersion: v1\nkind: Config\nusers:\n- user:\n    token: ${s}\n`),
  'manifest of a Secret': (s) =>
    `apiVersion: v1\nkind: Secret\ndata:\n  a: ${base64(s)}\n  b: |\n    ${s}\nmetadata:\n  name: db\n`,
  'Secret in the log of a client': (s) =>
    `Request Body: {"kind":"Secret","apiVersion":"v1","metadata":{"name":"db"},"data":{"a":"${base64(s)}"}}`,
  SQL: (s) => `CREATE USER 'bob' IDENTIFIED BY '${s}'`,
  'mysql -p': (s) => `mysql -u root -p${s} shop`,
  'mysql -p in a shell': (s) => `sh -c "mysqldump -uroot -p${s} shop > /tmp/x"`,
  'curl -u': (s) => `curl -s -u admin:${s} https://x/api`,
  'curl --user=': (s) => `curl --user=admin:${s} https://x/api`,
  'long option': (s) => `vault-tool --password ${s} --host a`,
  'long option with =': (s) => `vault-tool --db-password=${s} --host a`,
  'join of a node': (s) =>
    `kubeadm join 10.0.0.1:6443 --token ${s} --discovery-token-ca-cert-hash sha256:abc`,
  sshpass: (s) => `sshpass -p ${s} ssh root@host`,
  'redis-cli': (s) => `redis-cli -h cache -a ${s} keys`,
  'login to a registry': (s) => `docker login -u bob -p ${s} registry.internal`,
  'literal of a Secret': (s) => `kubectl create secret generic db --from-literal=anything=${s}`,
  'configuration of the AWS client': (s) => `aws configure set aws_secret_access_key ${s}`,
  chpasswd: (s) => `echo root:${s} | chpasswd`,
  'arguments as an array': (s) => `execve: ["mysql","-uroot","-p${s}","shop"]`,
  'arguments as an array, apart': (s) => `execve: ["tool","--token","${s}","go"]`,
};

/** Arguments of processes. */
const COMMANDS: Readonly<Record<string, (secret: string) => string[]>> = {
  mysql: (s) => ['mysql', '-uroot', `-p${s}`, 'shop'],
  'path of mysql': (s) => ['/usr/bin/mysqladmin', `-p${s}`],
  option: (s) => ['app', '--api-token', s, '--port', '80'],
  'option with spaces in it': (s) => ['app', `--password=${s} and ${s}`],
  curl: (s) => ['curl', '-u', `bob:${s}`, 'https://x'],
  'curl header': (s) => ['curl', '-H', `Authorization: Bearer ${s}`, 'https://x'],
  shell: (s) => ['/bin/sh', '-c', `PGPASSWORD='${s}' psql -U app -c 'select 1'`],
  'shell in a shell': (s) => ['bash', '-c', `sh -c "mysql -p${s}"`],
  'openssl pass': (s) => ['openssl', 'enc', '-aes-256-cbc', '-pass', `pass:${s}`],
  htpasswd: (s) => ['htpasswd', '-bc', '/auth', 'bob', s],
};

const pod = (container: JsonObject): JsonObject => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'web', image: 'shop/web:1', ...container }] },
});
const secretOf = (s: string): JsonObject => ({
  kind: 'Secret',
  apiVersion: 'v1',
  metadata: {
    name: 'db',
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
        kind: 'Secret',
        stringData: { anything: s },
        data: { other: base64(s) },
      }),
    },
    managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:data': { 'f:anything': {} } } }],
  },
  data: { anything: base64(s), 'tls.key': base64(pem(s)) },
  stringData: { more: s },
});
const secrets = { resource: 'secrets', namespace: 'shop', name: 'db', apiVersion: 'v1' };

/** Audit events. */
const EVENTS: Readonly<Record<string, (secret: string) => JsonObject>> = {
  'token in the URI': (s) => ({
    requestURI: `/api/v1/namespaces/a/services/b/proxy/x?a=1&access_token=${encodeURIComponent(s)}&z=2`,
  }),
  'password in the path': (s) => ({
    requestURI: `/api/v1/namespaces/a/services/b/proxy/go?to=${encodeURIComponent(`http://u:${s}@c/`)}`,
  }),
  'exec, words': (s) => ({
    requestURI: `/api/v1/namespaces/a/pods/b/exec?command=mysql&command=-uroot&command=-p${encodeURIComponent(s)}&stdin=true`,
  }),
  'exec, option and value': (s) => ({
    requestURI: `/api/v1/namespaces/a/pods/b/exec?command=tool&command=--password&command=${encodeURIComponent(s)}&stdin=true`,
  }),
  'exec, shell': (s) => ({
    requestURI: `/api/v1/namespaces/a/pods/b/exec?command=sh&command=-c&command=${encodeURIComponent(`curl -u a:${s} https://x`).replaceAll('%20', '+')}`,
  }),
  'user agent': (s) => ({ userAgent: `tool/1 token=${s}` }),
  'message of the answer': (s) => ({
    responseStatus: { code: 500, message: `dial postgres://a:${s}@b/c failed` },
  }),
  annotation: (s) => ({ annotations: { 'x.example/y': `Bearer ${s}` } }),
  'annotation of a webhook’s patch': (s) => ({
    objectRef: secrets,
    annotations: {
      'patch.webhook.admission.k8s.io/round_0_index_0': JSON.stringify({
        patch: [{ op: 'add', path: '/data/x', value: base64(s) }],
        patchType: 'JSONPatch',
      }),
    },
  }),
  'extra of the user': (s) => ({ user: { username: 'a', extra: { 'x.example/raw': [jwt(s)] } } }),
  Secret: (s) => ({ objectRef: secrets, requestObject: secretOf(s), responseObject: secretOf(s) }),
  'Secret without kind': (s) => ({ objectRef: secrets, requestObject: { data: { a: base64(s) } } }),
  'list of Secrets': (s) => ({
    objectRef: secrets,
    responseObject: { kind: 'SecretList', items: [{ data: { a: base64(s) } }] },
  }),
  'List with a Secret': (s) => ({
    responseObject: { kind: 'List', items: [secretOf(s), { kind: 'ConfigMap' }] },
  }),
  'table of Secrets': (s) => ({
    objectRef: secrets,
    responseObject: { kind: 'Table', rows: [{ cells: ['db'], object: secretOf(s) }] },
  }),
  'merge patch of a Secret': (s) => ({
    verb: 'patch',
    objectRef: secrets,
    requestObject: { stringData: { a: s } },
  }),
  'JSON patch of a Secret': (s) => ({
    verb: 'patch',
    objectRef: secrets,
    requestObject: [
      { op: 'replace', path: '/data/a', value: base64(s) },
      { op: 'add', path: '/stringData', value: { b: s } },
      { op: 'replace', path: '', value: { data: { c: base64(s) } } },
    ],
  }),
  'Secret as a text': (s) => ({ objectRef: secrets, requestObject: `data:\n  a: ${base64(s)}\n` }),
  TokenReview: (s) => ({
    objectRef: { resource: 'tokenreviews', apiGroup: 'authentication.k8s.io', apiVersion: 'v1' },
    requestObject: { kind: 'TokenReview', spec: { token: s } },
  }),
  TokenRequest: (s) => ({
    objectRef: { resource: 'serviceaccounts', subresource: 'token', apiVersion: 'v1' },
    responseObject: { kind: 'TokenRequest', status: { token: s } },
  }),
  'value of a variable': (s) => ({ requestObject: pod({ env: [{ name: 'DB_PASSWORD', value: s }] }) }),
  'key in a variable': (s) => ({ requestObject: pod({ env: [{ name: 'SIGNING_KEY', value: s }] }) }),
  'JSON patch of a variable': (s) => ({
    requestObject: [{ op: 'replace', path: '/spec/template/spec/containers/0/env/3/value', value: s }],
  }),
  'URL in a variable': (s) => ({
    requestObject: pod({ env: [{ name: 'DATABASE', value: `amqp://u:${s}@q` }] }),
  }),
  'arguments of a container': (s) => ({ requestObject: pod({ args: ['--token', s, '--port', '80'] }) }),
  'command of a container': (s) => ({ requestObject: pod({ command: ['sh', '-c', `mysql -p${s} -e 'x'`] }) }),
  'header of a probe': (s) => ({
    requestObject: pod({
      livenessProbe: {
        httpGet: { path: '/', httpHeaders: [{ name: 'Authorization', value: `Token ${s}` }] },
      },
    }),
  }),
  'last applied configuration': (s) => ({
    requestObject: {
      metadata: {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(
            pod({ env: [{ name: 'API_TOKEN', value: s }] }),
          ),
        },
      },
    },
  }),
  'configuration in a ConfigMap': (s) => ({
    requestObject: {
      kind: 'ConfigMap',
      data: { 'app.yaml': `db:\n  host: a\n  password: ${s}\n`, plain: 'yes' },
    },
  }),
  'kubeconfig in a ConfigMap': (s) => ({
    requestObject: {
      kind: 'ConfigMap',
      data: { config: `users:\n- user:\n    client-key-data: ${base64(s)}\n` },
    },
  }),
  'registry credentials in JSON': (s) => ({
    requestObject: {
      kind: 'ConfigMap',
      data: { a: JSON.stringify({ auths: { r: { auth: base64(`bob:${s}`) } } }) },
    },
  }),
  'field of a custom resource': (s) => ({ requestObject: { kind: 'Database', spec: { adminPassword: s } } }),
  'bootstrap token': (s) => ({
    objectRef: secrets,
    requestObject: {
      kind: 'Secret',
      type: 'bootstrap.kubernetes.io/token',
      stringData: { 'token-id': 'abcdef', 'token-secret': s },
    },
  }),
  'field that the version does not know': (s) => ({ somethingNew: { password: s } }),
};

function redactedEvent(changes: JsonObject): { text: string; count: number; event: JsonObject } {
  const tally = new Redactions();
  const event = structuredClone(rawEvent(changes));
  redactAuditEvent(event, tally);
  return { text: JSON.stringify(event), count: tally.total, event };
}

/** A secret as people and programs make them: never a word, a number or a path. */
function randomSecret(random: Random): string {
  const letters = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  const length = 10 + random.below(30);
  return `${Array.from({ length }, () => letters[random.below(letters.length)]).join('')}7aQ`;
}

const CODED = (secret: string) => [
  secret,
  base64(secret).replace(/=+$/, ''),
  base64url(secret),
  // Within other text the same bytes are coded in two more ways; the characters at the ends depend on what is around.
  base64(`x${secret}`).slice(3, -4),
  base64(`xx${secret}`).slice(4, -4),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
];
const leaks = (text: string, secret: string) => CODED(secret).filter((each) => text.includes(each));

describe('secrets never stay', () => {
  const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
  it.each(Object.entries(TEXTS))('in text: %s', (_, place) => {
    for (const seed of seeds) {
      const secret = randomSecret(new Random(seed));
      const tally = new Redactions();
      const text = redactText(place(secret), tally);
      expect({ seed, text, leaks: leaks(text, secret) }).toEqual({ seed, text, leaks: [] });
      expect(tally.total).toBeGreaterThan(0);
      expect(text).toContain(REDACTED);
      // What is redacted is not redacted again.
      const again = new Redactions();
      expect({ seed, again: redactText(text, again) }).toEqual({ seed, again: text });
      expect(again.total).toBe(0);
    }
  });

  it.each(Object.entries(COMMANDS))('in arguments: %s', (_, place) => {
    for (const seed of seeds) {
      const secret = randomSecret(new Random(seed));
      const words = redactCommand(place(secret), new Redactions());
      expect({ seed, words, leaks: leaks(words.join('\n'), secret) }).toEqual({ seed, words, leaks: [] });
      expect(words).toHaveLength(place(secret).length);
    }
  });

  it.each(Object.entries(EVENTS))('in audit events: %s', (_, place) => {
    for (const seed of seeds) {
      const secret = randomSecret(new Random(seed));
      const { text, count } = redactedEvent(place(secret));
      expect({ seed, text, leaks: leaks(text, secret) }).toEqual({ seed, text, leaks: [] });
      expect(count).toBeGreaterThan(0);
    }
  });

  it.each(Object.entries(EVENTS))('in broken beginnings of events: %s', (_, place) => {
    for (const seed of seeds) {
      const random = new Random(seed);
      const secret = randomSecret(random);
      const whole = JSON.stringify(rawEvent(place(secret)));
      const text = redactFragment(whole.slice(0, whole.length - random.below(60)), new Redactions());
      expect({ seed, text, leaks: leaks(text, secret) }).toEqual({ seed, text, leaks: [] });
    }
  });

  it('in formats that speak for themselves', () => {
    const random = new Random(7);
    const some = (length: number, letters: string) =>
      Array.from({ length }, () => letters[random.below(letters.length)]).join('');
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    for (const token of [
      `AKIA${some(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
      `ghp_${some(36, letters)}`,
      `glpat-${some(20, letters)}`,
      `AIza${some(35, letters)}`,
      `xoxb-${some(30, '0123456789')}`,
      `npm_${some(36, letters)}`,
    ]) {
      expect(redactText(`value ${token} end`, new Redactions())).toBe(`value ${REDACTED} end`);
      expect(redactedEvent({ requestObject: { kind: 'ConfigMap', data: { a: token } } }).text).not.toContain(
        token,
      );
    }
  });

  it('in lines of a key that a log tears apart', () => {
    const line = base64('a secret of forty-eight bytes, as PEM has in one'.padEnd(48, '!'));
    expect(line).toHaveLength(64);
    expect(redactLine(line, new Redactions())).toBe(REDACTED);
    const digest = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
    expect(redactLine(digest, new Redactions())).toBe(digest);
  });
});

describe('what is no secret stays', () => {
  it.each([
    ['words about tokens', 'failed to refresh token: unauthorized'],
    ['words about passwords', 'error: password: required field is empty'],
    ['a file', 'reading --token-file=/var/run/secrets/kubernetes.io/serviceaccount/token'],
    ['a file behind a name', 'token=/var/run/secrets/kubernetes.io/serviceaccount/token'],
    ['a reference', 'password=$(DB_PASSWORD) and token=$TOKEN secret=shop/db-credentials'],
    ['a switch', 'automountServiceAccountToken: false enable-bootstrap-token-auth=true'],
    ['a port', 'http://web:8080/login?next=a@b.example'],
    ['a user in a URL', 'ssh://git@host/repo.git'],
    ['a digest', 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
    ['a name of an Event', 'events "nginx1.17f3c2b1a9d8e7f6" created'],
    ['a UID', '0f2a0a3a-5d5d-4d7e-8d0d-0e3c6f1d2c3b'],
    ['a public certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
    [
      'a public certificate in base64',
      base64('-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIQ\n-----END CERTIFICATE-----'),
    ],
    ['a token of a list', 'continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTIzNCwic3RhcnQiOiJhXHUwMDAwIn0'],
    ['other JSON in base64', base64('{"name":"shop","replicas":3,"image":"shop/web:1"}')],
    ['mysql asking for it', 'mysql -u root -p shop'],
    ['-p of others', 'ssh -p 2222 host; mkdir -p /data/x; ps -u root'],
    ['a secret’s name', 'secret "db-credentials" not found; SecretName: x'],
    ['headers without a secret', 'Accept: */* User-Agent: kubectl/v1.37.2'],
    ['bearer in a sentence', 'Bearer authentication is required'],
    [
      'RBAC’s reason',
      'RBAC: allowed by RoleBinding "secret-reader/shop" of Role "secret-reader" to User "jane"',
    ],
    ['kubelet', 'Started container web: Created pod default/web-0 on node-1 (uid=1000)'],
  ])('%s', (_, text) => {
    const tally = new Redactions();
    expect(redactText(text, tally)).toBe(text);
    expect(tally.total).toBe(0);
  });

  it.each([
    '/api/v1/namespaces/shop/secrets/db-credentials',
    '/api/v1/namespaces/shop/serviceaccounts/builder/token',
    '/apis/apps/v1/deployments?allowWatchBookmarks=true&resourceVersion=12&timeoutSeconds=500&watch=true',
    '/api/v1/pods?labelSelector=app%3Dweb%2Ctier%21%3Ddb&limit=500&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ',
    '/api/v1/namespaces/a/pods/b/exec?command=cat&command=%2Fetc%2Fpasswd&container=c&stdout=true',
    '/api/v1/nodes/n/proxy/run?cmd=ls%20-la',
  ])('%s', (uri) => {
    expect(redactUri(uri, new Redactions())).toBe(uri);
  });

  it('events, but for the values themselves', () => {
    const { event, count } = redactedEvent({ objectRef: secrets, requestObject: secretOf('hunter2hunter2') });
    expect(count).toBe(5);
    expect(event['requestObject']).toEqual({
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: {
        name: 'db',
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
            kind: 'Secret',
            stringData: { anything: REDACTED },
            data: { other: REDACTED },
          }),
        },
        managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:data': { 'f:anything': {} } } }],
      },
      data: { anything: REDACTED, 'tls.key': REDACTED },
      stringData: { more: REDACTED },
    });
    expect(event).toMatchObject({
      user: { username: 'jane' },
      objectRef: secrets,
      auditID: expect.any(String),
    });
  });

  it('objects without secrets', () => {
    for (const changes of [
      {},
      {
        requestObject: {
          kind: 'ConfigMap',
          data: {
            'a.conf': 'listen 80;\nserver_name shop;',
            key: 'value',
            'ca.crt': '-----BEGIN CERTIFICATE-----\nx',
          },
        },
      },
      {
        requestObject: pod({
          env: [
            { name: 'TOKEN_FILE', value: '/var/run/token' },
            { name: 'PARTITION_KEY', value: 'region-1-abc' },
            { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
            { name: 'PASSWORD', value: '$(DB_PASSWORD)' },
          ],
          args: ['--tls-private-key-file=/tls/key.pem', '--v=2'],
          volumeMounts: [{ name: 'token', mountPath: '/var/run/secrets/tokens' }],
        }),
      },
      {
        requestObject: {
          metadata: { annotations: { 'nginx.ingress.kubernetes.io/auth-secret': 'basic-auth' } },
        },
      },
      {
        requestObject: {
          kind: 'SubjectAccessReview',
          spec: { user: 'jane', resourceAttributes: { resource: 'secrets' } },
        },
      },
      {
        requestObject: {
          spec: { imagePullSecrets: [{ name: 'pull' }], volumes: [{ secret: { secretName: 'db' } }] },
        },
      },
    ] satisfies JsonObject[]) {
      const before = JSON.stringify(rawEvent(changes));
      expect(redactedEvent(changes)).toMatchObject({ text: before, count: 0 });
    }
  });
});

describe('time and depth', () => {
  it.each([
    ['bearer', 'bearer '],
    ['URLs', 'a://'],
    ['URLs with colons', 'http://a:b'],
    ['names', 'password'],
    ['names and signs', 'token: '],
    ['quotes', 'password="\\'],
    ['backslashes', '\\\\'],
    ['tokens', 'eyJhbGciOiJ.'],
    ['PEM', '-----BEGIN RSA PRIVATE KEY-----'],
    ['dots', 'x-api-key:::'],
    ['commands', 'mysql -p "'],
    ['base64', 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg'],
    ['SQL', "identified by '"],
    ['Secrets', '"Secret" "data":{"a":"'],
    ['YAML', 'kind: Secret\ndata:\n '],
    ['capitals', 'PRIVATE KEY A B '],
    ['AWS', 'A_'],
  ])('takes no longer than the text is long: %s', (_, unit) => {
    const text = unit.repeat(Math.ceil(400_000 / unit.length));
    const start = performance.now();
    redactText(text, new Redactions());
    redactFragment(text.slice(0, 4096), new Redactions());
    expect(performance.now() - start).toBeLessThan(4000);
  });

  it('looks through texts of many megabytes, wherever in them a secret stands', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = new Random(seed);
      const filler = random.pick(['a word ', 'line\n', 'x,', '"q" ']);
      const secret = randomSecret(random);
      const before = filler.repeat(
        Math.ceil((262_144 * (1 + random.below(3)) - random.below(60)) / filler.length),
      );
      const text = redactText(`${before}password=${secret} ${filler.repeat(50_000)}`, new Redactions());
      expect({ seed, isKept: text.includes(secret), start: text.startsWith(before) }).toEqual({
        seed,
        isKept: false,
        start: true,
      });
    }
    for (const unit of ['a', '"', '\\"', 'QUJDREVG', "identified by '"]) {
      const long = `password of ${unit.repeat(Math.ceil(9_000_000 / unit.length))}`;
      expect(() => redactText(long, new Redactions())).not.toThrow();
    }
  }, 60_000);

  it('looks into lists below a name that tells of secrets', () => {
    const body = { passwords: ['hunter2Zq91', { name: 'kept' }], names: ['kept'] };
    const event = rawEvent({ requestObject: body });
    redactAuditEvent(event, new Redactions());
    expect(event['requestObject']).toEqual({ passwords: [REDACTED, { name: 'kept' }], names: ['kept'] });
  });

  it('refuses what nests too deep to be looked through', () => {
    let body: JsonObject = {};
    for (let depth = 0; depth < 5000; depth++) body = { a: body };
    expect(() => redactJson(body, new Redactions())).toThrow(TooDeep);
    const event = rawEvent({ requestObject: body });
    redactAuditEvent(event, new Redactions());
    expect(JSON.stringify(event)).toContain('[redacted: too deep]');
  });
});
