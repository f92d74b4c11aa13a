import type { VerdictChange } from '../assessment/judged.ts';
import { LiveAssessment } from '../assessment/live-assessment.ts';
import { type ApiClient, ApiError } from '../evidence/cluster/client.ts';
import { observeFacts } from '../evidence/cluster/facts.ts';
import type { DegradedReason, WatchEvent } from '../evidence/cluster/watch/events.ts';
import { followCluster } from '../evidence/cluster/watch/follow-cluster.ts';
import { keepForChecks, PendingChanges } from '../evidence/pending-changes.ts';
import { factsObject } from '../evidence/snapshot-evidence.ts';
import { type Gap, resourceName } from '../kubernetes/gaps.ts';
import { loadUiWords } from '../locales/load.ts';
import type { Words } from '../locales/words.ts';
import { loadChecks, loadCheckWords } from './catalogue.ts';
import type { WatchFlags } from './commands/watch.ts';
import { type Context, type ExitCode, say } from './context.ts';
import { exitCodeOf } from './exit-code.ts';
import { connectTo } from './snapshot-sources.ts';
import { UsageError } from './usage-error.ts';
import { ChangeWriter } from './watch-lines.ts';

/** Milliseconds between two assessments: changes come in bursts, and many undo each other. */
const PAUSE = 1000;
/** What strangers get and which version runs changes without any object changing. */
const FACTS_EVERY = 10 * 60 * 1000;

/** Follows a live cluster until it is told to stop. */
export async function watch(context: Context, flags: WatchFlags): Promise<ExitCode> {
  const checks = await loadChecks();
  const [ui, checkWords] = await Promise.all([
    loadUiWords(context.language),
    loadCheckWords(context.language),
  ]);
  const words: Words = { language: context.language, ui, check: (id) => checkWords[id]! };
  const client = await connectTo(context, flags);
  const ending = new AbortController();
  const stop = () => ending.abort();
  const stopTimer = flags.for === undefined ? undefined : setTimeout(stop, flags.for * 1000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const assessment = new LiveAssessment({ checks }, flags.namespace);
  const writer = new ChangeWriter(context, words, flags.output);
  const follower = new Follower(context, client, assessment, writer, ending.signal, flags.kubeletConfig);
  try {
    const events = followCluster(client, {
      secrets: flags.secrets,
      signal: ending.signal,
      keep: keepForChecks,
      ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    });
    for await (const batch of events) {
      for (const event of batch) follower.take(event);
      await follower.assessIfDue();
    }
    await follower.finish();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status, message } = error;
    throw new UsageError((said) => said.failure.apiError({ server: client.server, status, message }));
  } finally {
    clearTimeout(stopTimer);
    follower.close();
    client.close();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop);
  }
  return exitCodeOf(assessment.report(), flags.failOn, undefined);
}

/** Gathers events until it is time to assess, and says what came of it. */
class Follower {
  readonly #context: Context;
  readonly #client: ApiClient;
  readonly #assessment: LiveAssessment;
  readonly #writer: ChangeWriter;
  readonly #signal: AbortSignal;
  readonly #kubelets: boolean;
  readonly #pending = new PendingChanges();
  readonly #late = new Map<string, DegradedReason>();
  #told = new Map<string, DegradedReason>();
  #gaps: ReadonlyMap<string, Gap> = new Map();
  #tellTimer: NodeJS.Timeout | undefined;
  #isStarted = false;
  #assessedAt = 0;
  #observedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    context: Context,
    client: ApiClient,
    assessment: LiveAssessment,
    writer: ChangeWriter,
    signal: AbortSignal,
    kubelets: boolean,
  ) {
    this.#kubelets = kubelets;
    this.#signal = signal;
    this.#context = context;
    this.#client = client;
    this.#assessment = assessment;
    this.#writer = writer;
  }

  take(event: WatchEvent): void {
    this.#pending.take(event);
    if (event.type === 'degraded') this.#late.set(resourceName(event.list), event.reason);
    else if (event.type === 'recovered') this.#late.delete(resourceName(event.list));
    else if (event.type === 'gap') {
      // It is told of as such; that it is no longer late does not make it fresh.
      this.#late.delete(resourceName(event.list));
      this.#told.delete(resourceName(event.list));
    }
    // Lists follow each other closely; they are told of together.
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = undefined;
      this.#inTurn(() => this.#tellOfDelays()).catch(() => undefined);
    }, PAUSE);
  }

  /** Says which lists are out of date now and were not, and when none is any more. */
  async #tellOfDelays(): Promise<void> {
    const now = new Date();
    for (const reason of ['disconnected', 'watch-refused'] as const) {
      const lists = [...this.#late].filter(
        ([list, late]) => late === reason && this.#told.get(list) !== late,
      );
      if (lists.length > 0)
        await this.#writer.stale(
          lists.map(([list]) => list),
          reason,
          now,
        );
    }
    if (this.#told.size > 0 && this.#late.size === 0) await this.#writer.fresh(now);
    this.#told = new Map(this.#late);
  }

  /** Says which lists are not shown any more, and which are again. */
  async #tellOfGaps(gaps: readonly Gap[], now: Date): Promise<void> {
    const present = new Map(
      gaps.filter(({ reason }) => reason !== 'not-asked').map((gap) => [resourceName(gap), gap]),
    );
    for (const [list, gap] of present) if (!this.#gaps.has(list)) await this.#writer.lost(gap, now);
    for (const list of this.#gaps.keys()) if (!present.has(list)) await this.#writer.back(list, now);
    this.#gaps = present;
  }

  /** Assesses now, or when the pause after the last time is over. */
  async assessIfDue(): Promise<void> {
    if (!this.#pending.isComplete) return;
    const wait = this.#assessedAt + PAUSE - performance.now();
    if (wait <= 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      await this.#assess();
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        // Whoever assesses next is told of a failure.
        this.#assess().catch(() => undefined);
      }, wait);
    }
  }

  async finish(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.isComplete) await this.#assess();
    const { findings, notAssessed } = this.#assessment.report();
    const undecided = notAssessed.filter(({ kind }) => kind === 'undecided').length;
    say(this.#context, this.#context.words.watch.stopped({ findings: findings.length, undecided }));
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#tellTimer);
  }

  /** One after the other: writing waits for the reader of the output. */
  #assess(): Promise<void> {
    return this.#inTurn(() => this.#assessOnce());
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#running = this.#running.then(work);
    return this.#running;
  }

  async #observe(now: Date): Promise<void> {
    try {
      const facts = await observeFacts(this.#client, {
        observedAt: now.toISOString(),
        kubelets: this.#kubelets,
        signal: this.#signal,
      });
      this.#pending.put(factsObject(facts));
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
  }

  async #assessOnce(): Promise<void> {
    this.#assessedAt = performance.now();
    const now = new Date();
    const isDue = this.#assessedAt - this.#observedAt > FACTS_EVERY;
    // While the server is away, all that could be observed is that.
    if (!this.#isStarted || (isDue && this.#late.size === 0 && !this.#signal.aborted)) {
      this.#observedAt = this.#assessedAt;
      await this.#observe(now);
    }
    const change = this.#pending.drain();
    const changes: VerdictChange[] = this.#assessment.apply(change, now);
    if (this.#isStarted) {
      await this.#tellOfGaps(change.gaps, now);
      await this.#writer.write(changes, now);
    } else {
      this.#isStarted = true;
      const { objects } = this.#assessment;
      await this.#writer.start(this.#assessment.report(), { objects, lists: change.lists }, now);
      await this.#tellOfGaps(change.gaps, now);
    }
    this.#assessedAt = performance.now();
  }
}
