import {
  type ChainAnswer,
  type ReadReview,
  RefusedReview,
  readReview,
} from '../../engines/authorization/index.ts';
import type { Json } from '../../kubernetes/json.ts';
import { jsonText } from '../../reports/escape.ts';
import type { ReviewFlags } from '../commands/access/review.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { readJsonLines } from '../json-lines.ts';
import { BufferedSink } from '../outputs.ts';
import { sayProblems } from './problems.ts';
import { resourceText } from './resource.ts';
import { foundNothing, openAccess } from './source.ts';
import { blindSpotText, terminalText } from './text.ts';

/** Answers SubjectAccessReviews, one a line. */
export async function review(
  context: Context,
  flags: ReviewFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const { reviews, ...rest } = flags;
  const source = await openAccess(context, rest, paths, { nodes: true, rolesOnly: true });
  await sayProblems(context, source);
  const sink = new BufferedSink(terminal.stdout);
  let open = 0;
  for await (const line of readJsonLines(reviews, terminal)) {
    const question = questionOf(line, words);
    if ('error' in question) {
      open++;
      await sink.write(
        flags.output === 'json' ? jsonLine({ error: question.error }) : terminalText([question.error]),
      );
      continue;
    }
    const answer = source.chain.authorize(question.attributes);
    const isUnknown = answer.decision === 'unknown';
    if (isUnknown) open++;
    const unseen = isUnknown ? source.sight.hides(question.attributes, question.attributes.user) : [];
    const reasons = unseen.map((spot) => blindSpotText(context, spot));
    const told = { question, answer, reason: isUnknown ? unknownReason(answer, reasons) : answer.reason };
    await sink.write(
      flags.output === 'json' ? jsonLine(statusOf(told)) : terminalText([lineOf(context, told)]),
    );
  }
  await sink.flush();
  return foundNothing(context, source) || open > 0 ? EXIT.notEvaluated : EXIT.clean;
}

/** The question of a line, or why it is none. */
function questionOf(
  line: string | undefined,
  words: Context['words'],
): ReadReview | { readonly error: string } {
  if (line === undefined) return { error: words.access.unusableLine() };
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch (error) {
    return { error: (error as Error).message };
  }
  try {
    return readReview(value);
  } catch (error) {
    if (error instanceof RefusedReview) return { error: error.message };
    throw error;
  }
}

interface Told {
  readonly question: ReadReview;
  readonly answer: ChainAnswer;
  readonly reason: string;
}

function unknownReason({ reason }: ChainAnswer, unseen: readonly string[]): string {
  return `unknown: ${unseen.length === 0 ? reason : unseen.join('; ')}`;
}

/** SubjectAccessReviewStatus; `unknown` beside it where neither yes nor no can be proven. */
function statusOf({ question: { evaluationError }, answer: { decision }, reason }: Told) {
  return {
    allowed: decision === 'allow',
    denied: decision === 'deny',
    reason,
    ...(evaluationError === '' ? {} : { evaluationError }),
    ...(decision === 'unknown' ? { unknown: true } : {}),
  };
}

function jsonLine(value: unknown): string {
  return `${jsonText(JSON.stringify(value))}\n`;
}

function lineOf({ words }: Context, { question: { attributes }, answer, reason }: Told): string {
  const { user, verb, namespace } = attributes;
  const asked = words.access.asked({
    user: user.name === '' ? user.groups.join(',') : user.name,
    verb,
    resource: resourceText(attributes),
    namespace,
  });
  return `${words.access.decision[answer.decision]}  ${asked}${reason === '' ? '' : `  (${reason})`}`;
}
