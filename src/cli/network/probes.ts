import {
  type Endpoint,
  type Explanation,
  explain,
  isPod,
  parseAddress,
} from '../../engines/network/index.ts';
import { asObject, isObject, type Json } from '../../kubernetes/json.ts';
import { escapeText, jsonText } from '../../reports/escape.ts';
import type { QueryFlags } from '../commands/network/query.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { readJsonLines } from '../json-lines.ts';
import { BufferedSink } from '../outputs.ts';
import type { Places } from '../places.ts';
import { UsageError } from '../usage-error.ts';
import { explanationJson, rulesIn } from './because.ts';
import { endOf, packetOf } from './packets.ts';
import { tellProblems } from './problems.ts';
import type { NetworkSource } from './source.ts';

/** As many answers wait for each other. */
const BATCH = 500;

type Answer =
  | { readonly line: string | undefined; readonly explanation: Explanation }
  | { readonly error: string; readonly explanation?: undefined };

function answerTo(context: Context, source: NetworkSource, line: string | undefined): Answer {
  try {
    const { from, to, packet } = probeOf(context, source, line);
    return { line, explanation: explain(source.network.model, from, to, packet) };
  } catch (error) {
    if (error instanceof UsageError) return { error: error.say(context.words) };
    throw error;
  }
}

function answerText(
  { words }: Context,
  places: Places,
  answer: Answer,
  output: QueryFlags['output'],
): string {
  if (output === 'json') {
    const { explanation } = answer;
    const said = explanation === undefined ? { error: answer.error } : explanationJson(places, explanation);
    return `${jsonText(JSON.stringify(said))}\n`;
  }
  if (answer.explanation === undefined) return `${escapeText(answer.error)}\n`;
  const { yes, no, unknown } = words.network.answer;
  const { allowed } = answer.explanation;
  return `${escapeText(`${allowed === true ? yes : allowed === false ? no : unknown}  ${answer.line}`)}\n`;
}

export async function answerProbes(
  context: Context,
  source: NetworkSource,
  file: string,
  output: QueryFlags['output'],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const isWhole = await tellProblems(context, source);
  const sink = new BufferedSink(terminal.stdout);
  let open = 0;
  const write = async (answers: readonly Answer[]) => {
    // The places of all of them are looked up at once.
    const because = answers.flatMap(({ explanation }) => explanation?.because ?? []);
    if (output === 'json') await source.places.know(rulesIn(because));
    for (const answer of answers) {
      if (answer.explanation === undefined || answer.explanation.allowed === 'unknown') open++;
      await sink.write(answerText(context, source.places, answer, output));
    }
  };
  let answers: Answer[] = [];
  for await (const line of readJsonLines(file, terminal)) {
    answers.push(answerTo(context, source, line));
    if (answers.length < BATCH) continue;
    await write(answers);
    answers = [];
  }
  await write(answers);
  await sink.flush();
  if (source.evidence.objects.length === 0) say(context, words.warning.nothingFound());
  return open > 0 || !isWhole || source.evidence.objects.length === 0 ? EXIT.notEvaluated : EXIT.clean;
}

function probeOf(context: Context, source: NetworkSource, line: string | undefined) {
  const unusable = () => new UsageError((words) => words.network.unusableLine());
  let value: Json;
  try {
    value = JSON.parse(line ?? '') as Json;
  } catch {
    throw unusable();
  }
  if (!isObject(value)) throw unusable();
  const end = (stated: Json | undefined): Endpoint => {
    const text = typeof stated === 'string' ? stated : asObject(stated)?.['ip'];
    if (typeof text !== 'string') throw unusable();
    if (typeof stated === 'string' || parseAddress(text) !== undefined) return endOf(context, source, text);
    throw new UsageError((words) => words.network.notAnEnd({ value: text }));
  };
  const [from, to] = [end(value['from']), end(value['to'])];
  if (!isPod(from) && !isPod(to)) throw new UsageError((words) => words.network.noPod());
  const { protocol = 'TCP', port } = value;
  if (typeof protocol !== 'string' || (typeof port !== 'number' && typeof port !== 'string'))
    throw unusable();
  return { from, to, packet: packetOf(context, to, protocol, port) };
}
