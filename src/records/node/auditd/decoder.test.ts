import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EventRecord } from '../../record.ts';
import { SeenPods } from '../containers/directory.ts';
import { AuditdDecoder } from './decoder.ts';
import type { AuditdOptions } from './facts.ts';
import { scanFields } from './line.ts';
import { userNames } from './users.ts';

const ORIGIN = { inlet: 'file:/var/log/audit/audit.log', cluster: 'test', node: 'worker-1' };

function decode(text: string, options: AuditdOptions = {}, origin = ORIGIN) {
  const decoder = new AuditdDecoder(origin, options);
  const parts = text.split('\n').map((line, index) => decoder.decode({ text: line, at: index }));
  parts.push(decoder.flush());
  return { records: parts.flatMap((part) => part.records), refused: parts.flatMap((part) => part.refused) };
}

const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase();

function execution(serial: number, words: readonly string[], more = ''): string[] {
  const stamp = `msg=audit(1700000000.${String(serial % 1000).padStart(3, '0')}:${serial})`;
  const args = words.map((word, index) => {
    const value = /^[!#-~]*$/.test(word) ? `"${word}"` : hex(word);
    return `a${index}=${value}`;
  });
  return [
    `type=SYSCALL ${stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=500 pid=${serial} auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts1 ses=3 comm="x" exe="/usr/bin/x" subj=unconfined key="exec"${more}`,
    `type=EXECVE ${stamp}: argc=${words.length} ${args.join(' ')}`,
    `type=CWD ${stamp}: cwd="/root"`,
    `type=PATH ${stamp}: item=0 name="/usr/bin/x" inode=1 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL`,
    `type=PROCTITLE ${stamp}: proctitle=${hex(words.join('\0'))}`,
  ];
}

const process = (record: EventRecord | undefined) => JSON.parse(record!.raw).process;

describe('events of auditd', () => {
  test('a command behind sudo: who logged in, as whom, where, and what', () => {
    const { records, refused } = decode(
      execution(7, ['kubectl', 'get', 'pods', '-l', "it's here"]).join('\n'),
      {
        users: userNames('root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n'),
      },
    );
    expect(refused).toEqual([]);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      key: 'auditd test worker-1 1700000000007000:7',
      time: 1_700_000_000_007_000,
      source: 'command',
      verb: 'execve',
      user: 'alice',
      impersonated: 'root',
      name: '/usr/bin/x',
      node: 'worker-1',
      reason: 'exec',
      code: 0,
      pod: '',
      message: "kubectl get pods -l 'it'\\''s here'",
    });
    expect(process(records[0])).toEqual({
      exe: '/usr/bin/x',
      cwd: '/root',
      pid: 7,
      parent: 500,
      uid: '0',
      login: 'alice',
      acting: 'root',
      tty: 'pts1',
      session: '3',
    });
    expect(JSON.parse(records[0]!.raw).lines).toHaveLength(5);
  });

  test('the enriched format names users and calls', () => {
    const [syscall, ...rest] = execution(
      8,
      ['id'],
      '\u001dARCH=x86_64 SYSCALL=execve AUID="bob" UID="root" GID="root" EUID="root"',
    );
    const { records } = decode([syscall, ...rest].join('\n'));
    expect(records[0]).toMatchObject({ user: 'bob', impersonated: 'root', verb: 'execve', message: 'id' });
  });

  test('a long word in pieces over several records, cut within a character', () => {
    const word = `--label=é${'x'.repeat(20)}ü`;
    const bytes = Buffer.from(word).toString('hex').toUpperCase();
    const stamp = 'msg=audit(1700000000.001:9):';
    const cut = bytes.indexOf('C3A9') + 2;
    const { records } = decode(
      [
        `type=SYSCALL ${stamp} arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 auid=4294967295 uid=0 euid=0 tty=(none) ses=4294967295 comm="k" exe="/bin/k" key=(null)`,
        `type=EXECVE ${stamp} argc=3 a0="k" a1_len=${bytes.length} a1[0]=${bytes.slice(0, cut)}`,
        `type=EXECVE ${stamp} a1[1]=${bytes.slice(cut)} a2="end"`,
        `type=EOE ${stamp} `,
      ].join('\n'),
    );
    expect(records[0]).toMatchObject({ user: 'root', impersonated: '', message: `k ${`'${word}'`} end` });
  });

  test('files: what was done to which, relative to where, and whether it was let', () => {
    const stamp = 'msg=audit(1700000001.000:10):';
    const { records } = decode(
      [
        `type=SYSCALL ${stamp} arch=c00000b7 syscall=38 success=no exit=-13 items=4 ppid=1 pid=2 auid=1000 uid=1000 euid=1000 tty=pts0 ses=1 comm="mv" exe="/usr/bin/mv" key=6964656E7469747901657463`,
        `type=CWD ${stamp} cwd="/etc"`,
        `type=PATH ${stamp} item=0 name="/etc" nametype=PARENT`,
        `type=PATH ${stamp} item=1 name="/etc" nametype=PARENT`,
        `type=PATH ${stamp} item=2 name="shadow" nametype=DELETE`,
        `type=PATH ${stamp} item=3 name=${hex('/tmp/a b')} nametype=CREATE`,
        `type=PROCTITLE ${stamp} proctitle=${hex('mv\0shadow\0/tmp/a b')}`,
      ].join('\n'),
    );
    expect(records[0]).toMatchObject({
      verb: 'rename',
      name: '/etc/shadow',
      code: 13,
      reason: 'identity,etc',
      user_agent: '/usr/bin/mv',
      message: "rename /etc/shadow /tmp/a b: mv shadow '/tmp/a b'",
    });
  });

  test('logins over ssh: from where, and that one failed', () => {
    const { records } = decode(
      [
        `type=USER_LOGIN msg=audit(1481077043.193:421): pid=1298 uid=0 auid=1000 ses=1 subj=system_u:system_r:sshd_t:s0 msg='op=login id=1000 exe="/usr/sbin/sshd" hostname=host.example addr=203.0.113.9 terminal=/dev/pts/0 res=success'\u001dUID="root" AUID="carol" ID="carol"`,
        `type=USER_LOGIN msg=audit(1481077044.193:422): pid=1299 uid=0 auid=4294967295 ses=4294967295 msg='op=login acct=${hex('(invalid user)')} exe="/usr/sbin/sshd" hostname=? addr=203.0.113.10 terminal=sshd res=failed'`,
        `type=USER_CMD msg=audit(1481077231.363:475): pid=1382 uid=1000 auid=1000 ses=3 msg='cwd="/home/c" cmd=${hex('kubectl --token abcdefghij1234567890 get secrets')} terminal=pts/0 res=failed'`,
      ].join('\n'),
    );
    expect(
      records.map(({ verb, user, source_ip, code, decision }) => [verb, user, source_ip, code, decision]),
    ).toEqual([
      ['login', 'carol', '203.0.113.9', 0, 'allow'],
      ['login-failed', '(invalid user)', '203.0.113.10', 1, 'forbid'],
      ['sudo', 'uid:1000', '', 1, 'forbid'],
    ]);
    expect(records[2]!.message).toContain('--token [redacted]');
    expect(records[2]!.raw).not.toContain(hex('abcdefghij1234567890'));
  });

  test('the recording itself is a record of the collecting', () => {
    const { records } = decode(
      [
        'type=DAEMON_START msg=audit(1481076983.819:7798): auditd start, ver=2.4.1 format=raw kernel=3.10.0 auid=4294967295 pid=251 subj=system_u:system_r:auditd_t:s0 res=success',
        'type=CONFIG_CHANGE msg=audit(1481077231.371:478): auid=1000 ses=3 subj=unconfined op=remove_rule key="exec" list=4 res=1',
        'type=DAEMON_CONFIG msg=audit(1490239800.477:34) config changed, auid=0 pid=1512 subj=x res=success',
        'type=DAEMON_END msg=audit(1490239900.892:7799): auditd normal halt, sending auid=? pid=? subj=? res=success',
      ].join('\n'),
    );
    const inOrder = [...records].sort((a, b) => a.time - b.time);
    expect(inOrder.map(({ source, verb, user, name }) => [source, verb, user, name])).toEqual([
      ['collector', 'audit-started', '', ''],
      ['collector', 'audit-reconfigured', 'uid:1000', 'exec'],
      ['collector', 'audit-reconfigured', 'root', ''],
      ['collector', 'audit-stopped', '', ''],
    ]);
  });

  test('the kernel names types by their numbers, and a connection has its peer', () => {
    const { records } = decode(
      [
        'audit: type=1300 audit(1492037289.295:49): arch=c000003e syscall=42 success=no exit=-115 items=0 ppid=1 pid=1172 auid=4294967295 uid=0 euid=0 tty=(none) ses=4294967295 comm="agent" exe="/usr/bin/agent" key=(null)',
        'audit: type=1306 audit(1492037289.295:49): saddr=02000050A9FEA9FE0000000000000000',
        'audit: type=1320 audit(1492037289.295:49): ',
      ].join('\n'),
    );
    expect(records[0]).toMatchObject({ verb: 'connect', name: '169.254.169.254:80', code: 115 });
  });

  test('container and pod through the cgroup; an unknown one is not guessed', () => {
    const id = 'ab'.repeat(32);
    const pods = new SeenPods();
    const podUid = '0a1b2c3d-0000-1111-2222-333344445555';
    pods.add({ namespace: 'shop', pod: 'web-1', podUid, container: 'app' }, id);
    const cgroups = new Map([
      [
        1,
        `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${podUid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`,
      ],
      [2, `/kubepods/besteffort/pod${podUid.replace('0a', 'ff')}/${id.replaceAll('a', 'c')}`],
      [3, '/system.slice/ssh.service'],
    ]);
    const options = { pods, processes: { cgroupOf: (pid: number) => cgroups.get(pid) } };
    const { records } = decode([1, 2, 3, 4].flatMap((pid) => execution(pid, ['id'])).join('\n'), options);
    expect(records.map(({ namespace, pod, container, uid }) => [namespace, pod, container, uid])).toEqual([
      ['shop', 'web-1', 'app', podUid],
      ['', '', id.replaceAll('a', 'c'), podUid.replace('0a', 'ff')],
      ['', '', '', ''],
      ['', '', '', ''],
    ]);
    expect(process(records[2]).cgroup).toBe('/system.slice/ssh.service');
    expect(process(records[3]).cgroup).toBeUndefined();
  });
});

