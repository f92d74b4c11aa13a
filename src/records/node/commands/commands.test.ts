import { describe, expect, test } from 'vitest';
import type { EventRecord } from '../../record.ts';
import { HostLogDecoder } from '../host/decoder.ts';
import { ShellHistoryDecoder } from './history.ts';
import { JsonEventDecoder } from './json-events.ts';

const ORIGIN = {
  inlet: 'file:/var/log/auth.log',
  cluster: 'test',
  node: 'bastion',
  received: Date.UTC(2026, 10, 24) * 1000,
};

function line(text: string): EventRecord {
  return new HostLogDecoder(ORIGIN).decode({ text: `Nov 23 20:16:17 host ${text}`, at: 0 }).records[0]!;
}

function event(object: object) {
  return new JsonEventDecoder(ORIGIN).decode({ text: JSON.stringify(object), at: 0 });
}

describe('sudo and su', () => {
  test.each([
    [
      'sudo: alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/kubectl get secrets -A',
      {
        verb: 'sudo',
        user: 'alice',
        impersonated: 'root',
        name: '/usr/bin/kubectl',
        message: '/usr/bin/kubectl get secrets -A',
        code: 0,
        decision: 'allow',
      },
    ],
    [
      'sudo:    bob : command not allowed ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      { user: 'bob', code: 1, decision: 'forbid', reason: 'command not allowed' },
    ],
    [
      'sudo: bob : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
      { code: 1, reason: '3 incorrect password attempts' },
    ],
    [
      'sudo: a : TTY=pts/0 ; PWD=/tmp/x ; USER=nobody ; COMMAND=/bin/true ; USER=root ; COMMAND=/bin/sh',
      {
        impersonated: '',
        name: '',
        message: 'TTY=pts/0 ; PWD=/tmp/x ; USER=nobody ; COMMAND=/bin/true ; USER=root ; COMMAND=/bin/sh',
      },
    ],
    [
      'sudo: pam_unix(sudo:session): session opened for user root(uid=0) by alice(uid=1000)',
      { verb: 'session-opened', user: 'alice', impersonated: 'root' },
    ],
    ['su[12]: (to root) alice on pts/0', { verb: 'su', user: 'alice', impersonated: 'root', code: 0 }],
    ['su[12]: FAILED SU (to root) alice on pts/0', { code: 1, decision: 'forbid' }],
    [
      'sudo: alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/mysql --password=Hunter2Secret99 -h db',
      { message: '/usr/bin/mysql --password=[redacted] -h db' },
    ],
  ])('%s', (text, expected) =>
    expect(line(text)).toMatchObject({ source: 'command', node: 'bastion', ...expected }),
  );
});

describe('sshd', () => {
  test.each([
    [
      'sshd[1]: Accepted publickey for alice from 192.0.2.1 port 5022 ssh2: ED25519 SHA256:abc',
      {
        verb: 'login',
        user: 'alice',
        source_ip: '192.0.2.1',
        credential: 'publickey ED25519 SHA256:abc',
        decision: 'allow',
      },
    ],
    [
      'sshd-session[1]: Accepted password for bob from 2001:db8::1 port 5022 ssh2',
      { verb: 'login', user: 'bob', source_ip: '2001:db8::1', credential: 'password' },
    ],
    [
      'sshd[1]: Failed password for invalid user admin from 192.0.2.2 port 22 ssh2',
      { verb: 'login-failed', user: 'admin', source_ip: '192.0.2.2', decision: 'forbid' },
    ],
    [
      'sshd[1]: Failed password for invalid user x from 9.9.9.9 port 1 ssh2 from 192.0.2.3 port 22 ssh2',
      { user: 'x from 9.9.9.9 port 1 ssh2', source_ip: '192.0.2.3' },
    ],
    [
      'sshd[1]: Invalid user from 9.9.9.9 from 192.0.2.4 port 22',
      { verb: 'login-refused', source_ip: '192.0.2.4' },
    ],
    [
      'sshd[1]: User root from 192.0.2.5 not allowed because not listed in AllowUsers',
      { verb: 'login-refused', user: 'root', source_ip: '192.0.2.5' },
    ],
    [
      'sshd[1]: Disconnected from user alice 192.0.2.1 port 5022',
      { verb: 'logout', user: 'alice', source_ip: '192.0.2.1' },
    ],
    [
      'sshd[1]: Connection closed by authenticating user root 192.0.2.6 port 22 [preauth]',
      { verb: 'disconnected', user: 'root' },
    ],
    [
      'sshd[1]: Received disconnect from 192.0.2.7 port 22:11: disconnected by user',
      { verb: 'disconnected', source_ip: '192.0.2.7', user: '' },
    ],
  ])('%s', (text, expected) => expect(line(text)).toMatchObject({ source: 'command', ...expected }));

  test('what it says of itself, and what others say in its words, are lines', () => {
    expect(line('sshd[1]: Server listening on 0.0.0.0 port 22.')).toMatchObject({
      source: 'log',
      verb: 'log',
    });
    expect(line('app[1]: Accepted password for root from 9.9.9.9 port 1 ssh2')).toMatchObject({
      source: 'log',
      user: '',
    });
  });
});

