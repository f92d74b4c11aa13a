import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Decoded, Refusal } from '../../records/decoded.ts';
import { ingestFiles } from '../../records/ingest-files.ts';
import { QUARANTINE, Quarantine } from '../../records/quarantine.ts';
import { Redactions } from '../../records/redaction/index.ts';
import type { EventStore } from '../../records/store/event-store.ts';
import { openStore } from '../../records/store/local-store.ts';
import { jsonText } from '../../reports/escape.ts';
import type { IngestFlags } from '../commands/audit/ingest.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { ProgressLine } from '../progress.ts';
import { UsageError } from '../usage-error.ts';
import { sayDamage, storeFolder } from './store-folder.ts';

/** Appends that wait for the disk at once: the next part of a file is read while the last is written. */
const AHEAD = 4;

/** Stores what files hold. Exit code 2 where parts of them were not understood. */
export async function ingest(
  context: Context,
  flags: IngestFlags,
  given: readonly string[],
): Promise<ExitCode> {
  const { terminal, words } = context;
  if (given.length === 0) {
    throw new UsageError((said) => said.usage.missingArgument({ name: 'FILE', command: 'audit ingest' }));
  }
  const folder = storeFolder(context, flags);
  const tally = new Redactions();
  const progress = new ProgressLine(terminal, words);
  const unknown: string[] = [];
  let isDamaged = false;
  const store = await openStore(folder, {
    warn: (damage) => {
      isDamaged = sayDamage(context, [damage]);
    },
  });
  try {
    const file = join(folder, QUARANTINE);
    const storing = new Storing(store, new Quarantine(file), flags);
    const { files, bytes } = await ingestFiles(given, {
      cwd: terminal.cwd,
      get stdin() {
        return terminal.stdin;
      },
      cluster: flags.clusterName ?? '',
      tally,
      ...(flags.nodeName === undefined ? {} : { node: flags.nodeName }),
      ...(flags.format === undefined ? {} : { format: flags.format }),
      ...(flags.year === undefined ? {} : { year: flags.year }),
      onDecoded: (decoded, path) => storing.take(decoded, path),
      onProgress: (read) => progress.recording(read, storing.records),
      onUnknown: (path) => unknown.push(path),
    });
    await storing.finish();
    progress.done();
    for (const path of unknown) say(context, words.recording.unknownFormat({ file: path }));
    const { stored, doubles, refused, sources, reasons } = storing;
    const result = { files: files.length, bytes, stored, doubles, refused, redactions: tally.total };
    if (flags.output === 'json') {
      const told = {
        ...result,
        sources: Object.fromEntries(sources),
        reasons,
        redacted: tally.byKind,
        unknown,
      };
      await terminal.stdout.write(`${jsonText(JSON.stringify(told))}\n`);
    } else {
      const counts = [...sources].map(([source, count]) => `${source} ${count}`).join(', ');
      await terminal.stdout.write(`${words.recording.ingested({ ...result, sources: counts })}\n`);
    }
    if (refused > 0 && existsSync(file)) {
      const counts = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`);
      say(context, words.recording.quarantined({ file, reasons: counts.join(', ') }));
    }
    const { damage } = await store.facts();
    return sayDamage(context, damage) || isDamaged || refused > 0 || unknown.length > 0
      ? EXIT.notEvaluated
      : EXIT.clean;
  } finally {
    progress.done();
    await store.close();
  }
}

/** Hands on what was decoded, a few appends ahead of the disk, and counts. */
class Storing {
  stored = 0;
  doubles = 0;
  refused = 0;
  records = 0;
  readonly sources = new Map<string, number>();
  readonly reasons: Partial<Record<Refusal, number>> = {};
  readonly #store: EventStore;
  readonly #quarantine: Quarantine;
  readonly #flags: IngestFlags;
  readonly #waiting: Promise<void>[] = [];

  constructor(store: EventStore, quarantine: Quarantine, flags: IngestFlags) {
    this.#store = store;
    this.#quarantine = quarantine;
    this.#flags = flags;
  }

  async take({ records, refused }: Decoded, file: string): Promise<void> {
    const { clusterName: cluster = '', nodeName } = this.#flags;
    const node = nodeName === undefined ? {} : { node: nodeName };
    this.#quarantine.add(refused, { inlet: file === '-' ? 'stdin' : `file:${file}`, cluster, ...node });
    this.refused += refused.length;
    for (const { reason } of refused) this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
    this.records += records.length;
    for (const { source } of records) this.sources.set(source, (this.sources.get(source) ?? 0) + 1);
    if (records.length === 0) return;
    const append = this.#store.append(records).then(({ stored, doubles }) => {
      this.stored += stored;
      this.doubles += doubles;
    });
    // Whoever waits for it next is told of a failure.
    append.catch(() => undefined);
    this.#waiting.push(append);
    if (this.#waiting.length >= AHEAD) await this.#waiting.shift();
  }

  async finish(): Promise<void> {
    await Promise.all(this.#waiting.splice(0));
  }
}
