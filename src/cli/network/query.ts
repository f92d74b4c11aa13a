import {
  type Because,
  type Endpoint,
  type Explanation,
  explain,
  explainPorts,
  formatAddress,
  isPod,
  type NetworkPod,
  PROTOCOLS,
  type Protocol,
  parseAddress,
  portsNamed,
} from '../../engines/network/index.ts';
import { asObject, isObject, type Json } from '../../kubernetes/json.ts';
import { nearest } from '../../kubernetes/spelling.ts';
import { escapeText, jsonText } from '../../reports/escape.ts';
import type { QueryFlags } from '../commands/network/query.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { readJsonLines } from '../json-lines.ts';
import { BufferedSink } from '../outputs.ts';
import { splitLeading } from '../positionals.ts';
import { UsageError } from '../usage-error.ts';
import { portsText } from './ends.ts';
import type { Field, Places } from './places.ts';
import { policyName, tellProblems } from './problems.ts';
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

interface Packet {
  readonly protocol: Protocol;
  readonly port: number;
}

function packetOf({ words }: Context, to: Endpoint, protocol: string, port: number | string): Packet {
  const known = PROTOCOLS.find((each) => each === protocol.toUpperCase());
  if (known === undefined) throw new UsageError(() => words.network.notAProtocol({ value: protocol }));
  if (typeof port === 'string' && !/^\d+$/.test(port)) {
    const [named] = isPod(to) ? portsNamed(to, port, known) : [];
    if (named !== undefined) return { protocol: known, port: named.from };
    const pod = isPod(to) ? podName(to) : formatAddress(to);
    throw new UsageError(() => words.network.noSuchPort({ name: port, pod }));
  }
  const number = Number(port);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return { protocol: known, port: number };
  throw new UsageError(() => words.network.notAPort({ value: String(port) }));
}

function endOf({ words }: Context, { network: { pods } }: NetworkSource, text: string): Endpoint {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  const pod = pods.get(text);
  if (pod !== undefined) return pod;
  if (!text.includes('/')) throw new UsageError(() => words.network.notAnEnd({ value: text }));
  const near = nearest(text, pods.keys());
  throw new UsageError(() => words.network.nobody({ name: text, near }));
}

function podName({ namespace, name }: NetworkPod): string {
  return `${namespace}/${name}`;
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

/** Whose places are told. */
function rulesIn(because: readonly Because[]): Field[] {
  return because.flatMap((each) =>
    'rule' in each ? [{ raw: each.policy.object, path: each.rule.path }] : [],
  );
}

function becauseText({ words }: Context, places: Places, because: Because): string {
  const said = words.network.because;
  switch (because.effect) {
    case 'no-rule':
    case 'host-network':
      return said[because.effect]({
        policies: because.policies.map(({ object }) => policyName(object)).join(', '),
      });
    case 'not-isolated':
    case 'own-node':
    case 'maybe-own-node':
      return said[because.effect]();
    case 'not-evaluated':
      return said['not-evaluated']({
        policies: because.opaque.map(({ kind, name }) => `${kind} ${name}`).join(', '),
      });
    default: {
      const { policy, rule, effect } = because;
      const place = places.text(policy.object, rule.path);
      return said[effect]({ rule: `${policyName(policy.object)} ${rule.path}`, place });
    }
  }
}

function explanationJson(places: Places, { allowed, because }: Explanation) {
  return { allowed, because: becauseJson(places, because) };
}

function becauseJson(places: Places, because: readonly Because[]): object[] {
  const entries: object[] = [];
  for (const each of because) {
    const { direction, effect, pod } = each;
    const head = { direction, pod: podName(pod), effect };
    switch (each.effect) {
      case 'no-rule':
      case 'host-network':
        entries.push({ ...head, policies: each.policies.map(({ object }) => policyName(object)) });
        break;
      case 'not-isolated':
      case 'own-node':
      case 'maybe-own-node':
        entries.push(head);
        break;
      case 'not-evaluated':
        entries.push({ ...head, policies: each.opaque.map(({ kind, name }) => `${kind} ${name}`) });
        break;
      default: {
        const { object } = each.policy;
        const place = places.text(object, each.rule.path);
        entries.push({ ...head, policy: policyName(object), rule: each.rule.path, source: place });
      }
    }
  }
  return entries;
}

async function answerProbes(
  context: Context,
  source: NetworkSource,
  file: string,
  output: QueryFlags['output'],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const isWhole = await tellProblems(context, source);
  const sink = new BufferedSink(terminal.stdout);
  let open = 0;
  for await (const line of readJsonLines(file, terminal)) {
    try {
      const { from, to, packet } = probeOf(context, source, line);
      const explanation = explain(source.network.model, from, to, packet);
      if (explanation.allowed === 'unknown') open++;
      if (output === 'json') {
        await source.places.know(rulesIn(explanation.because));
        await sink.write(`${jsonText(JSON.stringify(explanationJson(source.places, explanation)))}\n`);
      } else {
        const { answer } = words.network;
        const { allowed } = explanation;
        const word = allowed === true ? answer.yes : allowed === false ? answer.no : answer.unknown;
        await sink.write(`${escapeText(`${word}  ${line}`)}\n`);
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      open++;
      const message = error.say(words);
      await sink.write(
        output === 'json' ? `${jsonText(JSON.stringify({ error: message }))}\n` : `${escapeText(message)}\n`,
      );
    }
  }
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
