import { ApiResources } from '../../kubernetes/api-resources.ts';
import { ask } from '../../records/questions/ask.ts';
import type { Answer, Question } from '../../records/questions/question.ts';
import { SHIPPED, SHIPPED_IDS } from '../../records/questions/saved.ts';
import { openReader } from '../../records/store/open-reader.ts';
import { escapeText } from '../../reports/escape.ts';
import type { AskFlags } from '../commands/audit/ask.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { renderAnswer } from './answer-render.ts';
import { questionOf, scopeOf } from './question.ts';
import { type SavedQuestions, savedQuestions } from './saved.ts';
import { snapshotOf } from './snapshot.ts';
import { storeFolder } from './store-folder.ts';
import { tableLines } from './table.ts';

/** Answers a question out of stored records. */
export async function askRecords(
  context: Context,
  flags: AskFlags,
  given: readonly string[],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const snapshot = await snapshotOf(context, flags.bindings, flags.clusterName ?? '');
  const resources = new ApiResources(snapshot?.objects ?? []);
  const saved = savedQuestions(context, flags.saved, resources);
  if (flags.list) return list(context, saved);
  const question = questionOf(flags, given, resources) ?? savedQuestion(flags, given, saved, resources);
  const reader = await openReader(storeFolder(context, flags));
  try {
    const answer = await ask(reader, question, {
      resources,
      ...(snapshot === undefined ? {} : { snapshot }),
    });
    await terminal.stdout.write(renderAnswer(words.records, answer, flags.output ?? 'terminal'));
    return isAnswered(answer) ? EXIT.clean : EXIT.notEvaluated;
  } finally {
    await reader.close();
  }
}

/** Parts of the store that could not be read make every answer one that may lack something. */
function isAnswered({ told, damage }: Answer): boolean {
  return told.length > 0 && damage.length === 0;
}

async function list({ terminal, words }: Context, saved: SavedQuestions): Promise<ExitCode> {
  const titles: Readonly<Record<string, string>> = words.records.savedTitle;
  // A file may replace a question that comes with the product.
  const rows = [...saved].map(([name, { question, description }]) => [
    name,
    escapeText(description ?? (isShipped(name, question) ? (titles[name] ?? '') : '')),
  ]);
  for (const line of tableLines(rows, terminal.stdout.columns)) await terminal.stdout.write(`${line}\n`);
  return EXIT.clean;
}

function isShipped(name: string, { filters }: Question): boolean {
  const id = SHIPPED_IDS.find((each) => each === name);
  return id !== undefined && filters === SHIPPED[id];
}

/** A saved question, narrowed by what the flags say. */
function savedQuestion(
  flags: AskFlags,
  given: readonly string[],
  saved: SavedQuestions,
  resources: ApiResources,
): Question {
  const [name = '', ...more] = given;
  const question = more.length === 0 ? saved.get(name)?.question : undefined;
  if (question === undefined) {
    throw new UsageError((words) =>
      words.recording.notAQuestion({ question: escapeText(given.join(' ')), saved: [...saved.keys()] }),
    );
  }
  const { filters, ...scope } = scopeOf(flags, resources);
  return { ...question, ...scope, filters: { ...question.filters, ...filters } };
}
