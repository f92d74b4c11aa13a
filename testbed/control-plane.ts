/**
 * A real Kubernetes control plane on loopback for tests: etcd, kube-apiserver, kube-controller-manager, kube-scheduler,
 * and kwok, which plays nodes and makes pods Running. Built by Go from the module proxy once (8 to 14 minutes on two
 * cores) into the cache, or taken from $KUBEBUILDER_ASSETS; starts in about 5 seconds.
 *
 * In tests/cluster, take the one that all files share:
 *
 *     import { cluster, describeWithCluster, freshNamespace } from './cluster.ts';
 *     describeWithCluster('…', () => {
 *       it('…', async () => {
 *         const namespace = await freshNamespace();
 *         const { status, body } = await cluster().request('GET', `/api/v1/namespaces/${namespace}/pods`);
 *         const kubeconfig = cluster().kubeconfigFor({ user: 'jane', groups: ['dev'] });
 *       });
 *     });
 *
 * A test that needs flags or a load of its own starts one and stops it: `const own = await startControlPlane({
 * nodes: 3, apiServerFlags: ['--anonymous-auth=false'] })`, `await own.stop()`. Whatever happens, processes and data end
 * with the process that started them. For people: `npm run testbed -- up|down|status`.
 */
import { mkdirSync, mkdtempSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiAnswer, type Requester, requester } from './api.ts';
import { findPrograms } from './build.ts';
import type { CertificateRequest, Issued } from './certificates.ts';
import {
  type AuditWebhookMode,
  argumentsOf,
  COMPONENTS,
  type Component,
  HEALTH,
  PORT_COUNT,
  PROGRAM_OF,
  type Settings,
  urlOf,
} from './components.ts';
import {
  encryptionConfiguration,
  fakeNode,
  kubeconfig,
  localExecution,
  schedulerConfiguration,
} from './configuration.ts';
import { type AuthorityName, issueFrom, makePki } from './pki.ts';
import {
  freePorts,
  isRunning,
  logOf,
  removeFolders,
  runsFor,
  startGuardian,
  startProcess,
  stopProcesses,
  tail,
} from './processes.ts';

export interface ControlPlaneOptions {
  /** Fake nodes, 5 where not given; each takes `podsPerNode` pods, 2500 where not given. */
  readonly nodes?: number;
  readonly podsPerNode?: number;
  /** What is not started: `kcm`, `scheduler` or `kwok`. */
  readonly without?: readonly ('kcm' | 'scheduler' | 'kwok')[];
  /** How Secrets are stored; `aescbc` where not given. */
  readonly encryption?: 'aescbc' | 'secretbox' | 'none';
  readonly apiServerFlags?: readonly string[];
  readonly controllerManagerFlags?: readonly string[];
  /** The path of an audit policy, instead of testbed/audit-policy.yaml. */
  readonly auditPolicy?: string;
  /**
   * Where the API server sends its audit events besides the log, as `kube-apiserver-audit` with a client certificate of the cluster's
   * authority; who receives them shows a certificate of the same one (`makePki` and `issueFrom` make it before the start).
   */
  readonly auditWebhook?: { readonly url: string; readonly mode: AuditWebhookMode };
  /** The user of this machine as whom commands run that are executed in pods; without it they fail. */
  readonly executeAs?: number;
  /** Where everything lies; a folder used before starts on the same data. A new temporary one where not given. */
  readonly folder?: string;
  /** True: the control plane stays when this process ends, until `stopControlPlane`. */
  readonly detached?: boolean;
  /** The folder of go.mod, where the caller is not in it (a bundle). */
  readonly testbed?: string;
}

/** Where a running control plane is: plain data, which another process or thread can attach to. */
export interface ControlPlaneState {
  readonly folder: string;
  readonly programs: string;
  readonly server: string;
  /** The first of the ports of this control plane. */
  readonly portBase: number;
  /** The admin's kubeconfig, and the parts of it; the admin is in system:masters. */
  readonly kubeconfig: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly auditLog: string;
  readonly data: string;
  readonly pids: Readonly<Partial<Record<Component, number>>>;
  /** What is not running, with the reason. */
  readonly leftOut: readonly string[];
  /** Milliseconds from the call to ready. */
  readonly startedIn: number;
}

