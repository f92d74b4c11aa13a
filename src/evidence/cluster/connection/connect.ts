import { setTimeout as wait } from 'node:timers/promises';
import type { ApiClient } from '../client.ts';
import { loginFor } from './login-for.ts';
import type { ConnectOptions, Timeouts } from './options.ts';
import { RestClient } from './rest-client.ts';
import type { Clock } from './retry.ts';
import { routeTo } from './route.ts';
import { findTarget } from './target.ts';

const TIMEOUTS: Timeouts = { connect: 10_000, idle: 60_000, plugin: 200_000 };

const CLOCK: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
  random: () => Math.random(),
};

/**
 * The API server as kubectl would reach it with the same kubeconfig and environment. Reads files only: nothing is sent
 * and no plugin runs before the first request.
 * @throws KubeStrideError where the kubeconfig is not usable
 */
export async function connect(options: ConnectOptions): Promise<ApiClient> {
  const { env, cwd, clock = CLOCK, onNotice = () => {} } = options;
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const target = await findTarget(options);
  const route = await routeTo(target.cluster, env, timeouts.connect);
  const userAgent = options.userAgent ?? 'kubestride';
  const login = loginFor(target, route, {
    env,
    cwd,
    terminal: options.terminal ?? false,
    timeouts,
    now: () => clock.now(),
    onNotice,
  });
  const client = new RestClient({ target, route, login, clock, timeouts, userAgent });
  await client.prepare();
  return client;
}
