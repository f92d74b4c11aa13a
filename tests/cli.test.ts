import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeBundle } from '../src/evidence/bundle/index.ts';
import type { SnapshotEvent } from '../src/evidence/snapshot.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const command = join(root, 'bin/kubestride.js');
const folder = mkdtempSync(join(tmpdir(), 'kubestride-cli-'));

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Situation {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly bin?: string;
}

function kubestride(
  args: readonly string[],
  { input = '', env = {}, bin = command }: Situation = {},
): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C', ...env },
  });
  return { status, stdout, stderr };
}

const container = (securityContext: string) => `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.0
      securityContext: ${securityContext}
`;

const CRITICAL = container('{ privileged: true }');
const QUIET = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: quiet\ndata:\n  colour: blue\n';

function file(name: string, text: string): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  return name;
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

beforeAll(() => {
  file('pod.yaml', CRITICAL);
  file('quiet.yaml', QUIET);
  file('broken/broken.yaml', `${QUIET}---\napiVersion: v1\nkind: Pod\nmetadata: {name: [\n`);
  file('other/compose.yaml', 'services:\n  web:\n    image: web\n');
  file('log.jsonl', '{"a":1}\n'.repeat(100));
  mkdirSync(join(folder, 'empty'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an audit log beside the sources', () => {
  const account = (name: string) => `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop }
spec:
  serviceAccountName: ${name}
  automountServiceAccountToken: true
  containers: [{ name: a, image: 'example.com/${name}:1' }]
`;
  const event = (name: string, requestURI: string) =>
    JSON.stringify({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: `${name}-${requestURI}`,
      stage: 'ResponseComplete',
      requestURI,
      verb: requestURI === '/healthz' ? 'get' : 'list',
      user: { username: `system:serviceaccount:shop:${name}`, groups: ['system:authenticated'] },
      ...(requestURI === '/healthz'
        ? {}
        : { objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' } }),
      responseStatus: { code: 200 },
      requestReceivedTimestamp: '2026-11-20T10:00:00.000000Z',
      stageTimestamp: '2026-11-20T10:00:00.100000Z',
    });

  test('tells which mounted tokens are used', () => {
    writeFileSync(join(folder, 'accounts.yaml'), `${account('busy')}---\n${account('idle')}`);
    const lines = [event('busy', '/api/v1/namespaces/shop/pods'), event('idle', '/healthz')];
    writeFileSync(join(folder, 'audit.log'), `${lines.join('\n')}\n`);
    const check = ['--check', 'service-account-token-automounted', '-o', 'json'];
    const found = (...args: string[]) => {
      const { stdout } = kubestride(['scan', 'accounts.yaml', ...check, ...args]);
      const { findings } = JSON.parse(stdout) as {
        findings: { object: { name: string }; message: string }[];
      };
      return findings.map(({ object, message }) => [object.name, message]);
    };
    expect(found().map(([name]) => name)).toEqual(['busy', 'idle']);
    expect(found('--audit', 'audit.log')).toEqual([
      [
        'idle',
        'A token of service account idle is mounted, and the audit logs from 2026-11-20T10:00:00Z to 2026-11-20T10:00:00Z show no use of it',
      ],
    ]);
  });
});

describe('exit code', () => {
  test.each([
    ['1 for findings at or above the default, high', ['scan', 'pod.yaml'], 1],
    ['0 for findings below --fail-on', ['scan', 'quiet.yaml', '--fail-on', 'critical'], 0],
    ['0 with --fail-on never', ['scan', 'pod.yaml', '--fail-on', 'never'], 0],
    ['2 where no object is found', ['scan', 'other'], 2],
    ['2 where no object is found, whatever fails', ['scan', 'empty', '--fail-on', 'never'], 2],
    [
      '2 below --min-coverage',
      ['scan', 'broken', '--check', 'no-network-policy-ingress', '--min-coverage', '100'],
      2,
    ],
    [
      '2 below --min-coverage, however much is not Kubernetes',
      ['scan', 'broken', 'log.jsonl', '--check', 'duplicate-key', '--min-coverage', '60'],
      2,
    ],
    ['1 where there are findings and gaps', ['scan', 'pod.yaml', 'broken', '--min-coverage', '100'], 1],
    ['3 for wrong usage', ['scan', '--fail-on', 'urgent'], 3],
    ['3 for a path that does not exist', ['scan', 'pods.yaml'], 3],
    ['0 for help', ['--help'], 0],
    ['0 for an answer about pod security, whatever it says', ['pod-security', 'pod.yaml'], 0],
    ['2 for pod security of nothing', ['pod-security', 'empty'], 2],
  ])('%s', (_, args, status) => {
    expect(kubestride(args)).toMatchObject({ status });
  });
});

test('help and version may be spelt as commands', () => {
  expect(kubestride(['help'])).toEqual(kubestride(['--help']));
  expect(kubestride(['help', 'scan'])).toEqual(kubestride(['scan', '--help']));
  expect(kubestride(['version'])).toEqual(kubestride(['--version']));
  expect(kubestride(['version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('wrong usage is one line with what, where and what to do', () => {
  test.each([
    [['scn'], 'unknown command "scn"; did you mean scan?'],
    [
      ['frobnicate'],
      'unknown command "frobnicate"; choose from scan, watch, diff, collect, pod-security, admission, access, network, audit, permissions, checks, explain, completion',
    ],
    [['pod.yaml'], '"pod.yaml" is a path, not a command; did you mean kubestride scan pod.yaml?'],
    [['--hepl'], 'unknown flag --hepl; did you mean --help?'],
    [['scan', '--fial-on', 'high'], 'unknown flag --fial-on; did you mean --fail-on?'],
    [['scan', '-fail-on', 'high'], 'unknown flag -fail-on; did you mean --fail-on?'],
    [['scan', '--zzz'], 'unknown flag --zzz; see kubestride scan --help'],
    [['scan', '--x'], 'unknown flag --x; see kubestride scan --help'],
    [['scan', '--fail-on'], '--fail-on with a value is needed; see kubestride scan --help'],
    [['scan', '--fail-on='], '--fail-on with a value is needed; see kubestride --help'],
    [['scan', '--fail-on', 'hihg'], '--fail-on: unknown value "hihg"; did you mean high?'],
    [
      ['scan', '--fail-on', 'urgent'],
      '--fail-on: unknown value "urgent"; choose from critical, high, medium, low, info, never',
    ],
    [
      ['scan', '--fail-on', 'low', '--fail-on', 'high'],
      '--fail-on was given twice, "low" and "high"; keep one',
    ],
    [['scan', '--all-verdicts=maybe'], '--all-verdicts takes no value, found "maybe"; leave it out'],
    [['scan', '--threat', 'tamperng'], '--threat: unknown value "tamperng"; did you mean tampering?'],
    [
      ['scan', '--check', 'priviliged-container'],
      '--check: unknown check "priviliged-container"; did you mean privileged-container?',
    ],
    [
      ['scan', '--exclude', 'nonsense-zzz'],
      '--exclude: unknown check "nonsense-zzz"; `kubestride checks` lists them',
    ],
    [
      ['scan', '--check', 'privileged-container', '--exclude', 'privileged-container'],
      'no check is left after --threat, --check and --exclude; loosen one of them',
    ],
    [['scan', '--min-coverage', '120'], '--min-coverage: "120" is no number from 0 to 100'],
    [['scan', '-o', 'jsn'], '-o: unknown value "jsn"; did you mean json?'],
    [['scan', '-o', 'json='], '-o: a file name is missing after "json="'],
    [
      ['scan', '-o', 'json', '-o', 'sarif'],
      '-o json and -o sarif would both go to standard output; name a file for one: -o sarif=FILE',
    ],
    [['scan', '-o', 'json=a', '-o', 'sarif=./a'], 'two outputs name the file "./a"; give each its own'],
    [
      ['scan', 'pod.yaml', '-o', 'json=pod.yaml'],
      'the output "pod.yaml" is also an input; name another file',
    ],
    [['scan', '-o', 'json=empty'], 'the output "empty" is a folder; name a file in it'],
    [
      ['scan', '-o', 'json=emtpy/a.json'],
      'cannot write "emtpy/a.json": the folder "emtpy" does not exist; did you mean empty?',
    ],
    [['scan', '--lang', 'fr'], '--lang: unknown value "fr"; choose from en, zh-CN'],
    [['scan', '--color', 'alway'], '--color: unknown value "alway"; did you mean always?'],
    [['scan', 'pod.yml'], '"pod.yml" does not exist; did you mean pod.yaml?'],
    [
      ['explain', 'priviliged-container'],
      'unknown check "priviliged-container"; did you mean privileged-container?',
    ],
    [['explain'], 'CHECK is missing; see kubestride explain --help'],
    [['checks', 'all'], 'one argument too many, "all"; see kubestride checks --help'],
    [['completion', 'bsh'], 'SHELL: unknown value "bsh"; did you mean bash or zsh?'],
    [
      ['scan', '--cluster', '-n', ''],
      '--namespace: "" is no name of a namespace; write at most 63 lower-case letters, digits and -, with a letter or digit at both ends',
    ],
    ...['permissions', 'diff', 'watch'].map((name): [string[], string] => [
      [name, '--namespace', 'Team_A'],
      '--namespace: "Team_A" is no name of a namespace; write at most 63 lower-case letters, digits and -, with a letter or digit at both ends',
    ]),
    [['pod-security', '--version', '2.0'], '--version: "2.0" is no version; write v1.0 or newer, or latest'],
  ])('%j', (args, message) => {
    expect(kubestride(args)).toEqual({ status: 3, stdout: '', stderr: `kubestride: ${message}\n` });
  });

  test('an argument cannot steer the terminal', () => {
    const { stderr } = kubestride(['scan', 'a\u001b[2Jb\nc']);
    expect(stderr.trimEnd()).not.toContain('\u001b');
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});

describe('language', () => {
  const usage = /unknown command|未知命令/;
  test.each([
    [{ LANG: 'zh_CN.UTF-8' }, [], '未知命令'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'zh_TW.UTF-8' }, [], '未知命令'],
    [{ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'de_DE' }, [], 'unknown command'],
    [{ LANG: 'zha_CN' }, [], 'unknown command'],
    [{ LANG: 'zh_CN.UTF-8' }, ['--lang', 'en'], 'unknown command'],
    [{}, ['--lang=zh-CN'], '未知命令'],
    [{}, [], 'unknown command'],
  ])('%j %j', (env, args, expected) => {
    expect(
      usage.exec(kubestride([...args, 'frobnicate'], { env: env as Record<string, string> }).stderr)?.[0],
    ).toBe(expected);
  });

  test('help, lists and pages', () => {
    expect(kubestride(['scan', '--help', '--lang', 'zh-CN']).stdout).toContain('用法');
    expect(kubestride(['checks', '--lang', 'zh-CN']).stdout).toContain('特权容器');
    expect(kubestride(['explain', 'privileged-container', '--lang', 'zh-CN']).stdout).toContain('如何修复');
    expect(kubestride(['explain', 'privileged-container']).stdout).toContain('How to fix');
    expect(kubestride(['scan', 'pod.yaml', '--lang', 'zh-CN']).stdout).toContain('特权');
  });
});

describe('input', () => {
  test('- is standard input', () => {
    const { status, stdout } = kubestride(['scan', '-', '-o', 'json'], { input: CRITICAL });
    expect(status).toBe(1);
    expect(JSON.parse(stdout).findings[0].source.file).toBe('-');
  });

  test('without a path it is the current folder', () => {
    const paths = (args: string[]) =>
      JSON.parse(kubestride([...args, '-o', 'json']).stdout).findings.map(
        ({ source }: { source: { file: string } }) => source.file,
      );
    expect(paths(['scan'])).toEqual(paths(['scan', '.']));
    expect(paths(['scan'])).toContain('pod.yaml');
  });

  test('flags may stand after paths', () => {
    const before = kubestride(['scan', '-o', 'json', '--fail-on', 'never', 'pod.yaml', 'quiet.yaml']);
    expect(kubestride(['scan', 'pod.yaml', '-ojson', 'quiet.yaml', '--fail-on=never'])).toEqual(before);
  });

  test('after -- a path may look like a flag', () => {
    file('-odd.yaml', CRITICAL);
    expect(kubestride(['scan', '-o', 'json', '--', '-odd.yaml']).status).toBe(1);
    rmSync(join(folder, '-odd.yaml'));
  });

  test('a broken file is said to be so', () => {
    const { stdout } = kubestride(['scan', 'broken', '--fail-on', 'critical']);
    expect(stdout).toContain('broken/broken.yaml');
    expect(stdout.split('\n').slice(-8).join('\n')).toContain('Not assessed');
  });

  test('--list-not-kubernetes names them on standard error', () => {
    const { stdout, stderr } = kubestride([
      'scan',
      'pod.yaml',
      'other',
      '-o',
      'json',
      '--list-not-kubernetes',
    ]);
    expect(stderr).toContain('kubestride: not Kubernetes: other/compose.yaml\n');
    expect(JSON.parse(stdout).coverage.notKubernetes).toBe(1);
  });
});

describe('output', () => {
  test('the bundle breaks Chinese lines as the source does', () => {
    // Read as Latin-1 (bin/start.js), any other character would be garbled.
    expect(readFileSync(join(root, 'dist/cli.cjs'), 'latin1')).toMatch(/^[\0-\x7f]*$/);
    const { stdout } = kubestride(['scan', 'pod.yaml', '--lang', 'zh-CN', '-o', 'terminal']);
    expect(stdout).toContain('。');
    expect(stdout).not.toMatch(/^ *[。，]/m);
  });

  test('several at once, each only where it was asked for', () => {
    mkdirSync(join(folder, 'out'));
    const args = [
      'scan',
      'pod.yaml',
      '-o',
      'json=out/a.json',
      '-o',
      'sarif=out/a.sarif',
      '-o',
      'markdown=out/a.md',
    ];
    const { status, stdout, stderr } = kubestride(args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['a.json', 'a.md', 'a.sarif']);
    expect(JSON.parse(read('out/a.json')).schema).toBe('kubestride.report/v1');
    expect(JSON.parse(read('out/a.sarif')).version).toBe('2.1.0');
    expect(read('out/a.md')).toContain('# ');
    expect(stderr).toMatch(/kubestride: \d+ findings? at or above high\. Read 1 document/);
  });

  const small = join(root, '../shared/corpora/small');
  test.skipIf(!existsSync(small))('an ordinary application takes three screens of 24 lines', () => {
    for (const language of ['en', 'zh-CN']) {
      const { stdout } = kubestride(['scan', small, '--lang', language]);
      expect(stdout.split('\n').length, language).toBeLessThanOrEqual(72);
    }
  });

  test('standard output gets the same bytes as a file', () => {
    for (const format of ['terminal', 'json', 'sarif', 'markdown']) {
      const { stdout } = kubestride(['scan', 'pod.yaml', '-o', `${format}=copy`, '-o', format]);
      const other = kubestride(['scan', 'pod.yaml', '-o', format]).stdout;
      expect(other.length).toBeGreaterThan(100);
      expect(read('copy')).toBe(other);
      expect(stdout === other || stdout === '').toBe(true);
      rmSync(join(folder, 'copy'));
    }
  });

  test('a file appears whole or stays as it was', () => {
    file('kept/report.json', 'before');
    chmodSync(join(folder, 'kept/report.json'), 0o640);
    expect(kubestride(['scan', 'missing.yaml', '-o', 'json=kept/report.json']).status).toBe(3);
    expect(read('kept/report.json')).toBe('before');
    expect(kubestride(['scan', 'pod.yaml', '-o', 'json=kept/report.json']).status).toBe(1);
    expect(JSON.parse(read('kept/report.json')).schema).toBe('kubestride.report/v1');
    expect(readdirSync(join(folder, 'kept'))).toEqual(['report.json']);
  });

  test('a link is written through, and a link to an input is an input', () => {
    file('linked/target.json', '');
    symlinkSync('target.json', join(folder, 'linked/link.json'));
    kubestride(['scan', 'pod.yaml', '-o', 'json=linked/link.json']);
    expect(JSON.parse(read('linked/target.json')).schema).toBe('kubestride.report/v1');
    symlinkSync('../pod.yaml', join(folder, 'linked/pod.json'));
    expect(kubestride(['scan', 'pod.yaml', '-o', 'json=linked/pod.json']).status).toBe(3);
    expect(read('pod.yaml')).toBe(CRITICAL);
  });

  test.skipIf(!existsSync('/dev/null'))('a device is written, not replaced', () => {
    expect(kubestride(['scan', 'pod.yaml', '-o', 'json=/dev/null', '-o', 'sarif=/dev/null']).status).toBe(1);
    expect(readFileSync('/dev/null', 'utf8')).toBe('');
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is no internal error', () => {
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', `"${process.execPath}" "${command}" checks > /dev/full`],
      {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], LANG: 'C' },
      },
    );
    expect({ status, stderr }).toEqual({ status: 3, stderr: 'kubestride: cannot write "stdout": ENOSPC\n' });
  });

  test('a report that stands in the scanned folder is not read', () => {
    file('again/pod.yaml', CRITICAL);
    const run = () => {
      kubestride(['scan', 'again', '-o', 'json=again/report.json', '-o', 'sarif=again/report.sarif.json']);
      return read('again/report.json') + read('again/report.sarif.json');
    };
    const first = run();
    expect(run()).toBe(first);
  });

  test('the order in which paths are named changes nothing', () => {
    file('order/a.yaml', CRITICAL);
    file('order/b.yaml', QUIET);
    const [one, other] = [
      ['order/a.yaml', 'order/b.yaml'],
      ['order/b.yaml', 'order/a.yaml'],
    ].map((paths) => kubestride(['scan', ...paths, '-o', 'json']).stdout);
    expect(one).toContain('"paths":["order/a.yaml","order/b.yaml"]');
    expect(other).toBe(one);
  });

  test('colours only when wanted', () => {
    const escapes = (args: string[], env = {}) =>
      kubestride(['scan', 'pod.yaml', ...args], { env }).stdout.includes('\u001b[');
    expect(escapes([])).toBe(false);
    expect(escapes(['--colour', 'always'])).toBe(true);
    expect(escapes(['--color=always'], { NO_COLOR: '1' })).toBe(true);
    expect(escapes(['--color', 'never'])).toBe(false);
  });

  test('a reader that leaves early is no error', async () => {
    const child = spawn(process.execPath, [command, 'checks', '-o', 'json'], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.stdout.destroy();
    const status = await new Promise((resolve) => child.on('exit', resolve));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('selection', () => {
  const checksFound = (...args: string[]) => {
    const { findings } = JSON.parse(kubestride(['scan', 'pod.yaml', '-o', 'json', ...args]).stdout);
    return [...new Set<string>(findings.map(({ check }: { check: string }) => check))];
  };

  test('--check, --threat and --exclude', () => {
    expect(checksFound('--check', 'privileged-container')).toEqual(['privileged-container']);
    expect(checksFound('--check', 'privileged-container,no-network-policy-ingress').sort()).toEqual([
      'no-network-policy-ingress',
      'privileged-container',
    ]);
    expect(checksFound('--exclude', 'privileged-container')).not.toContain('privileged-container');
    expect(checksFound('--threat', 'denial-of-service')).toContain('no-network-policy-ingress');
    expect(checksFound('--threat', 'denial-of-service')).not.toContain('privileged-container');
  });

  test('--all-verdicts adds what passed', () => {
    const { stdout } = kubestride(['scan', 'pod.yaml', '-o', 'json', '--all-verdicts']);
    const verdicts = new Set(JSON.parse(stdout).verdicts.map(({ verdict }: { verdict: string }) => verdict));
    expect(verdicts).toContain('pass');
    expect(JSON.parse(kubestride(['scan', 'pod.yaml', '-o', 'json']).stdout)).not.toHaveProperty('verdicts');
  });
});

describe('other commands', () => {
  test('checks -o json has the shape that scripts rely on', () => {
    const list = JSON.parse(kubestride(['checks', '-o', 'json']).stdout);
    const privileged = list.find(({ id }: { id: string }) => id === 'privileged-container');
    expect(Object.keys(privileged)).toEqual([
      'id',
      'threat',
      'severity',
      'title',
      'subject',
      'equivalents',
      'frameworks',
      'fix',
    ]);
    expect(privileged).toMatchObject({
      threat: 'elevation-of-privilege',
      equivalents: { kubescape: ['C-0057'] },
    });
  });

  test('checks --threat lists only these', () => {
    const list = JSON.parse(
      kubestride(['checks', '-o', 'json', '--threat', 'spoofing,denial-of-service']).stdout,
    );
    const threats = new Set(list.map(({ threat }: { threat: string }) => threat));
    expect([...threats].every((threat) => threat === 'spoofing' || threat === 'denial-of-service')).toBe(
      true,
    );
  });

  test('pod-security answers in the shape that scripts rely on', () => {
    const input = `# nothing\n---\n${QUIET}---\n${CRITICAL}---\napiVersion: v1\nkind: List\nitems:\n- ${container(
      '{}',
    )
      .trimEnd()
      .replaceAll('\n', '\n  ')}\n`;
    const answers = JSON.parse(
      kubestride(['pod-security', '-', '--version', 'v1.37', '-o', 'json'], { input }).stdout,
    );
    expect(answers).toMatchObject([
      {
        object: { apiVersion: 'v1', kind: 'Pod', name: 'web' },
        source: { file: '-', document: 1 },
        version: 'v1.37',
        level: 'privileged',
        violations: expect.arrayContaining([
          {
            level: 'baseline',
            control: 'privileged',
            reason: 'privileged',
            detail: 'container "web" must not set securityContext.privileged=true',
            path: 'spec.containers[0].securityContext.privileged',
          },
        ]),
      },
      { source: { file: '-', document: 2 }, level: 'baseline' },
    ]);
  });

  describe('pod-security without an answer', () => {
    const list = (resource: string, kind: string) =>
      ({ group: '', version: 'v1', resource, kind, namespaced: kind === 'Pod' }) as const;
    const facts = {
      apiVersion: 'kubestride.evidence/v1',
      kind: 'ClusterFacts',
      metadata: { name: 'cluster' },
      spec: {},
    };
    const source = { kind: 'cluster', collectedAt: '2026-01-01T00:00:00Z' } as const;
    const gap = (resource: string, kind: string) =>
      ({ type: 'gap', gap: { group: '', resource, kind, reason: 'forbidden' } }) as const;
    const namespaces: SnapshotEvent[] = [
      {
        type: 'page',
        list: list('namespaces', 'Namespace'),
        items: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'empty' } }],
      },
      { type: 'listed', list: list('namespaces', 'Namespace'), resourceVersion: '1' },
    ];

    test.each([
      [
        'all refused',
        [gap('namespaces', 'Namespace'), gap('pods', 'Pod')],
        2,
        'no Kubernetes object was found, so nothing was assessed',
      ],
      [
        'pods refused',
        [...namespaces, gap('pods', 'Pod')],
        2,
        'no workload was found, so there is no Pod Security Standard to name',
      ],
      ['no pods', namespaces, 0, 'no workload was found, so there is no Pod Security Standard to name'],
    ])('%s', async (name, events, status, said) => {
      async function* snapshot(): AsyncGenerator<SnapshotEvent> {
        yield { type: 'source', source };
        yield { type: 'facts', facts };
        yield* events as SnapshotEvent[];
      }
      const pieces: Uint8Array[] = [];
      const sink = { write: (piece: Uint8Array) => void pieces.push(piece.slice()) };
      await writeBundle([snapshot()], sink, {
        tool: { name: 'kubestride', version: '0' },
        temporary: folder,
      });
      const bundle = `${name}.kse`;
      writeFileSync(join(folder, bundle), Buffer.concat(pieces));
      const answer = kubestride(['pod-security', bundle]);
      expect(answer).toMatchObject({ status, stdout: '' });
      expect(answer.stderr.trimEnd().split('\n').at(-1)).toBe(`kubestride: ${said}`);
    });
  });

  test('kubectl-stride speaks of itself as kubectl calls it', () => {
    const bin = join(root, 'bin/kubectl-stride.js');
    expect(kubestride(['scan', '--help'], { bin }).stdout).toContain('kubectl stride scan');
    expect(kubestride(['scn'], { bin }).stderr).toBe(
      'kubectl stride: unknown command "scn"; did you mean scan?\n',
    );
  });

  test('completion proposes commands, flags, values and checks', () => {
    const propose = (...words: string[]) =>
      kubestride(['__complete', ...words])
        .stdout.trimEnd()
        .split('\n');
    expect(propose('')).toEqual(
      expect.arrayContaining(['scan', 'checks', 'explain', 'pod-security', 'completion']),
    );
    expect(propose('scan', '--fail')).toEqual(['--fail-on']);
    expect(propose('scan', '--fail-on', '')).toEqual(['critical', 'high', 'medium', 'low', 'info', 'never']);
    expect(propose('scan', '-o', 'j')).toEqual(['json']);
    expect(propose('scan', '')).toEqual(['']);
    expect(propose('explain', 'privileged-c')).toContain('privileged-container');
  });

  test.each(['bash', 'zsh', 'fish'])('the %s script is valid', (shell) => {
    const { stdout, status } = kubestride(['completion', shell]);
    expect(status).toBe(0);
    const checked = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' });
    if (checked.error === undefined) expect(checked).toMatchObject({ status: 0, stderr: '' });
  });
});
