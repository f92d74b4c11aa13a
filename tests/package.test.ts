import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The Node that runs the installed command; .ci/run sets others than the one that runs the tests. */
const node = process.env['KUBESTRIDE_NODE'] ?? process.execPath;

const folder = mkdtempSync(join(tmpdir(), 'kubestride-package-'));
const empty = join(folder, 'empty');
const installed = join(empty, 'node_modules/kubestride');

/** npm that cannot reach a registry even if it wanted to, with a cache of its own. */
function npm(cwd: string, ...args: string[]): string {
  const env = {
    ...process.env,
    npm_config_cache: join(folder, 'cache'),
    npm_config_offline: 'true',
    npm_config_loglevel: 'error',
  };
  return execFileSync('npm', args, { cwd, env, encoding: 'utf8', shell: process.platform === 'win32' });
}

function run(command: string, args: readonly string[], input = '') {
  const script = join(installed, manifest().bin[command]!);
  return spawnSync(node, [script, ...args], {
    cwd: empty,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C' },
  });
}

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: object;
  readonly optionalDependencies?: object;
  readonly peerDependencies?: object;
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
}

const PRIVILEGED = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.0
      securityContext:
        privileged: true
`;

beforeAll(() => {
  mkdirSync(empty);
  writeFileSync(join(empty, 'package.json'), '{"private":true}\n');
  // --ignore-scripts: dist/ is built already, and tests that run at the same time read it.
  const [packed] = JSON.parse(
    npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  ) as [{ filename: string }];
  npm(
    empty,
    'install',
    '--ignore-scripts',
    '--omit=dev',
    '--omit=optional',
    '--no-audit',
    '--no-fund',
    join(folder, packed.filename),
  );
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('brings no other package but the engine of records, which can be left out, and runs no script when installed', () => {
  const { dependencies, optionalDependencies, peerDependencies, scripts = {} } = manifest();
  expect({ dependencies, peerDependencies }).toEqual({});
  // The JavaScript that is bundled fits bindings of its own version alone.
  const { version: bundled } = JSON.parse(
    readFileSync(join(root, 'node_modules/@duckdb/node-api/package.json'), 'utf8'),
  );
  expect(optionalDependencies).toEqual({ '@duckdb/node-bindings': bundled });
  for (const hook of ['preinstall', 'install', 'postinstall']) expect(scripts).not.toHaveProperty(hook);
  const packages = readdirSync(join(empty, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(packages).toEqual(['kubestride']);
});

test('holds what it runs on and the licences, no sources and no tests', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  expect(files).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'README.zh-CN.md', 'THIRD-PARTY-NOTICES.md']),
  );
  expect(files.filter((file) => /(^|[\\/])(src|tests|scripts|testbed)[\\/]|\.test\./.test(file))).toEqual([]);
  const notices = readFileSync(join(installed, 'THIRD-PARTY-NOTICES.md'), 'utf8');
  for (const name of ['@duckdb/node-api', '@stricli/core', 'picomatch'])
    expect(notices).toContain(`## ${name} `);
});

test('kubestride scans in an empty folder', () => {
  const { status, stdout, stderr } = run('kubestride', ['scan', '-', '-o', 'json'], PRIVILEGED);
  expect(stderr).not.toContain('error');
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    schema: 'kubestride.report/v1',
    tool: { version: manifest().version },
    coverage: { objects: 1 },
  });
  expect(report.findings.map((finding: { check: string }) => finding.check)).toContain(
    'privileged-container',
  );
  expect(status).toBe(1);
});

