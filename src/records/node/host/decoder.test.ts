import { describe, expect, test } from 'vitest';
import { SeenPods } from '../containers/directory.ts';
import { HostLogDecoder, type HostOptions, JournalExportDecoder } from './decoder.ts';

const RECEIVED = Date.UTC(2026, 10, 23, 21) * 1000;
const ORIGIN = { inlet: 'file:/var/log/syslog', cluster: 'test', node: 'worker-1', received: RECEIVED };

function decode(lines: readonly string[], options: HostOptions = {}, origin: Partial<typeof ORIGIN> = {}) {
  const decoder = new HostLogDecoder({ ...ORIGIN, ...origin }, options);
  const parts = lines.map((text, at) => decoder.decode({ text, at }));
  parts.push(decoder.flush());
  return { records: parts.flatMap((part) => part.records), refused: parts.flatMap((part) => part.refused) };
}

const at = (hours: number, minutes: number, seconds: number, micros = 0) =>
  Date.UTC(2026, 10, 23, hours, minutes, seconds) * 1000 + micros;

describe('envelopes', () => {
  test.each([
    ['Nov 23 20:16:17 host kubelet[1234]: text', at(20, 16, 17), 'time-assumed', ''],
    [
      '<28>Nov  3 20:16:17 host kubelet[1234]: text',
      at(20, 16, 17) - 20 * 86_400_000_000,
      'time-assumed',
      'warning',
    ],
    ['Dec 31 23:59:59 host kubelet: text', Date.UTC(2025, 11, 31, 23, 59, 59) * 1000, 'time-assumed', ''],
    ['2026-11-23T20:16:17.123456+00:00 host kubelet[1234]: text', at(20, 16, 17, 123_456), '', ''],
    ['2026-11-23T21:16:17+0100 host kubelet[1234]: text', at(20, 16, 17), '', ''],
    ['<11>1 2026-11-23T20:16:17.5Z host kubelet 1234 - - text', at(20, 16, 17, 500_000), '', 'error'],
    [
      '57 <14>1 2026-11-23T20:16:17.5Z - kubelet 1234 ID [a@1 b="]\\"x"][c d="e"] \ufefftext',
      at(20, 16, 17, 500_000),
      '',
      'info',
    ],
  ])('%s', (line, time, reason, level) => {
    const { records, refused } = decode([line]);
    expect(refused).toEqual([]);
    expect(records[0]).toMatchObject({
      time,
      reason,
      level,
      source: 'kubelet',
      message: 'text',
      user_agent: 'kubelet',
      raw: line,
    });
  });

  test('the journal as JSON, with bytes where it is no text', () => {
    const entry = {
      __CURSOR: 's=1;i=2',
      __REALTIME_TIMESTAMP: '1700000000000001',
      _HOSTNAME: 'host',
      SYSLOG_IDENTIFIER: 'containerd',
      PRIORITY: '6',
      _PID: '77',
      MESSAGE: [...Buffer.from('time="2026-11-23T20:16:17.1Z" level=error msg="é failed"')],
    };
    const { records } = decode([JSON.stringify(entry)]);
    expect(records[0]).toMatchObject({
      key: 'line test worker-1 s=1;i=2',
      time: 1_700_000_000_000_001,
      source: 'runtime',
      level: 'error',
      message: 'msg="é failed"',
    });
  });

  test('a process that calls itself by the name of another is not taken for it', () => {
    const entry = (identifier: string, exe: string, message: string) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: '1700000000000001',
        _TRANSPORT: 'syslog',
        SYSLOG_IDENTIFIER: identifier,
        _EXE: exe,
        MESSAGE: message,
      });
    const { records } = decode([
      entry('sshd', '/usr/bin/logger', 'Accepted password for root from 9.9.9.9 port 1 ssh2'),
      entry('kernel', '/usr/bin/logger', 'audit: type=1309 audit(1700000000.200:43): argc=1 a0="ls"'),
      entry('sshd', '/usr/lib/openssh/sshd-session', 'Accepted password for root from 192.0.2.1 port 1 ssh2'),
      entry('sudo', '/usr/bin/sudo', 'a : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh'),
    ]);
    expect(records.map(({ verb, user_agent }) => [verb, user_agent])).toEqual([
      ['log', 'logger'],
      ['log', 'logger'],
      ['login', 'sshd'],
      ['sudo', 'sudo'],
    ]);
  });

  test('the export of the journal, in pieces cut anywhere', () => {
    const binary = 'two\nlines';
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(binary.length));
    const bytes = Buffer.concat([
      Buffer.from(
        '__CURSOR=a\n__REALTIME_TIMESTAMP=1700000000000001\n_HOSTNAME=h\nSYSLOG_IDENTIFIER=kubelet\nMESSAGE=one\n\n',
      ),
      Buffer.from('__CURSOR=b\n__REALTIME_TIMESTAMP=1700000000000002\nSYSLOG_IDENTIFIER=kubelet\nMESSAGE\n'),
      length,
      Buffer.from(`${binary}\n\n__CURSOR=c\n__REALTIME_TIMESTAMP=1700000000000003\nMESSAGE=last\n`),
    ]);
    for (const size of [1, 7, 1000]) {
      const decoder = new JournalExportDecoder(ORIGIN);
      const records = [];
      for (let start = 0; start < bytes.length; start += size)
        records.push(...decoder.push(bytes.subarray(start, start + size)).records);
      records.push(...decoder.end().records);
      expect(records.map(({ message, time }) => [message, time % 10])).toEqual([
        ['one', 1],
        ['two\\nlines', 2],
        ['last', 3],
      ]);
    }
  });

  test('audit records that come through the journal or the kernel are put together', () => {
    const journal = (type: string, message: string) =>
      JSON.stringify({
        __CURSOR: type,
        __REALTIME_TIMESTAMP: '1700000000999999',
        _SOURCE_REALTIME_TIMESTAMP: '1700000000123000',
        _TRANSPORT: 'audit',
        _AUDIT_TYPE: type,
        _AUDIT_ID: '42',
        MESSAGE: message,
      });
    const { records } = decode([
      journal(
        '1300',
        'SYSCALL arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 auid=1000 uid=0 euid=0 tty=pts0 ses=1 comm="id" exe="/usr/bin/id" key=(null)',
      ),
      journal('1309', 'EXECVE argc=2 a0="id" a1="-u"'),
      journal('1327', `PROCTITLE proctitle=${Buffer.from('id\0-u').toString('hex').toUpperCase()}`),
      'Nov 23 20:16:17 host kernel: [ 12.5] audit: type=1309 audit(1700000000.200:43): argc=1 a0="ls"',
      'Nov 23 20:16:18 host audisp-syslog[9]: type=USER_CMD msg=audit(1700000000.300:44): pid=1 uid=1000 auid=1000 ses=1 msg=\'cwd="/" cmd="whoami" terminal=pts/0 res=success\'',
    ]);
    expect(records.map(({ key, message }) => [key, message])).toEqual([
      ['auditd test worker-1 1700000000123000:42', 'id -u'],
      ['auditd test worker-1 1700000000300000:44', 'whoami'],
      ['auditd test worker-1 1700000000200000:43', 'ls'],
    ]);
  });
});