describe('shells', () => {
  test.each([
    [
      '-bash[9]: HISTORY: PID=9 UID=1000 kubectl delete ns shop',
      { user: 'uid:1000', message: 'kubectl delete ns shop', verb: 'typed' },
    ],
    ['bash[9]: HISTORY: PID=9 UID=0 id', { user: 'root', name: 'id' }],
    [
      'alice: alice [1234]: 12  2026-11-23 20:16:17 kubectl get pods [1]',
      { user: 'alice', message: 'kubectl get pods', code: 1 },
    ],
    ['bash-history: carol [7]: ls -la [0]', { user: 'carol', message: 'ls -la', code: 0 }],
    [
      'snoopy[3]: [login:dave uid:0 tty:/dev/pts/0 cwd:/root filename:/usr/bin/kubectl]: kubectl exec -it web -- sh',
      { user: 'dave', name: '/usr/bin/kubectl', message: 'kubectl exec -it web -- sh', verb: 'execve' },
    ],
  ])('%s', (text, expected) => expect(line(text)).toMatchObject({ source: 'command', ...expected }));

  test('a history with times, of which a command may have several lines', () => {
    const decoder = new ShellHistoryDecoder(ORIGIN, '/home/erin/.bash_history');
    const lines = [
      '#1700000000',
      'kubectl get pods',
      '#1700000001',
      'for i in 1 2',
      'do echo $i; done',
      ': 1700000002:0;ls',
    ];
    const records = [
      ...lines.flatMap((text, at) => decoder.decode({ text, at }).records),
      ...decoder.flush().records,
    ];
    expect(records.map(({ user, time, message }) => [user, time / 1e6, message])).toEqual([
      ['erin', 1_700_000_000, 'kubectl get pods'],
      ['erin', 1_700_000_001, 'for i in 1 2\\ndo echo $i; done'],
      ['erin', 1_700_000_002, 'ls'],
    ]);
    expect(
      new ShellHistoryDecoder(ORIGIN, '/root/.bash_history').decode({ text: 'ls', at: 0 }).refused,
    ).toHaveLength(1);
  });
});

test('a terminal that tlog recorded', () => {
  const message = {
    ver: '2.1',
    host: 'server.example',
    rec: 'e843-22c2',
    user: 'johndoe',
    term: 'xterm',
    session: 324,
    id: 23,
    pos: 345_349,
    time: 1_600_718_060.667,
    timing: '<4+11>4',
    in_txt: 'date\r',
    in_bin: [],
    out_txt: 'date\r\n\u001b[1mx',
    out_bin: [],
  };
  const typed = line(`tlog-rec-session[5]: ${JSON.stringify(message)}`);
  expect(typed).toMatchObject({
    verb: 'tty-input',
    user: 'johndoe',
    message: 'date\\r',
    time: 1_600_718_060_667_000,
    key: 'tlog test server.example e843-22c2 23',
  });
  const shown = line(`tlog-rec-session[5]: ${JSON.stringify({ ...message, in_txt: '' })}`);
  expect(shown).toMatchObject({ verb: 'tty-output', message: 'date\\r\\nx' });
});