test('kubectl-stride is the same command under the name that kubectl gives it', () => {
  const { status, stdout } = run('kubectl-stride', ['scan', '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('kubectl stride scan');
  expect(run('kubectl-stride', ['scan', '-', '-o', 'json'], PRIVILEGED).status).toBe(1);
});

test('draws a picture with the layout library that the package brings', () => {
  const { status, stdout } = run('kubestride', ['network', 'connections', '-', '-o', 'svg'], PRIVILEGED);
  expect(stdout).toMatch(/^<\?xml .*<svg .*<\/svg>\n$/s);
  expect(status).toBe(0);
  const notices = readFileSync(join(installed, 'THIRD-PARTY-NOTICES.md'), 'utf8');
  expect(notices).toMatch(/Graphviz \d+\.\d+\.\d+ \(EPL-1\.0\)/);
  expect(notices).toContain('Eclipse Public License - v 1.0');
});

test('says which package is missing where questions are asked of records without the engine', () => {
  const store = join(empty, 'store');
  mkdirSync(store);
  writeFileSync(
    join(store, 'store.json'),
    '{"format":"kubestride-records","version":1,"next":1,"sealed":[],"segments":[],"damage":[]}\n',
  );
  const { status, stderr } = run('kubestride', ['audit', 'events', '--store', store]);
  expect(stderr).toContain('@duckdb/node-bindings');
  expect(status).not.toBe(0);
  expect(run('kubestride', ['audit', 'store', 'info', '--store', store]).status).toBe(0);
});

test('npm links both commands into the path of the folder', () => {
  for (const command of ['kubestride', 'kubectl-stride']) {
    const shim = join(empty, 'node_modules/.bin', command);
    expect(existsSync(shim)).toBe(true);
    const path = [dirname(node), process.env['PATH']].join(delimiter);
    const { stdout } = spawnSync(shim, ['--version'], {
      cwd: empty,
      encoding: 'utf8',
      env: { PATH: path },
      shell: process.platform === 'win32',
    });
    expect(stdout).toBe(`${manifest().version}\n`);
  }
});

test('engines are libraries by themselves, with types', () => {
  const script = `
    import { strictestLevel } from 'kubestride/engines/pod-security';
    const { level } = strictestLevel({ spec: { containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] } }, 'latest');
    console.log(level);
    import { AdmissionPolicies } from 'kubestride/engines/admission';
    new AdmissionPolicies([], []);
    import { decideAudit, readAuditPolicy } from 'kubestride/engines/audit-policy';
    import { groupsOf, RbacAuthorizer, RbacWorld } from 'kubestride/engines/authorization';
    const user = { name: 'kube-scheduler', groups: groupsOf('system:kube-scheduler') };
    const asked = { verb: 'get', isResourceRequest: false, apiGroup: '', apiVersion: '', resource: '', subresource: '', namespace: '', name: '' };
    console.log(new RbacAuthorizer(RbacWorld.of([])).authorize({ user, ...asked, path: '/version' }).decision);
    const { policy } = readAuditPolicy({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] });
    console.log(decideAudit(policy, { user: user.name, groups: user.groups, ...asked, path: '/version' }).level);
    import { explain, Network, parseAddress } from 'kubestride/engines/network';
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'a' }, spec: { containers: [] } };
    const { model, pods } = Network.of([pod]);
    console.log(explain(model, pods.get('a/a'), parseAddress('1.1.1.1'), { protocol: 'TCP', port: 443 }).allowed);
  `;
  writeFileSync(join(empty, 'use.mjs'), script);
  expect(spawnSync(node, ['use.mjs'], { cwd: empty, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stdout: 'privileged\nallow\nMetadata\ntrue\n',
  });

  writeFileSync(
    join(empty, 'use.ts'),
    `import { type Level, strictestLevel } from 'kubestride/engines/pod-security';
export const level: Level = strictestLevel({ spec: {} }, 'v1.37').level;
// @ts-expect-error a version is 'latest' or v1.x
export const wrong: Level = strictestLevel({ spec: {} }, '37').level;
import { AdmissionPolicies } from 'kubestride/engines/admission';
export const policies: AdmissionPolicies = new AdmissionPolicies([], []);
import { type Decision, RbacAuthorizer, RbacWorld, type RequestAttributes } from 'kubestride/engines/authorization';
export const decide = (asked: RequestAttributes): Decision => new RbacAuthorizer(RbacWorld.of([])).authorize(asked).decision;
import { Network, type NetworkPod } from 'kubestride/engines/network';
export const pod: NetworkPod | undefined = Network.of([]).pods.get('a/a');
`,
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const flags = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--types',
    '',
    'use.ts',
  ];
  const compiled = spawnSync(process.execPath, [tsc, ...flags], { cwd: empty, encoding: 'utf8' });
  expect(compiled.stdout + compiled.stderr).toBe('');
});
