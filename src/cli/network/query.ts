import { type Because, type Endpoint, explain, explainPorts, isPod } from '../../engines/network/index.ts';
import { escapeText, jsonText } from '../../reports/escape.ts';
import type { QueryFlags } from '../commands/network/query.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import type { Places } from '../places.ts';
import { splitLeading } from '../positionals.ts';
import { UsageError } from '../usage-error.ts';
import { becauseJson, becauseText, explanationJson, rulesIn } from './because.ts';
import { portsText } from './ends.ts';
import { endOf, type Packet, packetOf, podName } from './packets.ts';
import { answerProbes } from './probes.ts';
import { tellProblems } from './problems.ts';
import { type NetworkSource, openNetwork } from './source.ts';

/** `80`, `UDP/53`, `TCP/http`; a bare name would be a path. */
const PORT = /^(?:(tcp|udp|sctp)\/([a-z0-9-]{1,15})|(\d{1,5}))$/i;

/** Says whether one end reaches another. */
export async function query(
  context: Context,
  flags: QueryFlags,
  given: readonly string[],
): Promise<ExitCode> {
  const { probes, output, ...rest } = flags;
  if (probes !== undefined) {
    const source = await openNetwork(context, rest, given);
    return answerProbes(context, source, probes, output);
  }
  const command = `${context.program} network query`;
  const { leading, paths } = splitLeading(command, ['FROM', 'TO'], given);
  const port = paths[0] === undefined ? undefined : (PORT.exec(paths[0]) ?? undefined);
  const source = await openNetwork(context, rest, port === undefined ? paths : paths.slice(1));
  const [from, to] = leading.map((text) => endOf(context, source, text));
  if (!isPod(from!) && !isPod(to!)) throw new UsageError((words) => words.network.noPod());
  await tellProblems(context, source);
  return port === undefined
    ? answerPorts(context, source, from!, to!, output)
    : answerPacket(
        context,
        source,
        from!,
        to!,
        packetOf(context, to!, port[1] ?? 'TCP', port[2] ?? port[3]!),
        output,
      );
}

async function answerPacket(
  context: Context,
  source: NetworkSource,
  from: Endpoint,
  to: Endpoint,
  packet: Packet,
  output: QueryFlags['output'],
): Promise<ExitCode> {
  const explanation = explain(source.network.model, from, to, packet);
  const { allowed } = explanation;
  await source.places.know(rulesIn(explanation.because));
  if (output === 'json') {
    const line = jsonText(JSON.stringify(explanationJson(source.places, explanation)));
    await context.terminal.stdout.write(`${line}\n`);
  } else {
    const { answer } = context.words.network;
    const word = allowed === true ? answer.yes : allowed === false ? answer.no : answer.unknown;
    await writeText(context, source.places, word, explanation.because, from === to);
  }
  return allowed === true ? EXIT.clean : allowed === false ? EXIT.findings : EXIT.notEvaluated;
}

async function answerPorts(
  context: Context,
  source: NetworkSource,
  from: Endpoint,
  to: Endpoint,
  output: QueryFlags['output'],
): Promise<ExitCode> {
  const { verdict, because } = explainPorts(source.network.model, from, to);
  await source.places.know(rulesIn(because));
  if (output === 'json') {
    const [ports, unknown] = [verdict.allowed.ranges, verdict.unknown.ranges];
    const line = JSON.stringify({ ports, unknown, because: becauseJson(source.places, because) });
    await context.terminal.stdout.write(`${jsonText(line)}\n`);
  } else {
    const { maybe } = context.words.network;
    const parts = [
      ...(verdict.allowed.isEmpty && !verdict.unknown.isEmpty ? [] : [portsText(context, verdict.allowed)]),
      ...(verdict.unknown.isEmpty ? [] : [maybe({ ports: portsText(context, verdict.unknown) })]),
    ];
    await writeText(context, source.places, parts.join('; '), because, from === to);
  }
  if (!verdict.unknown.isEmpty) return EXIT.notEvaluated;
  return verdict.allowed.isEmpty ? EXIT.findings : EXIT.clean;
}

async function writeText(
  context: Context,
  places: Places,
  answer: string,
  because: readonly Because[],
  isItself: boolean,
): Promise<void> {
  const { words, terminal } = context;
  const lines = [answer];
  for (const each of because) {
    const text = becauseText(context, places, each);
    lines.push(`  ${words.network.direction[each.direction]} ${podName(each.pod)}: ${text}`);
  }
  if (isItself) lines.push(`  ${words.network.because.itself()}`);
  await terminal.stdout.write(lines.map((line) => `${escapeText(line)}\n`).join(''));
}