describe('kubelets and runtimes', () => {
  test('klog without an envelope: the year is that of the receipt, and that is said', () => {
    const { records } = decode(
      [
        'I1123 20:16:17.123456    1234 kubelet.go:123] "SyncLoop ADD" source="api" pod="shop/web-1" podUID="7e5f0d4c-3f3b-4c57-9b6e-2b6a0c1f4d11" containerName="app"',
        'goroutine 1 [running]:',
        'E0229 00:00:00.000001       1 x.go:1] on a leap day',
      ],
      { program: 'kubelet' },
    );
    expect(records[0]).toMatchObject({
      time: at(20, 16, 17, 123_456),
      reason: 'time-assumed',
      level: 'info',
      source: 'kubelet',
      namespace: 'shop',
      pod: 'web-1',
      uid: '7e5f0d4c-3f3b-4c57-9b6e-2b6a0c1f4d11',
      container: 'app',
    });
    expect(records[1]).toMatchObject({ time: records[0]!.time, message: 'goroutine 1 [running]:' });
    expect(new Date(records[2]!.time / 1000).toISOString()).toBe('2024-02-29T00:00:00.000Z');
  });

  test('in JSON, by milliseconds (component-base/logs/json)', () => {
    const { records } = decode(
      [
        '{"ts":1580306777.04728,"caller":"x.go:1","msg":"failed","pod":{"name":"web-1","namespace":"shop"},"err":"e"}',
      ],
      {
        program: 'kubelet',
      },
    );
    expect(records[0]).toMatchObject({
      time: 1_580_306_777_047,
      level: 'error',
      namespace: 'shop',
      pod: 'web-1',
    });
  });

  test('of which pod a runtime speaks: by what it says or by the id of a container', () => {
    const id = 'ab'.repeat(32);
    const pods = new SeenPods();
    pods.add({ namespace: 'shop', pod: 'web-1', podUid: 'u', container: 'app' }, id);
    const { records } = decode(
      [
        'time="2026-11-23T20:16:17.123456789Z" level=info msg="RunPodSandbox for &PodSandboxMetadata{Name:db-0,Uid:7e5f,Namespace:data,Attempt:0,}"',
        `time="2026-11-23T20:16:18Z" level=warning msg="cleaning up dead shim" id=${id}`,
        `time="2026-11-23T20:16:19Z" level=warning msg="other" id=${'cd'.repeat(32)}`,
      ],
      { program: 'containerd', pods },
    );
    expect(
      records.map(({ source, level, namespace, pod, container }) => [
        source,
        level,
        namespace,
        pod,
        container,
      ]),
    ).toEqual([
      ['runtime', 'info', 'data', 'db-0', ''],
      ['runtime', 'warning', 'shop', 'web-1', 'app'],
      ['runtime', 'warning', '', '', ''],
    ]);
  });

  test('a message cannot name a pod by what it quotes', () => {
    const { records } = decode(
      ['I1123 20:16:17.1    1234 a.go:1] "x" err="a pod=\\"kube-system/root\\" b"'],
      { program: 'kubelet' },
    );
    expect(records[0]!.pod).toBe('');
  });

  test('a file without a time anywhere is refused', () => {
    expect(decode(['hello'], { program: 'kubelet' }).refused).toHaveLength(1);
    const { received: _, ...origin } = ORIGIN;
    const decoder = new HostLogDecoder(origin);
    expect(decoder.decode({ text: 'Nov 23 20:16:17 host kubelet: x', at: 0 }).refused).toHaveLength(1);
  });
});

