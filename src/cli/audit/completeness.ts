import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  assessCompleteness,
  type Completeness,
  gatherCompleteness,
  type MetricsSample,
  parseAuditMetrics,
} from '../../records/completeness/index.ts';
import { QUARANTINE, Quarantine, type RefusalCounts } from '../../records/quarantine.ts';
import { openReader } from '../../records/store/open-reader.ts';
import type { CompletenessFlags } from '../commands/audit/completeness.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { jsonDocument } from './answer-document.ts';
import { completenessText } from './completeness-text.ts';
import { periodOf } from './filters.ts';
import { openPolicy, usablePolicy } from './policy-file.ts';
import { storeFolder } from './store-folder.ts';

const EXIT_OF: Readonly<Record<Completeness['verdict'], ExitCode>> = {
  complete: EXIT.clean,
  incomplete: EXIT.findings,
  'not-known': EXIT.notEvaluated,
};

/** Says whether stored records are complete, and why not. */
export async function judgeCompleteness(context: Context, flags: CompletenessFlags): Promise<ExitCode> {
  const { stdout } = context.terminal;
  const policy =
    flags.policy === undefined ? undefined : usablePolicy(context, openPolicy(context, flags.policy));
  const samples = (flags.metrics ?? []).flatMap((given) => readMetrics(context, given));
  const folder = storeFolder(context, flags);
  const reader = await openReader(folder);
  try {
    const judged = assessCompleteness(
      await gatherCompleteness(reader, {
        ...periodOf(flags),
        ...(flags.clusterName === undefined ? {} : { clusters: [flags.clusterName] }),
        ...(policy === undefined ? {} : { policy }),
        refused: refusedOf(folder),
        samples,
      }),
    );
    await stdout.write(
      flags.output === 'json'
        ? jsonDocument('kubestride.completeness/v1', judged)
        : completenessText(context.words, judged),
    );
    return EXIT_OF[judged.verdict];
  } finally {
    await reader.close();
  }
}

/** What a store refused since it began to count. */
export function refusedOf(folder: string): RefusalCounts {
  return new Quarantine(join(folder, QUARANTINE)).counts;
}

/** Metrics of an API server with many kinds of objects are some tens of megabytes. */
const LARGEST_MEGABYTES = 256;

/**
 * Metrics of a file as of its last change. `SERVER=FILE` says whose they are; without it all files are of one API server, as the two
 * of before and after are.
 */
function readMetrics({ terminal }: Context, given: string): MetricsSample[] {
  const named = existsSync(resolve(terminal.cwd, given)) ? null : /^([^/\\=]+)=(.+)$/s.exec(given);
  const [server, file] = named === null ? ['', given] : [named[1]!, named[2]!];
  let text: string;
  let time: number;
  try {
    const path = resolve(terminal.cwd, file);
    const { mtimeMs, size } = statSync(path);
    if (size > LARGEST_MEGABYTES * 1_000_000) {
      throw new UsageError((words) =>
        words.completeness.metricsTooLarge({ file, megabytes: LARGEST_MEGABYTES }),
      );
    }
    text = readFileSync(path, 'utf8');
    time = Math.round(mtimeMs * 1000);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UsageError((words) => words.failure.cannotRead({ file, reason }));
  }
  const samples = parseAuditMetrics(text, server, time);
  if (samples.length === 0) throw new UsageError((words) => words.completeness.noCounters({ file }));
  return samples;
}
