import { compareText } from '../../assessment/order.ts';
import { type ConnectionChange, compareNetworks, type PortSet } from '../../engines/network/index.ts';
import { escapeText, jsonText, markdownCode } from '../../reports/escape.ts';
import type { NetworkDiffFlags } from '../commands/network/diff.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { BufferedSink } from '../outputs.ts';
import { type SourceArguments, twoSources } from '../two-sources.ts';
import { endJson, endTexts, portsText } from './ends.ts';
import { problemsJson, tellProblems } from './problems.ts';
import { openNetwork } from './source.ts';

/** Says what a change lets through and what it stops. */
export async function networkDiff(
  context: Context,
  flags: NetworkDiffFlags,
  sources: readonly string[],
): Promise<ExitCode> {
  const { words, terminal } = context;
  const { output, failOn, ...rest } = flags;
  const [first, second] = twoSources(rest, sources);
  const open = ({ flags: of, paths }: SourceArguments) => openNetwork(context, of, paths);
  const before = await open(first);
  const after = await open(second);
  const changes = [...compareNetworks(before.network, after.network)].sort((a, b) =>
    compareText(keyOf(a), keyOf(b)),
  );
  const sink = new BufferedSink(terminal.stdout);
  if (output === 'json') {
    const problems = { before: await problemsJson(before), after: await problemsJson(after) };
    await writeJson(sink, changes, problems);
  } else if (output === 'markdown') await writeMarkdown(sink, context, changes);
  else await writeText(sink, context, changes);
  await sink.flush();

  const isWhole = [await tellProblems(context, before), await tellProblems(context, after)].every(Boolean);
  const isNothing = [before, after].some(({ evidence }) => evidence.objects.length === 0);
  if (isNothing) say(context, words.warning.nothingFound());
  const counts = (change: ConnectionChange) =>
    !change.granted.isEmpty || (failOn === 'difference' && !change.revoked.isEmpty);
  if (failOn !== 'never' && changes.some(counts)) return EXIT.findings;
  const isClear = changes.every(({ unclear }) => unclear.isEmpty);
  return isWhole && isClear && !isNothing ? EXIT.clean : EXIT.notEvaluated;
}

function keyOf({ from, to }: ConnectionChange): string {
  return `${endTexts(from).join()} => ${endTexts(to).join()}`;
}

type Sink = Pick<BufferedSink, 'write'>;

const SIGNS = { granted: '+', revoked: '-', unclear: '?' } as const;
type Kind = keyof typeof SIGNS;
const KINDS = Object.keys(SIGNS) as Kind[];

interface Row {
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
  readonly ports: PortSet;
  readonly only: ConnectionChange['only'];
}

function* rowsOf(changes: readonly ConnectionChange[]): Generator<Row> {
  for (const change of changes) {
    for (const kind of KINDS) {
      const ports = change[kind];
      if (ports.isEmpty) continue;
      for (const from of endTexts(change.from)) {
        for (const to of endTexts(change.to)) yield { kind, from, to, ports, only: change.only };
      }
    }
  }
}

async function writeText(sink: Sink, context: Context, changes: readonly ConnectionChange[]): Promise<void> {
  const { network } = context.words;
  if (changes.length === 0) await sink.write(`${network.noDifference}\n`);
  for (const { kind, from, to, ports, only } of rowsOf(changes)) {
    const note = only === undefined ? '' : `  (${network.only[only]})`;
    await sink.write(
      `${escapeText(`${SIGNS[kind]} ${from} => ${to} : ${portsText(context, ports)}${note}`)}\n`,
    );
  }
}

async function writeMarkdown(
  sink: Sink,
  context: Context,
  changes: readonly ConnectionChange[],
): Promise<void> {
  const { table, noDifference, only: words } = context.words.network;
  if (changes.length === 0) return void (await sink.write(`${noDifference}\n`));
  await sink.write(`| | ${table.from} | ${table.to} | ${table.ports} | |\n| --- | --- | --- | --- | --- |\n`);
  for (const { kind, from, to, ports, only } of rowsOf(changes)) {
    const cells = [
      { granted: '➕', revoked: '➖', unclear: '❔' }[kind],
      markdownCode(from),
      markdownCode(to),
      escapeText(portsText(context, ports)),
      only === undefined ? '' : words[only],
    ];
    await sink.write(`| ${cells.join(' | ')} |\n`);
  }
}

async function writeJson(sink: Sink, changes: readonly ConnectionChange[], problems: object): Promise<void> {
  let separator = '';
  await sink.write('{"schema":"kubestride.network-diff/v1","changes":[');
  for (const { from, to, granted, revoked, unclear, only } of changes) {
    for (const source of endJson(from)) {
      for (const destination of endJson(to)) {
        const entry = {
          from: source,
          to: destination,
          granted: granted.ranges,
          revoked: revoked.ranges,
          unclear: unclear.ranges,
          only,
        };
        await sink.write(`${separator}\n${jsonText(JSON.stringify(entry))}`);
        separator = ',';
      }
    }
  }
  await sink.write(`\n],"problems":${jsonText(JSON.stringify(problems))}}\n`);
}
