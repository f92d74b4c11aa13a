import { describe, expect, it } from 'vitest';
import { formatOf } from './formats.ts';

/** As k8s.io/apiserver plugin/pkg/audit/log writes it. */
const EVENT =
  '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a","stage":"ResponseComplete","verb":"get"}';
const FRAMED = `2026-11-20T10:00:00.123456789Z stdout F ${EVENT}\n`;
const DOCKER = `${JSON.stringify({ log: `${EVENT}\n`, stream: 'stdout', time: '2026-11-20T10:00:00.1Z' })}\n`;
const UUID = '0c5d4f0e-93c5-4b4a-9d0c-2a1f3a4b5c6d';
const ID = 'ab'.repeat(32);
const AUDITD = 'type=EXECVE msg=audit(1700000000.123:77): argc=1 a0="id"\n';

describe('what a container writes', () => {
  const paths = [
    `/var/log/pods/shop_evil_${UUID}/app/0.log`,
    `/mnt/node/var/log/pods/shop_evil_${UUID}/app/1.log.20231120-120000.gz`,
    // Made through the API: a static Pod has the hash of its manifest there.
    `/var/log/pods/kube-system_kube-apiserver-cp1_${UUID}/kube-apiserver/0.log`,
    `/var/log/pods/shop_kube-apiserver-cp1_${ID.slice(0, 32)}/kube-apiserver/0.log`,
    `/var/log/containers/evil_shop_app-${ID}.log`,
    `/var/lib/docker/containers/${ID}/${ID}-json.log`,
  ];

  it.each(paths)('is never an audit log, of whatever form: %s', (path) => {
    expect(formatOf(path, FRAMED)).toBe('cri');
    expect(formatOf(path, EVENT)).toBe('cri');
    expect(formatOf(path, AUDITD)).toBe('cri');
    expect(formatOf(path, DOCKER)).toBe('docker');
  });

  it('is not taken for an audit log where its file was copied, either', () => {
    expect(formatOf('copy.log', FRAMED)).toBe('cri');
    expect(formatOf('-', DOCKER)).toBe('docker');
    expect(formatOf('copy.log', `2026-11-20T10:00:00.1Z stdout F starting\n${FRAMED}`)).toBe('cri');
  });

  it('may be one of the API server itself, which is a static Pod', () => {
    const path = `/var/log/pods/kube-system_kube-apiserver-cp1_${ID.slice(0, 32)}/kube-apiserver/3.log`;
    expect(formatOf(path, FRAMED)).toBe('audit');
    expect(formatOf(path, DOCKER)).toBe('audit');
    expect(formatOf(path, '2026-11-20T10:00:00.1Z stderr F I1120 10:00:00.1 1 server.go:1] x\n')).toBe('cri');
  });
});

describe('what stands in texts of others', () => {
  it('makes no audit log of a syslog, of Falco, of the journal', () => {
    expect(formatOf('/var/log/syslog', `Nov 20 10:00:00 node-1 app[7]: ${EVENT}\n`)).toBe('host');
    expect(formatOf('/var/log/syslog', `2026-11-20T10:00:00.1+00:00 node-1 app[7]: ${EVENT}\n`)).toBe('host');
    const falco = { output: EVENT, output_fields: { 'proc.cmdline': EVENT } };
    expect(formatOf('falco.json', `${JSON.stringify(falco)}\n`)).toBe('commands');
    const journal = { __REALTIME_TIMESTAMP: '1', MESSAGE: EVENT, _BOOT_ID: 'x' };
    expect(formatOf('journal.json', `${JSON.stringify(journal)}\n`)).toBe('host');
  });

  it('makes no log of commands of an audit log', () => {
    const event = EVENT.replace(
      '"verb"',
      '"requestObject":{"output_fields":{"a":1},"process_exec":{}},"verb"',
    );
    expect(formatOf('audit.log', `${event}\n`)).toBe('audit');
    expect(formatOf('audit.log', `{"auditID":"a","stage":"Panic","output_fields":{}}\n`)).toBe('audit');
  });
});

describe('an audit log', () => {
  it.each([
    ['lines', `${EVENT}\n`],
    ['cut off', EVENT.slice(0, 70)],
    [
      'a list that is laid out',
      '{\n  "kind": "EventList",\n  "apiVersion": "audit.k8s.io/v1",\n  "items": []\n}',
    ],
    ['aws logs tail', `2026-11-20T10:00:00.123000+00:00 kube-apiserver-audit-0a1b ${EVENT}\n`],
    ['aws logs filter-log-events', JSON.stringify({ events: [{ message: EVENT }] })],
    ['Cloud Logging', '[{"protoPayload":{}}]'],
    ['Fluent Bit', `${JSON.stringify({ date: 1, log: EVENT })}\n`],
  ])('%s', (_, text) => {
    expect(formatOf('some.log', text)).toBe('audit');
  });
});
