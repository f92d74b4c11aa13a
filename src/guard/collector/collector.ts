import { KubeStrideError } from '../../kubernetes/errors.ts';
import { Redactions } from '../../records/redaction/tally.ts';
import { Budget } from './budget.ts';
import { CollectorRecords, type CollectorVerb } from './collector-records.ts';
import { Follower, type FollowNotice } from './follow/follower.ts';
import { textAnswer } from './http/answer.ts';
import { Tokens } from './http/credentials.ts';
import { CollectorServer } from './http/server.ts';
import { Inlets } from './inlets.ts';
import { Intake } from './intake.ts';
import { Metrics } from './metrics.ts';
import { type CollectorOptions, LIMITS, type Limits } from './options.ts';

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i;

/** Where a started collector can be reached. */
export interface Addresses {
  readonly port: number | undefined;
  readonly probePort: number | undefined;
}

/**
 * Takes events in, by HTTP and from files, and answers for them once they are stored: what it acknowledged is in the store, and what it
 * could not take stays with its sender.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #limits: Limits;
  readonly #clock: () => number;
  readonly #metrics = new Metrics();
  readonly #tally = new Redactions();
  readonly #budget: Budget;
  readonly #intake: Intake;
  readonly #records: CollectorRecords;
  readonly #problem: (error: unknown) => void;
  #tokens: Tokens | undefined;
  #server: CollectorServer | undefined;
  #probes: CollectorServer | undefined;
  #followers: readonly Follower[] = [];
  #timers: NodeJS.Timeout[] = [];
  #countedAt = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#clock = options.clock ?? Date.now;
    this.#problem = options.problem ?? (() => undefined);
    this.#budget = new Budget(this.#limits.maxInflightBytes, this.#limits.maxInflightBytesPerClient);
    this.#intake = new Intake(options.store, options.quarantine, this.#metrics, this.#clock);
    this.#records = new CollectorRecords(options.store, options.cluster ?? '');
  }

  /**
   * Throws KubeStrideError (collector-plain, collector-credentials, collector-address); then nothing runs.
   */
  async start(): Promise<Addresses> {
    const { listen, probes, tls, allowPlain = false, follow = [], store } = this.#options;
    if (listen !== undefined && tls === undefined && !allowPlain && !LOOPBACK.test(listen.host)) {
      throw new KubeStrideError('collector-plain', { host: listen.host });
    }
    try {
      const inlets = this.#openInlets();
      const port = listen === undefined ? undefined : await this.#listen(inlets, listen);
      const probePort = probes === undefined ? undefined : await this.#listenForProbes(inlets, probes);
      this.#followers = follow.map(
        ({ pattern, decoder }) =>
          new Follower(
            {
              pattern,
              decoder: (path) => decoder(path, `file:${pattern}`),
              interval: this.#limits.followInterval,
              retryAfter: this.#limits.retryAfter,
              maxLineBytes: this.#limits.maxLineBytes,
              maxOpenFiles: this.#limits.maxOpenFiles,
            },
            this.#intake,
            this.#metrics,
            (notice) => this.#notice(notice),
            this.#clock,
          ),
      );
      await this.#tell('started', '', 'the collector was started', {
        inlets: [
          ...(port === undefined ? [] : ['webhook', 'bulk', 'otlp']),
          ...this.#followers.map(({ inlet }) => inlet),
        ],
      });
      const positions = store.positions();
      for (const follower of this.#followers) follower.start(positions).catch(this.#problem);
      this.#countedAt = this.#clock();
      this.#timers = [
        setInterval(() => this.#reload(), this.#limits.reloadInterval),
        setInterval(() => void this.#count(), this.#limits.countInterval),
      ];
      return { port, probePort };
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  /** Answers what is under way, ends reading files, and says so in the store, which stays open. */
  async stop(): Promise<void> {
    await this.#close();
    await this.#count();
    await this.#tell('stopped', '', 'the collector was stopped', {});
  }

  /** In the text format of Prometheus. */
  metrics(): string {
    this.#metrics.set('inflight_bytes', this.#budget.held);
    this.#metrics.set('inflight_requests', this.#intake.pending);
    this.#metrics.set('oldest_inflight_seconds', this.#intake.oldestSeconds);
    for (const [kind, count] of Object.entries(this.#tally.byKind)) {
      this.#metrics.reset('redacted_values_total', count, { kind });
    }
    return this.#metrics.text();
  }

  #openInlets(): Inlets {
    const { tokenFile, cluster = '', clusters = [] } = this.#options;
    try {
      if (tokenFile !== undefined) this.#tokens = new Tokens(tokenFile);
    } catch (error) {
      throw new KubeStrideError('collector-credentials', { reason: reasonOf(error) }, { cause: error });
    }
    return new Inlets(
      {
        cluster,
        clusters,
        tally: this.#tally,
        tokens: this.#tokens,
        clock: this.#clock,
        problem: this.#problem,
      },
      this.#intake,
      () => this.metrics(),
    );
  }

  async #listen(inlets: Inlets, { host, port }: { host: string; port: number }): Promise<number> {
    try {
      this.#server = new CollectorServer(this.#options.tls, this.#limits, this.#budget, this.#metrics, {
        answer: (call, isCertified) => inlets.answer(call, isCertified),
        refused: (refusal) => this.#intake.refuse('http', refusal),
      });
    } catch (error) {
      throw new KubeStrideError('collector-credentials', { reason: reasonOf(error) }, { cause: error });
    }
    return listenAt(this.#server, host, port);
  }

  async #listenForProbes(inlets: Inlets, { host, port }: { host: string; port: number }): Promise<number> {
    // Its own connections and no bodies: whoever holds on to it takes nothing from the inlets.
    const limits = { ...this.#limits, maxConnections: 64, maxBodyBytes: 0 };
    this.#probes = new CollectorServer(undefined, limits, new Budget(0, 0), new Metrics(), {
      answer: async (call) => (call.path.length === 1 ? inlets.probe(call) : textAnswer(404, 'not here\n')),
      refused: (refusal) => this.#intake.refuse('probe', refusal),
    });
    return listenAt(this.#probes, host, port);
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    await Promise.all([
      this.#server?.stop(this.#limits.stopTimeout),
      this.#probes?.stop(this.#limits.stopTimeout),
      ...this.#followers.map((follower) => follower.stop()),
    ]);
  }

  #reload(): void {
    try {
      this.#server?.reloadCertificates();
      this.#tokens?.reload();
    } catch (error) {
      // Those that are in use stay.
      this.#problem(error);
    }
  }

  async #count(): Promise<void> {
    const from = this.#countedAt;
    this.#countedAt = this.#clock();
    const tallies = this.#intake.takeTallies();
    const facts = {
      from: from * 1000,
      to: this.#countedAt * 1000,
      inlets: Object.fromEntries([...tallies].map(([inlet, tally]) => [inlet, { ...tally }])),
    };
    const [received, stored, refused] = [...tallies.values()].reduce(
      ([a, b, c], tally) => [a + tally.received, b + tally.stored, c + tally.refusedRequests],
      [0, 0, 0],
    );
    const message = `${received} events came, ${stored} were new, ${refused} requests were refused`;
    await this.#tell('counted', '', message, facts);
  }

  async #notice({ verb, inlet, path, bytes, reason }: FollowNotice): Promise<void> {
    const message =
      verb === 'lost'
        ? `${bytes === undefined ? 'what was not read yet' : `${bytes} bytes`} of ${path} were gone before they were read`
        : `${path} cannot be read`;
    await this.#tell(verb, inlet, message, { path, reason, bytes: bytes ?? null });
  }

  #tell(
    verb: CollectorVerb,
    inlet: string,
    message: string,
    facts: Parameters<CollectorRecords['write']>[0]['facts'],
  ): Promise<void> {
    return this.#records.write({ verb, inlet, message, time: this.#clock() * 1000, facts });
  }
}

async function listenAt(server: CollectorServer, host: string, port: number): Promise<number> {
  try {
    return await server.listen(host, port);
  } catch (error) {
    throw new KubeStrideError('collector-address', { host, port, reason: reasonOf(error) }, { cause: error });
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error
    ? String(error.code)
    : error instanceof Error
      ? error.message
      : '';