describe('lines that come interleaved, late, or not at all', () => {
  test('any interleaving gives the same records (seed 7)', () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return state % below;
    };
    const events = Array.from({ length: 300 }, (_, index) =>
      execution(index + 1, ['cmd', String(index), 'a b'.repeat(random(3))]),
    );
    const expected = decode(events.flat().join('\n')).records;
    expect(expected).toHaveLength(300);
    for (let round = 0; round < 5; round++) {
      const waiting = events.map((lines) => [...lines]);
      const mixed: string[] = [];
      // Of each event in order, of at most eight events at once.
      while (waiting.length > 0) {
        const index = random(Math.min(8, waiting.length));
        mixed.push(waiting[index]!.shift()!);
        if (waiting[index]!.length === 0) waiting.splice(index, 1);
      }
      const byKey = (a: EventRecord, b: EventRecord) => (a.key < b.key ? -1 : 1);
      expect([...decode(mixed.join('\n')).records].sort(byKey)).toEqual([...expected].sort(byKey));
    }
  });

  test('an event without an end is over by the time of others, and held until then', () => {
    const decoder = new AuditdDecoder(ORIGIN);
    const [first] = execution(1, ['a']);
    expect(decoder.decode({ text: first!, at: 10 }).records).toEqual([]);
    expect(decoder.held).toBe(10);
    const later = first!.replace('1700000000.001:1', '1700000002.500:2');
    expect(decoder.decode({ text: later, at: 20 }).records.map(({ key }) => key)).toEqual([
      'auditd test worker-1 1700000000001000:1',
    ]);
    expect(decoder.held).toBe(20);
    expect(decoder.flush().records).toHaveLength(1);
    expect(decoder.held).toBeUndefined();
  });

  test('a clock that is set back holds nothing up, and another node with another clock ends nothing', () => {
    const [line] = execution(1, ['a']);
    const decoder = new AuditdDecoder(ORIGIN);
    decoder.decode({ text: line!, at: 0 });
    const other = `node=other ${line!.replace('1700000000.001:1', '1600000000.001:5')}`;
    expect(decoder.decode({ text: other, at: 1 }).records).toEqual([]);
    const back = line!.replace('1700000000.001:1', '1600000000.001:2');
    expect(decoder.decode({ text: back, at: 2 }).records).toHaveLength(1);
  });

  test('read again from the middle it has the same key; what came after the end is kept as a part', () => {
    const lines = execution(1, ['a']);
    const keys = new Set(decode(lines.slice(2).join('\n')).records.map(({ key }) => key));
    expect(keys).toEqual(new Set(decode(lines.join('\n')).records.map(({ key }) => key)));
    const late = decode([...lines, lines[2]].join('\n')).records;
    expect(late.map(({ key }) => key)).toEqual([
      'auditd test worker-1 1700000000001000:1',
      'auditd test worker-1 1700000000001000:1 1',
    ]);
    expect(decode('type=EOE msg=audit(1700000000.001:1): ').records).toEqual([]);
  });

  test('the key outlives rotation where the node is not known', () => {
    const at = (inlet: string) =>
      decode(execution(1, ['a']).join('\n'), {}, { inlet, cluster: 'c' } as never).records[0]!.key;
    expect(at('file:/n1/audit.log.3.gz')).toBe(at('file:/n1/audit.log'));
    expect(at('file:/n2/audit.log')).not.toBe(at('file:/n1/audit.log'));
  });

  test('open events are bounded in number and size', () => {
    const decoder = new AuditdDecoder(ORIGIN);
    let told = 0;
    for (let serial = 1; serial <= 5000; serial++) {
      const text = `type=SYSCALL msg=audit(1700000000.001:${serial}): arch=c000003e syscall=59 pid=1`;
      told += decoder.decode({ text, at: serial }).records.length;
    }
    expect(told).toBeGreaterThan(3900);
    const long = new AuditdDecoder(ORIGIN);
    const piece = `type=EXECVE msg=audit(1700000000.001:1): a1[0]=${'41'.repeat(500_000)}`;
    for (let at = 0; at < 40; at++) long.decode({ text: piece, at });
    const { records, refused } = long.flush();
    expect(refused.map(({ reason }) => reason)).toEqual(['too-long']);
    expect(records[0]!.raw.length).toBeLessThan(9 * 2 ** 20);
    expect(JSON.parse(records[0]!.raw).droppedRecords).toBe(32);
  });
});