describe('the kernel, and what was lost', () => {
  test('a process was killed for its memory: in which pod', () => {
    const uid = '7e5f0d4c-3f3b-4c57-9b6e-2b6a0c1f4d11';
    const { records } = decode([
      `Nov 23 20:16:17 host kernel: [123.4] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=/kubepods/burstable/pod${uid},task_memcg=/kubepods/burstable/pod${uid}/${'ab'.repeat(32)},task=java,pid=4321,uid=1000`,
    ]);
    expect(records[0]).toMatchObject({
      source: 'lifecycle',
      verb: 'oom-killed',
      uid,
      container: 'ab'.repeat(32),
      name: 'java',
      pod: '',
    });
  });

  test.each([
    ['kernel: audit: audit_lost=17 audit_rate_limit=0 audit_backlog_limit=64', 'audit-lost', 17],
    ['kernel: audit: kauditd hold queue overflow', 'audit-lost', -1],
    ['kernel: audit: backlog limit exceeded', 'audit-lost', -1],
    ['systemd-journald[1]: Suppressed 2871 messages from kubelet.service', 'log-lost', 2871],
    ['rsyslogd[1]: imuxsock lost 12 messages from pid 9 due to rate-limiting', 'log-lost', 12],
  ])('%s', (text, verb, code) => {
    expect(decode([`Nov 23 20:16:17 host ${text}`]).records[0]).toMatchObject({
      source: 'collector',
      verb,
      code,
    });
    // Others may write the same.
    expect(decode([`Nov 23 20:16:17 host logger: ${text}`]).records[0]).toMatchObject({ source: 'log' });
  });
});

describe('hostile lines', () => {
  test('equal lines of one second stay two, and read again they are the same', () => {
    const line = 'Nov 23 20:16:17 host app: same';
    const keys = decode([line, line]).records.map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    expect(decode([line, line]).records.map(({ key }) => key)).toEqual(keys);
  });

  test('long lines take time in proportion', () => {
    const start = performance.now();
    for (const piece of [
      '[a b="',
      '<1>',
      'pod="a/',
      'oom-kill:constraint=x ',
      'f'.repeat(63),
      'from x port ',
      ' ; COMMAND=',
      ' [1]',
      'PodSandboxMetadata{Name:a',
      'a:',
      '\\"',
      ' ',
    ]) {
      const long = piece.repeat(50_000 / piece.length);
      for (const program of ['kernel', 'kubelet', 'sshd', 'sudo', 'bash', 'snoopy', 'containerd'])
        for (const before of [
          '',
          'Failed password for ',
          '"x" ',
          'Disconnected from user ',
          '[uid:0 ',
          'a [1]: ',
        ])
          decode([`Nov 23 20:16:17 host ${program}: ${before}${long}`]);
      decode([`<11>1 2026-11-23T20:16:17.5Z host kubelet 1234 - ${long}`, long]);
    }
    expect(performance.now() - start).toBeLessThan(10_000);
  }, 20_000);
});
