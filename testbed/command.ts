import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder, canStartControlPlane } from './build.ts';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  findControlPlane,
  startControlPlane,
  stopControlPlane,
} from './control-plane.ts';

const USAGE = `usage: npm run testbed -- up [options] | status | down

A real Kubernetes control plane on loopback, with fake nodes. The first start on a machine builds it with Go, unless
KUBEBUILDER_ASSETS names a folder of programs. Its data goes with \`down\`.

options of up
  --nodes N               fake nodes (5)
  --pods-per-node N       how many pods each takes (2500)
  --encryption KIND       how Secrets are stored: aescbc, secretbox or none (aescbc)
  --without COMPONENT     do not start kcm, scheduler or kwok; can be repeated
  --api-server-flag FLAG  give the API server a flag, such as --api-server-flag=--anonymous-auth=false; can be repeated
options of all
  --name NAME             tells several control planes apart (default)
`;

const OPTIONAL = ['kcm', 'scheduler', 'kwok'] as const;
const ENCRYPTIONS = ['aescbc', 'secretbox', 'none'] as const;

class UsageError extends Error {}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new UsageError(`${flag}: ${value} is none of ${allowed.join(', ')}`);
  return found;
}

function count(flag: string, value: string): number {
  if (!/^\d{1,5}$/.test(value)) throw new UsageError(`${flag}: ${value} is no number from 0 to 99999`);
  return Number(value);
}

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

function sayHowToUse({ kubeconfig, programs, leftOut, folder }: ControlPlane): void {
  for (const each of leftOut) say(`Left out: ${each}`);
  say(`
Kubeconfig   ${kubeconfig}
Logs         ${join(folder, 'log')}

  export KUBECONFIG=${kubeconfig}${existsSync(join(programs, 'kubectl')) ? `\n  export PATH="${programs}:$PATH"   # kubectl, etcdctl` : ''}
  kubectl get nodes`);
}

async function up(testbed: string, folder: string, options: ControlPlaneOptions): Promise<number> {
  const running = findControlPlane(folder);
  if (running !== undefined) {
    say(`A control plane is up already: ${running.server}`);
    sayHowToUse(running);
    return 0;
  }
  if (!canStartControlPlane()) {
    process.stderr.write(
      'No control plane: Go is not on PATH, and KUBEBUILDER_ASSETS is not set. Install Go, or name a folder with etcd and kube-apiserver.\n',
    );
    return 1;
  }
  mkdirSync(folder, { recursive: true });
  const started = await startControlPlane({ ...options, testbed, folder, detached: true });
  say(`Up at ${started.server} after ${(started.startedIn / 1000).toFixed(1)} s`);
  sayHowToUse(started);
  return 0;
}

async function status(folder: string): Promise<number> {
  const running = findControlPlane(folder);
  if (running === undefined) {
    say('No control plane is up.');
    return 1;
  }
  say(`${running.server}\n`);
  const health = Object.entries(await running.health());
  for (const [component, state] of health) say(`${component.padEnd(12)} ${state}`);
  sayHowToUse(running);
  return health.every(([, state]) => state === 'ok') ? 0 : 1;
}

async function down(folder: string): Promise<number> {
  say((await stopControlPlane(folder)) ? 'Down.' : 'No control plane is up.');
  return 0;
}

/** The command of `npm run testbed`; answers the exit code: 0 done, 1 failed, or not up where asked, 2 misused. */
export async function main(testbed: string, args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: { type: 'string', default: 'default' },
        nodes: { type: 'string', default: '5' },
        'pods-per-node': { type: 'string', default: '2500' },
        encryption: { type: 'string', default: 'aescbc' },
        without: { type: 'string', multiple: true, default: [] },
        'api-server-flag': { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (positionals.length !== 1) throw new UsageError('say up, status or down');
    if (!/^[a-z0-9-]+$/.test(values.name)) throw new UsageError('--name: small letters, digits and -');
    const folder = join(cacheFolder(), 'testbed', values.name);
    switch (oneOf('command', positionals[0] ?? '', ['up', 'status', 'down'])) {
      case 'up':
        return await up(testbed, folder, {
          nodes: count('--nodes', values.nodes),
          podsPerNode: count('--pods-per-node', values['pods-per-node']),
          encryption: oneOf('--encryption', values.encryption, ENCRYPTIONS),
          without: values.without.map((each) => oneOf('--without', each, OPTIONAL)),
          apiServerFlags: values['api-server-flag'],
        });
      case 'status':
        return await status(folder);
      case 'down':
        return await down(folder);
    }
  } catch (error) {
    const misused =
      error instanceof UsageError ||
      (error instanceof TypeError && 'code' in error && `${error.code}`.startsWith('ERR_PARSE_ARGS'));
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    if (misused) process.stderr.write(`\n${USAGE}`);
    return misused ? 2 : 1;
  }
}