describe('hostile lines', () => {
  test.each([
    ['no JSON, no audit', 'hello'],
    ['no stamp', 'type=SYSCALL msg=?'],
    ['a stamp that is no number', 'type=SYSCALL msg=audit(x.y:z): a=1'],
  ])('%s is refused', (_, text) => {
    expect(decode(text).refused.map(({ reason }) => reason)).toEqual(['unknown-format']);
  });

  test('what a user can put in does not become another field or another line', () => {
    const stamp = 'msg=audit(1700000000.001:1):';
    const { records } = decode(
      `type=USER_LOGIN ${stamp} pid=1 uid=0 auid=1000 ses=1 msg='op=login acct=${hex('x" addr=1.1.1.1\nres=success')} exe="/usr/sbin/sshd" hostname=? addr=9.9.9.9 terminal=ssh res=failed' addr=1.2.3.4 auid=0`,
    );
    expect(records[0]).toMatchObject({ source_ip: '9.9.9.9', verb: 'login-failed' });
    expect(records[0]!.user).toBe('x" addr=1.1.1.1\\nres=success');
  });

  test('names of prototypes are names, and hexadecimal that does not decode stays as it is', () => {
    const fields = scanFields('__proto__=1 constructor="x" a0=ABC key=zz');
    expect([...fields.keys()]).toEqual(['__proto__', 'constructor', 'a0', 'key']);
    const { records } = decode('type=EXECVE msg=audit(1.001:1): argc=9999999 a0=ABC a99999999=1 __proto__=2');
    expect(records[0]).toMatchObject({ verb: 'execve', message: 'ABC' });
    expect(process(records[0]).missingWords).toBe(9_999_998);
    for (const type of ['__proto__', 'constructor', 'toString']) {
      const odd = decode(`type=${type} msg=audit(1.001:1): a=1`);
      expect(odd.records[0]).toMatchObject({ source: 'command', message: 'a=1' });
    }
  });

  test('long lines take time in proportion', () => {
    const start = performance.now();
    for (const piece of ['a=', '"', "'", '(', 'a0="', 'x ', "msg='a=b ", 'a[0][', '=,', ' ='])
      decode(`type=USER_CMD msg=audit(1700000000.001:1): ${piece.repeat(400_000 / piece.length)}`);
    expect(performance.now() - start).toBeLessThan(8000);
  });
});

