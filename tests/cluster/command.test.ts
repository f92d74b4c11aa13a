import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { readYaml } from '../../src/kubernetes/yaml/index.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = mkdtempSync(join(tmpdir(), 'kubestride-command-'));
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command as a user would, with the kubeconfig in the environment. */
function kubestride(kubeconfig: string, args: readonly string[]): Promise<Answer> {
  const child = spawn(process.execPath, [join(root, 'bin/kubestride.js'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LANG: 'C', KUBECONFIG: kubeconfig },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
}

interface Reported {
  readonly status: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: its schema is what is tested.
  readonly report: any;
  readonly stderr: string;
}

async function report(kubeconfig: string, ...args: string[]): Promise<Reported> {
  const { status, stdout, stderr } = await kubestride(kubeconfig, [
    'scan',
    '--cluster',
    '-o',
    'json',
    ...args,
  ]);
  return { status, report: JSON.parse(stdout), stderr };
}

/** Gives a user what `kubestride permissions` prints, without the resources named. @returns a kubeconfig of the user */
async function reader(user: string, without: readonly string[] = [], ...flags: string[]): Promise<string> {
  const { stdout, status } = await kubestride('', ['permissions', ...flags]);
  expect(status).toBe(0);
  for (const document of readYaml(Buffer.from(stdout))) {
    const role = document.value as JsonObject & {
      metadata: { name: string };
      rules: { resources?: string[] }[];
    };
    role.metadata.name = user;
    role.rules = role.rules.flatMap((rule) => {
      if (rule.resources === undefined) return [rule];
      const resources = rule.resources.filter((resource) => !without.includes(resource));
      return resources.length === 0 ? [] : [{ ...rule, resources }];
    });
    await cluster().expect('POST', `${RBAC}/clusterroles`, role);
  }
  await cluster().expect('POST', `${RBAC}/clusterrolebindings`, {
    metadata: { name: user },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: user },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
  return cluster().kubeconfigFor({ user });
}

describeWithCluster('the command on a real cluster', () => {
  let namespace = '';

  beforeAll(async () => {
    namespace = await freshNamespace();
    const labels = { app: 'web' };
    await cluster().expect('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'web' },
      spec: {
        replicas: 50,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'web', image: 'nginx', securityContext: { privileged: true } }] },
        },
      },
    });
    await eventually(async () => {
      const { body } = await cluster().request('GET', `/api/v1/namespaces/${namespace}/pods`);
      return body.items.length === 50;
    });
  }, 60_000);

  test('reports a Deployment and its 50 pods once, in the shape of the schema', async () => {
    const { status, report: found } = await report(cluster().kubeconfig);
    expect(status).toBe(1);
    const schema = JSON.parse(readFileSync(join(root, 'src/reports/report.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(found), JSON.stringify(validate.errors)).toBe(true);
    const privileged = found.findings.filter(
      (finding: { check: string; object: { namespace?: string } }) =>
        finding.check === 'privileged-container' && finding.object.namespace === namespace,
    );
    expect(privileged).toMatchObject([
      {
        object: { kind: 'Deployment', name: 'web' },
        source: { api: `/apis/apps/v1/namespaces/${namespace}/deployments/web` },
      },
    ]);
    expect(found.source.cluster).toMatchObject({ server: cluster().server, version: 'v1.37.2' });
  });

  test('reads everything with what `permissions` prints, and says what is missing without a part of it', async () => {
    const whole = await report(await reader('whole-reader'));
    expect(whole.report.coverage.lists.notRead).toEqual([{ resource: 'secrets', reason: 'not-asked' }]);

    const partial = await report(await reader('partial-reader', ['networkpolicies']));
    expect(partial.report.coverage.lists.notRead).toMatchObject([
      { resource: 'secrets' },
      { resource: 'networkpolicies.networking.k8s.io', reason: 'forbidden' },
    ]);
    expect(partial.status).toBe(whole.status);
    const share = ({ report: { coverage } }: Reported) => coverage.evaluated / coverage.applicable;
    expect(share(partial)).toBeLessThan(share(whole));
    const unknown = partial.report.notAssessed.filter(
      ({ check, code }: { check?: string; code: string }) =>
        check === 'no-network-policy-ingress' && code === 'list-not-read',
    );
    expect(unknown.length).toBeGreaterThan(0);
    const claims = (of: typeof whole) =>
      of.report.findings.filter(({ check }: { check: string }) => check === 'no-network-policy-ingress')
        .length;
    expect(claims(whole)).toBeGreaterThan(0);
    expect(claims(partial)).toBe(0);
    const line = partial.report.notAssessed.find(
      ({ subject }: { subject?: string }) => subject === 'networkpolicies.networking.k8s.io',
    );
    expect(line).toMatchObject({ code: 'forbidden', reason: expect.stringMatching(/^Unknown: forbidden\b/) });
  });

  test('finds nothing to assess where everything is refused, and says so', async () => {
    const { status, report: nothing } = await report(cluster().kubeconfigFor({ user: 'stranger' }));
    expect(status).toBe(2);
    expect(nothing.coverage.objects).toBe(0);
    expect(nothing.coverage.lists.read).toBe(0);
    expect(nothing.coverage.lists.notRead.length).toBeGreaterThan(20);
  });

  test('looks at one namespace where only that is asked for', async () => {
    const kubeconfig = cluster().kubeconfig;
    const { report: one } = await report(kubeconfig, '-n', namespace);
    const others = one.findings.filter(
      ({ object }: { object: { namespace?: string } }) => ![namespace, undefined].includes(object.namespace),
    );
    expect(others).toEqual([]);
    expect(one.source.cluster.namespace).toBe(namespace);
  });

  test('says the same of a bundle as of the cluster that it was made of', async () => {
    const kubeconfig = cluster().kubeconfig;
    const collected = await kubestride(kubeconfig, [
      'collect',
      '--cluster',
      '-n',
      namespace,
      '-o',
      'one.kse',
    ]);
    expect(collected).toMatchObject({ status: 0, stdout: '' });
    const live = await report(kubeconfig, '-n', namespace);
    const { stdout } = await kubestride('', ['scan', 'one.kse', '-o', 'json']);
    const fingerprints = (of: { findings: { fingerprint: string }[] }) =>
      of.findings.map(({ fingerprint }) => fingerprint);
    expect(fingerprints(JSON.parse(stdout))).toEqual(fingerprints(live.report));
    const levels = await kubestride('', ['pod-security', 'one.kse', '-o', 'json']);
    expect(JSON.parse(levels.stdout)).toMatchObject([
      { level: 'privileged', object: { kind: 'Deployment' } },
    ]);
  });

  test('watches: what comes, what goes, and the state at the end', async () => {
    const watching = kubestride(cluster().kubeconfig, [
      'watch',
      '-n',
      namespace,
      '-o',
      'json',
      '--for',
      '12',
    ]);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    const container = { name: 'c', image: 'nginx', securityContext: { privileged: true } };
    await cluster().expect('POST', pods, { metadata: { name: 'loud' }, spec: { containers: [container] } });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await cluster().expect('DELETE', `${pods}/loud?gracePeriodSeconds=0`);
    const { status, stdout } = await watching;
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ change: 'synced' });
    const said = lines.filter(
      ({ check, object }) => check === 'privileged-container' && object.name === 'loud',
    );
    expect(said.map(({ change }) => change)).toEqual(['appeared', 'resolved']);
    expect(status).toBe(1);
  }, 60_000);

  test('asks for nothing but get, list and watch', async () => {
    const kubeconfig = await reader('watched-reader', [], '--watch', '--secrets', '--kubelet-config');
    await report(kubeconfig, '--secrets', '--kubelet-config');
    await kubestride(kubeconfig, ['watch', '--for', '3']);
    const verbs = await eventually(async () => {
      const lines = readFileSync(cluster().auditLog, 'utf8').split('\n');
      const own = lines.filter((line) => line.includes('"watched-reader"')).map((line) => JSON.parse(line));
      const found = own
        .filter(({ user }) => user.username === 'watched-reader')
        .map(({ verb }) => verb as string);
      return found.length > 0 ? new Set(found) : undefined;
    });
    expect([...verbs].filter((verb) => !['get', 'list', 'watch'].includes(verb))).toEqual([]);
  }, 60_000);
});
