import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ApiResources } from '../../kubernetes/api-resources.ts';
import { readYaml } from '../../kubernetes/yaml/index.ts';
import {
  readSaved,
  type SavedQuestion,
  SHIPPED_IDS,
  shippedQuestion,
} from '../../records/questions/saved.ts';
import { type Context, say } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { localOffset } from './filters.ts';

/** Questions by the names that they were saved under, with what a file says of them. */
export type SavedQuestions = ReadonlyMap<string, Pick<SavedQuestion, 'question' | 'description'>>;

/** Those that come with the product, and those of a file, which may replace them. Throws UsageError for a file that cannot be read. */
export function savedQuestions(
  context: Context,
  file: string | undefined,
  resources: ApiResources,
): SavedQuestions {
  const saved = new Map<string, Pick<SavedQuestion, 'question' | 'description'>>(
    SHIPPED_IDS.map((id) => [id, { question: shippedQuestion(id) }]),
  );
  if (file === undefined) return saved;
  const [document] = readYaml(bytesOf(context, file));
  if (document?.error !== undefined) {
    const { line, problem } = document.error;
    throw new UsageError(({ audit }) => audit.notYaml({ place: `${file}:${line}`, problem }));
  }
  const now = new Date();
  const { questions, problems } = readSaved(document?.value, {
    resources,
    now: now.getTime(),
    offset: localOffset,
  });
  for (const { path, problem, value } of problems) {
    const { labelled, savedProblem } = context.words.records;
    say(context, `${file}: ${labelled({ label: path, text: savedProblem[problem]({ value }) })}`);
  }
  for (const question of questions) saved.set(question.name, question);
  return saved;
}

function bytesOf({ terminal }: Context, file: string): Uint8Array {
  try {
    return readFileSync(resolve(terminal.cwd, file));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UsageError((words) => words.failure.cannotRead({ file, reason }));
  }
}