const HAS_AUSEARCH = spawnSync('ausearch', ['--version']).status === 0;

describe.skipIf(!HAS_AUSEARCH)('against ausearch of audit-userspace', () => {
  test('finds the same events', () => {
    const folder = mkdtempSync(join(tmpdir(), 'audit-'));
    const file = join(folder, 'audit.log');
    const lines = [
      ...execution(1, ['first', 'with space']),
      ...execution(2, ['second']).slice(0, 4),
      ...execution(3, ['third']),
      'type=EOE msg=audit(1700000000.003:3): ',
      `type=USER_AUTH msg=audit(1700000005.001:4): pid=1 uid=0 auid=1000 ses=1 msg='op=PAM:authentication acct="root" exe="/usr/bin/su" hostname=? addr=? terminal=pts/0 res=failed'`,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    try {
      const { stdout } = spawnSync('ausearch', ['-if', file, '--format', 'csv'], { encoding: 'utf8' });
      const rows = stdout.trim().split('\n');
      const column = rows[0]!.split(',').indexOf('SERIAL_NUM');
      const serials = rows.slice(1).map((row) => row.split(',')[column]);
      const ours = decode(lines.join('\n')).records.map(({ key }) => key.slice(key.lastIndexOf(':') + 1));
      expect([...ours].sort()).toEqual([...serials].sort());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
