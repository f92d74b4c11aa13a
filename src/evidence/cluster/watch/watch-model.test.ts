import { expect, test } from 'vitest';
import { Random } from '../../../../tests/differential/random.ts';
import type { ResourceList } from '../../snapshot.ts';
import { ApiError } from '../client.ts';
import { bookmark, type Fault, ModelServer, statusResponse } from './test-model-server.ts';
import { Picture } from './test-picture.ts';
import { VirtualTime } from './test-virtual-time.ts';
import { type ClusterWatch, watchCluster } from './watch.ts';

const LISTS: readonly ResourceList[] = [
  { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true },
  { group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment', namespaced: true },
  { group: '', version: 'v1', resource: 'nodes', kind: 'Node', namespaced: false },
];
/** 700, or $KUBESTRIDE_CASES for a longer run by hand: 2,000 take twelve seconds of a quiet machine. */
const RUNS = Number(process.env['KUBESTRIDE_CASES'] ?? 700);
const FIRST_SEED = 20261123;
const MINUTE = 60_000;

/** One random life of a server and of what is between it and the informer; they agree once it has become quiet. */
class Life {
  readonly random: Random;
  readonly time = new VirtualTime();
  readonly server: ModelServer;
  readonly picture: Picture<ClusterWatch>;

  constructor(seed: number) {
    this.random = new Random(seed);
    const { random } = this;
    this.server = new ModelServer(this.time, (length) => {
      const cuts = Array.from({ length: random.below(4) }, () => random.below(length));
      return cuts.sort((a, b) => a - b);
    });
    this.server.pageSize = 1 + random.below(6);
    this.server.afterPage = () => this.#betweenPages();
    for (let i = random.below(20); i > 0; i--) this.#change();
    this.picture = new Picture((signal) =>
      watchCluster(this.server, LISTS, {
        clock: this.time,
        random: () => random.next(),
        resyncEvery: random.pick([MINUTE, 10 * MINUTE, 60 * MINUTE]),
        signal,
      }),
    );
  }

  async live(): Promise<void> {
    for (let i = 10 + this.random.below(60); i > 0; i--) await this.#step();
    this.server.fault = () => undefined;
    this.server.afterPage = () => {};
    // A dead connection is only known to be so after its idle timeout, and a gap is asked for each minute.
    await this.time.pass(5 * MINUTE);
  }

  async #step(): Promise<void> {
    const { random, time, server } = this;
    const kind = random.below(100);
    if (kind < 55) this.#change();
    else if (kind < 70) await time.pass(random.below(random.pick([10, 1000, 100_000])));
    else if (kind < 75) server.bookmark();
    else if (kind < 80) server.compact();
    else if (kind < 94) this.#harm();
    else server.fault = this.#fault();
    if (random.below(4) === 0) await time.settle();
  }

  #change(): void {
    const { random, server } = this;
    const list = random.pick(LISTS);
    const namespace = list.namespaced ? random.pick(['a', 'b']) : '';
    const name = `o${random.below(6)}`;
    const exists = server.contents(list).has(`${namespace}/${name}`);
    if (!exists) server.create(list, namespace, name);
    else if (random.below(2) === 0) server.modify(list, namespace, name);
    else server.delete(list, namespace, name);
  }

  #betweenPages(): void {
    if (this.random.below(3) === 0) this.#change();
    if (this.random.below(8) === 0) this.server.compact();
  }

  #harm(): void {
    const { random, server } = this;
    if (server.connections.size === 0) return;
    const connection = random.pick([...server.connections]);
    const harms = [
      () => connection.cut(),
      () => connection.end(),
      () => connection.silence(),
      () => connection.event('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' }),
      () =>
        connection.event('ERROR', { kind: 'Status', code: 500, reason: 'InternalError', message: 'etcd' }),
      () =>
        connection.event('ERROR', { kind: 'Status', code: 429, reason: 'TooManyRequests', message: 'busy' }),
      () => connection.text(random.pick(['\n', '{"type":"ADDED","obj\n', '<html>\n'])),
      () => connection.event('BOOKMARK', bookmark(server.revision)),
      () => {
        for (const each of [...server.connections]) each.cut();
      },
    ];
    random.pick(harms)();
  }

  #fault(): Fault {
    const share = this.random.next();
    const status = this.random.pick([0, 0, 0, 401, 403, 404, 410, 429, 500, 503]);
    const onlyWatches = this.random.below(3) === 0;
    return (_, isWatch) => {
      if (this.random.next() > share || (onlyWatches && !isWatch)) return undefined;
      if (status === 0) return new Error('connection refused');
      return isWatch
        ? statusResponse(status, `Reason${status}`)
        : new ApiError(status, `Reason${status}`, 'no');
    };
  }
}

test(`after ${RUNS} random lives of a server, the informer shows what the server has`, {
  timeout: 120_000,
}, async () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
    const life = new Life(seed);
    await life.live();
    for (const list of LISTS) {
      expect(life.picture.contents(list), `${list.resource} of seed ${seed}`).toEqual(
        life.server.contents(list),
      );
      expect(life.picture.synced.has(list), `${list.resource} of seed ${seed} is synced`).toBe(true);
    }
    expect(life.picture.faults, `seed ${seed}`).toEqual([]);
    await life.picture.stop();
  }
});