/** Who a kubeconfig is for; `serviceAccount` is "namespace/name". Times are milliseconds since the epoch. */
export type Subject = (
  | { readonly user: string; readonly groups?: readonly string[] }
  | { readonly serviceAccount: `${string}/${string}` }
) & { readonly notBefore?: number; readonly notAfter?: number };

export interface ControlPlane extends ControlPlaneState {
  /** Asks the API server as admin. */
  readonly request: Requester;
  /** Like `request`, and throws where the answer is no success. @returns the body */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
  expect(...request: Parameters<Requester>): Promise<any>;
  /** Writes a kubeconfig with a client certificate of that subject. @returns its path */
  kubeconfigFor(subject: Subject): string;
  /** A bound token of an existing service account ("namespace/name"). */
  serviceAccountToken(account: `${string}/${string}`): Promise<string>;
  /** A certificate of one of the authorities (`ca` where not given): a webhook's, an expired client's. */
  issue(request: CertificateRequest, authority?: AuthorityName): Issued;
  /** The health of each component that should run: `ok`, or what is wrong. */
  health(): Promise<Record<string, string>>;
}

export interface OwnControlPlane extends ControlPlane {
  /** Ends the processes; the data stays only with `keep`, to start on it again. */
  stop(options?: { readonly keep?: boolean }): Promise<void>;
}

const STATE = 'control-plane.json';
/** etcd's data is as fast as memory there; small ones (64 MB in containers) do not hold it. */
const MEMORY = '/dev/shm';
const MEMORY_NEEDED = 1 << 30;

function dataFolder(folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize >= MEMORY_NEEDED) return mkdtempSync(join(MEMORY, 'kubestride-etcd-'));
  } catch {
    // There is none on this system.
  }
  return join(folder, 'etcd');
}

function readState(folder: string): ControlPlaneState | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, STATE), 'utf8')) as ControlPlaneState;
  } catch {
    return undefined;
  }
}

/** The control plane that was started in `folder`; undefined where there is none, or nothing of it runs any more. */
export function findControlPlane(folder: string): ControlPlane | undefined {
  const state = readState(folder);
  const runs = state !== undefined && Object.values(state.pids).some((pid) => runsFor(folder, pid));
  return runs ? attach(state) : undefined;
}

/**
 * Ends the control plane that was started in `folder`, by whomever, and removes the folder and its data, also what one
 * that was killed left behind.
 *
 * @returns whether something of it was running
 */
export async function stopControlPlane(folder: string): Promise<boolean> {
  const state = readState(folder);
  if (state === undefined) return false;
  const running = pidsToStop(state).filter((pid) => runsFor(folder, pid));
  await stopProcesses(running);
  removeFolders([state.data, folder]);
  return running.length > 0;
}

function pidsToStop({ pids }: Pick<ControlPlaneState, 'pids'>): number[] {
  return COMPONENTS.toReversed().flatMap((component) => pids[component] ?? []);
}

/** Gives the state of a running control plane, from another thread or process, its functions. */
export function attach(state: ControlPlaneState): ControlPlane {
  const pki = join(state.folder, 'pki');
  const request = requester(state.server, pki, 'admin');
  let written = 0;
  const expect: ControlPlane['expect'] = async (...asked) => {
    const answer = await request(...asked);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(`${asked[0]} ${asked[1]}: ${answer.status} ${messageOf(answer)}`);
  };
  return {
    ...state,
    request,
    expect,
    kubeconfigFor(subject) {
      const issued = issueFrom(pki, certificateOf(subject));
      const path = join(state.folder, `subject-${process.pid}-${Date.now()}-${written++}.conf`);
      writeFileSync(path, kubeconfig(state.server, readFileSync(state.ca, 'utf8'), issued), { mode: 0o600 });
      return path;
    },
    async serviceAccountToken(account) {
      const [namespace, name] = account.split('/');
      const body = await expect('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {},
      });
      return body.status.token as string;
    },
    issue: (certificate, authority) => issueFrom(pki, certificate, authority),
    health: async () => {
      const known = COMPONENTS.filter((component) => state.pids[component] !== undefined);
      const answers = await Promise.all(known.map((component) => healthOf(component, state)));
      return Object.fromEntries(known.map((component, index) => [component, answers[index] ?? '']));
    },
  };
}