describe('other products', () => {
  test('Teleport: a request to Kubernetes, a command in a pod, a command on a node', () => {
    const common = {
      ei: 0,
      time: '2020-11-12T20:35:44.978Z',
      user: 'alice',
      cluster_name: 'root',
      'addr.remote': '[::1]:43026',
    };
    const { records } = event({
      ...common,
      event: 'kube.request',
      code: 'T3009I',
      uid: '8c14',
      login: 'awly',
      verb: 'GET',
      request_path: '/api/v1/namespaces/teletest/pods/test-pod',
      resource_api_group: 'core/v1',
      resource_kind: 'pods',
      resource_name: 'test-pod',
      resource_namespace: 'teletest',
      response_code: 200,
      kubernetes_users: ['u'],
      kubernetes_groups: ['system:masters', 'b'],
    });
    expect(records[0]).toMatchObject({
      verb: 'get',
      user: 'alice',
      impersonated: 'u',
      groups: 'system:masters\nb',
      source_ip: '::1',
      api_group: '',
      api_version: 'v1',
      resource: 'pods',
      namespace: 'teletest',
      name: 'test-pod',
      code: 200,
      uri: '/api/v1/namespaces/teletest/pods/test-pod',
      source: 'command',
    });
    const exec = event({
      ...common,
      event: 'exec',
      code: 'T3002I',
      uid: '9',
      command: '/bin/sh -c "curl -H \'Authorization: Bearer abcdefghijklmnop123456\' x"',
      exitCode: '1',
      kubernetes_pod_name: 'web',
      kubernetes_pod_namespace: 'shop',
      kubernetes_container_name: 'app',
      kubernetes_node_name: 'n1',
    }).records[0]!;
    expect(exec).toMatchObject({
      verb: 'exec',
      pod: 'web',
      namespace: 'shop',
      container: 'app',
      node: 'n1',
      code: 1,
      redactions: 1,
    });
    expect(exec.raw).not.toContain('abcdefghijklmnop');
    const command = event({
      ...common,
      event: 'session.command',
      code: 'T4000I',
      uid: '10',
      login: 'root',
      path: '/bin/ls',
      program: 'ls',
      argv: ['ls', '-la'],
      return_code: 0,
      server_hostname: 's1',
    }).records[0]!;
    expect(command).toMatchObject({
      verb: 'execve',
      impersonated: 'root',
      message: '/bin/ls -la',
      node: 's1',
      code: 0,
    });
    const login = event({
      ...common,
      event: 'user.login',
      code: 'T1000W',
      uid: '11',
      success: false,
      method: 'local',
      error: 'bad',
    }).records[0]!;
    expect(login).toMatchObject({
      verb: 'login-failed',
      decision: 'forbid',
      credential: 'local',
      reason: 'bad',
    });
  });

  test('Tetragon: a process in a container', () => {
    const { records } = event({
      process_exec: {
        process: {
          exec_id: 'abc',
          pid: 52_699,
          uid: 0,
          auid: 1000,
          cwd: '/',
          binary: '/usr/bin/whoami',
          arguments: '--version',
          start_time: '2023-10-06T22:03:57.700327580Z',
          pod: {
            namespace: 'default',
            name: 'xwing',
            container: { id: 'containerd://551e', name: 'spaceship', image: {} },
          },
        },
        parent: {},
      },
      node_name: 'gke-1',
      time: '2023-10-06T22:03:57.700326678Z',
    });
    expect(records[0]).toMatchObject({
      verb: 'execve',
      user: 'uid:1000',
      impersonated: 'root',
      namespace: 'default',
      pod: 'xwing',
      container: 'spaceship',
      node: 'gke-1',
      name: '/usr/bin/whoami',
      message: '/usr/bin/whoami --version',
      time: Date.UTC(2023, 9, 6, 22, 3, 57) * 1000 + 700_326,
    });
  });

  test('Falco: an alert', () => {
    const { records } = event({
      hostname: 'n1',
      priority: 'Notice',
      rule: 'Terminal shell in container',
      source: 'syscall',
      tags: ['shell'],
      time: '2023-05-25T03:53:26.123456789Z',
      output: '03:53:26.1: Notice A shell was spawned',
      output_fields: {
        'evt.type': 'execve',
        'k8s.ns.name': 'shop',
        'k8s.pod.name': 'web',
        'container.id': 'a1',
        'container.name': 'app',
        'proc.cmdline': 'bash -i',
        'user.name': 'root',
        'user.loginname': '<NA>',
        'proc.name': 'bash',
      },
    });
    expect(records[0]).toMatchObject({
      verb: 'execve',
      reason: 'Terminal shell in container',
      namespace: 'shop',
      pod: 'web',
      container: 'app',
      message: 'bash -i',
      user: 'root',
      level: 'info',
    });
  });

  test.each([
    ['{', 'not-json'],
    ['[]', 'not-an-event'],
    ['{"a":1}', 'not-an-event'],
    ['{"__proto__":{"event":"exec","code":"T1I","uid":"1","time":"2020-11-12T20:35:44Z"}}', 'not-an-event'],
    [`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'too-deep'],
  ])('%.40s is refused', (text, reason) => {
    expect(new JsonEventDecoder(ORIGIN).decode({ text, at: 0 }).refused.map((one) => one.reason)).toEqual([
      reason,
    ]);
  });
});
