import { expect, test } from 'vitest';
import { AuditdDecoder } from './auditd/decoder.ts';
import { ShellHistoryDecoder } from './commands/history.ts';
import { JsonEventDecoder } from './commands/json-events.ts';
import { CriDecoder } from './cri/cri.ts';
import { DockerLogDecoder } from './cri/docker.ts';
import { HostLogDecoder } from './host/decoder.ts';
import type { LineDecoder } from './line-decoder.ts';

const ORIGIN = { inlet: 'file:/x', cluster: 'test', node: 'n', received: Date.UTC(2026, 10, 23) * 1000 };
const LINES = [
  'type=SYSCALL msg=audit(1700000000.001:7): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 auid=1000 uid=0 euid=0 tty=pts1 ses=3 comm="x" exe="/usr/bin/x" key=(null)\u001dSYSCALL=execve AUID="bob"',
  'type=EXECVE msg=audit(1700000000.001:7): argc=3 a0="k" a1_len=6 a1[0]=C3A9 a1[1]=41 a2=6100',
  'type=PATH msg=audit(1700000000.001:7): item=0 name="/etc/shadow" nametype=DELETE',
  'type=SOCKADDR msg=audit(1700000000.001:7): saddr=0A000016000000000000000000000000000000000000000000000000',
  'type=PROCTITLE msg=audit(1700000000.001:7): proctitle=6B0061',
  `node=a type=USER_CMD msg=audit(1700000000.002:8): pid=1 uid=1000 auid=1000 ses=1 msg='cwd="/" cmd=6C73 terminal=pts/0 res=success'`,
  '2016-10-06T00:17:09.669794202Z stdout P The content',
  '2016-10-06T00:17:09.669794202Z stderr F The content',
  '{"log":"text\\n","stream":"stdout","time":"2020-01-02T03:04:05.000000006Z"}',
  'Nov 23 20:16:17 host sudo: alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh',
  'Nov 23 20:16:17 host sshd[1]: Failed password for invalid user admin from 192.0.2.2 port 22 ssh2',
  '<11>1 2026-11-23T20:16:17.5Z host kubelet 1234 - [a b="c"] I1123 20:16:17.1 1 a.go:1] "x" pod="a/b"',
  '{"__REALTIME_TIMESTAMP":"1700000000000001","_TRANSPORT":"audit","_AUDIT_TYPE":"1300","_AUDIT_ID":"4","MESSAGE":"SYSCALL arch=c000003e syscall=59"}',
  '{"event":"exec","code":"T3002I","uid":"1","time":"2020-10-30T17:28:14.705Z","user":"a","command":"ls","argv":["a"],"exitCode":"0"}',
  '{"process_exec":{"process":{"uid":0,"auid":1,"binary":"a","pod":{"name":"p","container":{"id":"c"}}}},"time":"2023-10-06T22:03:57Z"}',
  '{"rule":"r","output":"o","priority":"Notice","time":"2023-05-25T03:53:26Z","output_fields":{"evt.type":"open"}}',
  '#1700000000',
  'kubectl get pods',
];
const PIECES = [
  '"',
  "'",
  '\\',
  ' ',
  '=',
  '\0',
  '\u001d',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ':',
  'msg=',
  'null',
  '-1',
  '9'.repeat(400),
  '\ud800',
  '__proto__',
  'é',
  '\n',
];

/** Columns that may hold several lines, or are not shown to people. */
const MANY_LINES = new Set(['raw', 'groups', 'source_ips', 'key']);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

test('no line, however it was spoiled, stops a decoder or breaks a record (seed 11)', () => {
  let state = 11;
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  const spoiled = (line: string): string => {
    let text = line;
    for (let count = random(4); count > 0; count--) {
      const at = random(text.length + 1);
      const piece = random(3) === 0 ? '' : PIECES[random(PIECES.length)]!;
      text = text.slice(0, at) + piece + text.slice(at + random(6));
    }
    return text;
  };
  const decoders: LineDecoder[] = [
    new AuditdDecoder(ORIGIN),
    new CriDecoder(ORIGIN, '/x'),
    new DockerLogDecoder(ORIGIN, '/x'),
    new HostLogDecoder(ORIGIN),
    new ShellHistoryDecoder(ORIGIN, '/home/a/.bash_history'),
    new JsonEventDecoder(ORIGIN),
  ];
  const problems: string[] = [];
  let records = 0;
  for (let round = 0; round < 4000; round++) {
    const text = spoiled(LINES[random(LINES.length)]!);
    for (const decoder of decoders) {
      const decoded = decoder.decode({ text, at: round });
      const all = [...decoded.records, ...(random(50) === 0 ? decoder.flush().records : [])];
      for (const made of all) {
        records++;
        for (const [column, value] of Object.entries(made)) {
          const isOk =
            typeof value === 'number'
              ? Number.isSafeInteger(value)
              : MANY_LINES.has(column) || !CONTROL.test(value);
          if (!isOk) problems.push(`${column} of ${text}`);
        }
        if (Math.abs(made.code) >= 2 ** 31) problems.push(`code of ${text}`);
      }
    }
  }
  expect(problems).toEqual([]);
  expect(records).toBeGreaterThan(3000);
}, 60_000);