function messageOf({ body }: ApiAnswer): string {
  return typeof body === 'string' ? body.trim() : (body?.message ?? JSON.stringify(body));
}

function certificateOf(subject: Subject): CertificateRequest {
  const { notBefore, notAfter } = subject;
  const validity = {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
    usages: ['client'],
  } as const;
  if ('user' in subject) {
    return { commonName: subject.user, organizations: subject.groups ?? [], ...validity };
  }
  const [namespace, name] = subject.serviceAccount.split('/');
  return {
    commonName: `system:serviceaccount:${namespace}:${name}`,
    organizations: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    ...validity,
  };
}

async function healthOf(
  component: Component,
  { pids, folder, portBase }: Pick<ControlPlaneState, 'pids' | 'folder' | 'portBase'>,
): Promise<string> {
  const pid = pids[component];
  if (pid === undefined || !isRunning(pid)) {
    return `ended; the end of its log:\n${tail(logOf(folder, component))}`;
  }
  const [client, authority] = component === 'etcd' ? ['etcd-client', 'etcd-ca'] : ['admin', 'ca'];
  try {
    const ask = requester(urlOf(component, portBase), join(folder, 'pki'), client, authority);
    const answer = await ask('GET', HEALTH[component], undefined, {
      timeout: 2000,
      headers: { connection: 'close' },
    });
    return answer.status === 200 ? 'ok' : `${answer.status} ${messageOf(answer)}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not after ${seconds} s`);
    await sleep(50);
  }
}

