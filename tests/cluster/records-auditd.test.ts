import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditdDecoder } from '../../src/records/node/auditd/decoder.ts';
import type { EventRecord } from '../../src/records/record.ts';
import { type Service, sql, startService } from '../records-service.ts';
import { eventually } from './cluster.ts';
import { type Auditd, KEY, RECORDED_USER, startAuditd } from './records-auditd.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-auditd-'));
const auditd = await startAuditd(folder);

/** What is executed, and its exit by the kernel: 0, or the number of the error for which nothing was executed. */
const COMMANDS: readonly { readonly command: readonly string[]; readonly error?: number }[] = [
  { command: ['/bin/true'] },
  { command: ['/bin/echo', 'two words', '', "it's", '"quoted"', '中文', 'tab\tand\nline', '\u001b[31mred'] },
  // The kernel cuts a word of more than 7,500 bytes into pieces, also within a character.
  { command: ['/bin/true', `${'é'.repeat(9000)}x`, 'after'] },
  { command: ['/bin/true', ...Array.from({ length: 900 }, (_, index) => `argument-${index}`)] },
  { command: ['/bin/kubectl-that-is-not-there'], error: 2 },
  { command: ['/etc/passwd'], error: 13 },
  { command: ['/bin/echo', 'a1=1', 'type=EXECVE msg=audit(1.001:1): argc=1 a0="forged"', 'key="x"'] },
];
const SECRET = 'hunter2-of-the-node';

describe.skipIf(auditd === undefined)('what auditd of this machine records', () => {
  const { log, run, ausearch, stop } = auditd ?? ({} as Auditd);
  let service: Service;
  let files: string[];
  let whole: string;
  const store = join(folder, 'store');

  beforeAll(async () => {
    service = await startService(
      store,
      '--listen',
      'none',
      '--follow',
      log,
      '--node-name',
      'node-a',
      '--cluster-name',
      'c',
    );
    for (const { command } of COMMANDS) run(command);
    run(['/bin/echo', 'login', `--password=${SECRET}`]);
    // Rotations, which auditd makes by renaming audit.log to audit.log.1.
    await service.kill();
    for (let index = 0; index < 60; index++) run(['/bin/true', 'r'.repeat(20_000), String(index)]);
    service = await startService(
      store,
      '--listen',
      'none',
      '--follow',
      log,
      '--node-name',
      'node-a',
      '--cluster-name',
      'c',
    );
    for (let index = 60; index < 80; index++) run(['/bin/true', 'r'.repeat(20_000), String(index)]);
    await stop();
    files = readdirSync(folder)
      .filter((name) => /^audit\.log(\.\d+)?$/.test(name))
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => join(folder, name));
    whole = files.map((file) => readFileSync(file, 'utf8')).join('');
  });
  afterAll(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const decoded = (): readonly EventRecord[] => {
    const decoder = new AuditdDecoder({ inlet: 'file', cluster: 'c', node: 'node-a' });
    const parts = whole
      .split('\n')
      .filter((line) => line !== '')
      .map((text, at) => decoder.decode({ text, at }));
    parts.push(decoder.flush());
    expect(parts.flatMap(({ refused }) => refused)).toEqual([]);
    return parts.flatMap(({ records }) => records);
  };

  it('is told again: each command that was executed, in order, with its words and its end', () => {
    const records = decoded()
      .filter(({ reason }) => reason === KEY && true)
      .filter(({ verb }) => verb === 'execve');
    const told = records.slice(0, COMMANDS.length);
    expect(told.map(({ code }) => code)).toEqual(COMMANDS.map(({ error = 0 }) => error));
    for (const [index, { command, error }] of COMMANDS.entries()) {
      const { source, user, node, message, name } = told[index]!;
      expect({ source, user, node, name }).toEqual({
        source: 'command',
        user: `uid:${RECORDED_USER}`,
        node: 'node-a',
        name: expect.stringContaining(command[0]!.slice(command[0]!.lastIndexOf('/'))),
      });
      // Where nothing was executed the kernel tells no words.
      if (error === undefined) expect(unquoted(message)).toEqual(command);
    }
  });

  it('has the same events as ausearch finds in the same files, with the same answers', () => {
    const ours = new Map(
      decoded().map((record) => [record.key.split(' ').at(-1)!.replace(/^\d+:/, ''), record]),
    );
    const theirs = files.flatMap((file) => ausearch(file, '--format', 'raw').split('\n'));
    const serials = new Set(theirs.flatMap((line) => /msg=audit\([\d.]+:(\d+)\)/.exec(line)?.[1] ?? []));
    expect([...ours.keys()].sort()).toEqual([...serials].sort());
    let compared = 0;
    for (const file of files) {
      for (const event of ausearch(file, '-i', '-k', KEY, '-sc', 'execve').split('----\n')) {
        const serial = /:(\d+)\) :/.exec(event)?.[1];
        const record = ours.get(serial ?? '');
        const exit = / exit=(\S+)/.exec(event)?.[1];
        if (record === undefined || exit === undefined) continue;
        compared++;
        expect(record.code === 0).toBe(exit === '0');
        expect(event).toContain(`uid=unknown(${record.user.slice(4)})`);
        const { exe, pid, parent } = JSON.parse(record.raw).process;
        expect(event).toContain(` ppid=${parent} pid=${pid} `);
        expect(event).toContain(` exe=${exe} `);
      }
    }
    expect(compared).toBeGreaterThan(COMMANDS.length);
  });

  it('is stored whole by the service that follows its file through rotations and is killed in between', async () => {
    expect(files.length).toBeGreaterThan(2);
    const expected = decoded()
      .map(({ key }) => key)
      .sort();
    const keys = async (): Promise<string[]> =>
      (await sql(store, "SELECT key FROM events WHERE key LIKE 'auditd %'"))
        .map((row) => String(row['key']))
        .sort();
    await eventually(async () => (await keys()).length >= expected.length, 20).catch(() => undefined);
    expect(await keys()).toEqual(expected);
    const [row] = await sql(
      store,
      "SELECT message, raw FROM events WHERE message LIKE '%login%' AND verb = 'execve'",
    );
    expect(String(row?.['message'])).toContain('--password=');
    expect(JSON.stringify(row)).not.toContain(SECRET);
    expect(JSON.stringify(row)).not.toContain(Buffer.from(SECRET).toString('hex').toUpperCase());
  });
});

/** The words of a command line as records show them: what a shell makes of it. */
function unquoted(line: string): string[] {
  const words = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return words.split('\0').slice(0, -1);
}