/**
 * Starts a control plane and waits until it is ready for pods. The first call on a machine builds it.
 *
 * @throws where the programs cannot be built or found, or a component ends or is not ready within a minute; nothing is
 * left running then
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<OwnControlPlane> {
  const testbed = options.testbed ?? import.meta.dirname;
  const programs = findPrograms(testbed);
  const began = Date.now();
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'kubestride-testbed-'));
  const before = readState(folder);
  if (findControlPlane(folder) !== undefined) {
    throw new Error(`a control plane runs already in ${folder}`);
  }
  mkdirSync(join(folder, 'log'), { recursive: true, mode: 0o700 });
  const pki = join(folder, 'pki');
  makePki(pki);
  const data = before?.data ?? dataFolder(folder);
  const portBase = await freePorts(PORT_COUNT, before?.portBase);
  const server = urlOf('apiserver', portBase);
  const written = writeConfiguration(folder, server, options);

  const without = new Set<Component>(options.without ?? []);
  const wanted = COMPONENTS.filter((component) => !without.has(component));
  const running = wanted.filter((component) => programs.present.includes(PROGRAM_OF[component]));
  const settings = {
    folder,
    data,
    portBase,
    auditPolicy: options.auditPolicy ?? join(testbed, 'audit-policy.yaml'),
    apiServerFlags: options.apiServerFlags ?? [],
    controllerManagerFlags: options.controllerManagerFlags ?? [],
    stages: programs.stages,
    ...written,
  };
  const guardian = options.detached ? undefined : startGuardian(options.folder ? [data] : [folder, data]);
  const pids: Partial<Record<Component, number>> = {};
  const start = (component: Component): void => {
    if (!running.includes(component)) return;
    const program = join(programs.folder, PROGRAM_OF[component]);
    const pid = startProcess(program, argumentsOf(component, settings), folder, logOf(folder, component));
    pids[component] = pid;
    guardian?.watch(pid);
  };
  const ready = (component: Component): Promise<void> =>
    running.includes(component) ? untilHealthy(component, { pids, folder, portBase }) : Promise.resolve();

  const describe = (): ControlPlaneState => ({
    folder,
    programs: programs.folder,
    server,
    portBase,
    kubeconfig: join(folder, 'admin.conf'),
    ca: join(pki, 'ca.crt'),
    certificate: join(pki, 'admin.crt'),
    key: join(pki, 'admin.key'),
    auditLog: logOf(folder, 'audit'),
    data,
    pids,
    leftOut: [...programs.leftOut, ...[...without].map((component) => `${component}: as asked`)],
    startedIn: Date.now() - began,
  });
  const stop: OwnControlPlane['stop'] = async ({ keep = false } = {}) => {
    await stopProcesses(pidsToStop({ pids }));
    guardian?.dismiss();
    if (!keep) removeFolders([data, folder]);
  };

  try {
    // The API server asks etcd again until it answers.
    start('etcd');
    start('apiserver');
    writeFileSync(join(folder, STATE), JSON.stringify(describe(), null, 2));
    await ready('apiserver');
    for (const component of ['kcm', 'scheduler', 'kwok'] as const) start(component);
    writeFileSync(join(folder, STATE), JSON.stringify(describe(), null, 2));
    const { request } = attach(describe());
    const nodes = running.includes('kwok') ? (options.nodes ?? 5) : 0;
    for (let index = 0; index < nodes; index++) {
      // On the same data they are there already.
      await request('POST', '/api/v1/nodes', fakeNode(index, options.podsPerNode ?? 2500));
    }
    await Promise.all([ready('kcm'), ready('scheduler'), ready('kwok')]);
    if (running.includes('kcm')) {
      await until('the service account of namespace default', 60, async () => {
        const path = '/api/v1/namespaces/default/serviceaccounts/default';
        return (await request('GET', path)).status === 200;
      });
    }
    if (nodes > 0) {
      await until('nodes Ready', 60, async () => {
        const { body } = await request('GET', '/api/v1/nodes?resourceVersion=0');
        return body.items.filter(isReady).length >= nodes;
      });
    }
  } catch (error) {
    await stop({ keep: options.folder !== undefined });
    throw error;
  }
  const state = describe();
  writeFileSync(join(folder, STATE), JSON.stringify(state, null, 2));
  return { ...attach(state), stop };
}

async function untilHealthy(component: Component, state: Parameters<typeof healthOf>[1]): Promise<void> {
  let health = '';
  await until(component, 60, async () => {
    health = await healthOf(component, state);
    if (health.startsWith('ended')) throw new Error(`${component} ${health}`);
    return health === 'ok';
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${health}\n${tail(logOf(state.folder, component))}`);
  });
}

interface Node {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function isReady(node: Node): boolean {
  return (node.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function writeConfiguration(
  folder: string,
  server: string,
  { encryption = 'aescbc', auditWebhook, executeAs }: ControlPlaneOptions,
): Pick<Settings, 'execution' | 'auditWebhook'> {
  const pki = join(folder, 'pki');
  const read = (name: string): string => readFileSync(join(pki, name), 'utf8');
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  for (const name of ['admin', 'kcm', 'scheduler', 'kwok']) {
    const issued = { certificate: read(`${name}.crt`), key: read(`${name}.key`) };
    write(`${name}.conf`, kubeconfig(server, read('ca.crt'), issued));
  }
  write('encryption.yaml', encryptionConfiguration(encryption, read('encryption.key')));
  write('scheduler.yaml', schedulerConfiguration(join(folder, 'scheduler.conf')));
  const sender = { commonName: 'kube-apiserver-audit', usages: ['client'] } as const;
  return {
    execution: executeAs === undefined ? undefined : write('kwok-exec.yaml', localExecution(executeAs)),
    auditWebhook:
      auditWebhook === undefined
        ? undefined
        : {
            kubeconfig: write(
              'audit-webhook.conf',
              kubeconfig(auditWebhook.url, read('ca.crt'), issueFrom(pki, sender)),
            ),
            mode: auditWebhook.mode,
          },
  };
}
