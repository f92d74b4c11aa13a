import { compareText } from '../../assessment/order.ts';
import {
  type Connection,
  connectionsOf,
  type PortSet,
  type WorkloadGroup,
} from '../../engines/network/index.ts';
import { escapeText, jsonText, markdownCode } from '../../reports/escape.ts';
import type { CONNECTION_FORMATS, ConnectionsFlags } from '../commands/network/connections.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { BufferedSink } from '../outputs.ts';
import { endJson, endTexts, nameOf, portsText } from './ends.ts';
import { focusOn } from './focus.ts';
import { problemsJson, tellProblems } from './problems.ts';
import { type NetworkSource, openNetwork } from './source.ts';

type Sink = Pick<BufferedSink, 'write'>;
type Pair = Connection<WorkloadGroup>;

/** Lists every pair between which something passes. */
export async function connections(
  context: Context,
  flags: ConnectionsFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { terminal, words } = context;
  const { output, focus, from, to, port, ...rest } = flags;
  const source = await openNetwork(context, rest, paths);
  const groups = [...source.network.groups].sort((a, b) => compareText(nameOf(a), nameOf(b)));
  const { model, entries } = source.network;
  const ofFocus = focusOn({ focus, from, to, port }, groups, model.algebra);
  const sink = new BufferedSink(terminal.stdout);
  let unknown = 0;
  const pairs = function* () {
    for (const connection of connectionsOf(model, groups, entries)) {
      const pair = ofFocus(connection);
      if (pair === undefined) continue;
      if (!pair.unknown.isEmpty) unknown++;
      yield pair;
    }
  };
  let isWritten = true;
  if (output === 'svg' || output === 'mermaid') {
    const { drawConnections } = await import('./picture/draw.ts');
    const picture = await drawConnections(context, output, {
      algebra: model.algebra,
      groups,
      connections: pairs(),
      isPart: [focus, from, to, port].some((flag) => flag !== undefined),
    });
    if (picture === undefined) isWritten = false;
    else await sink.write(picture);
  } else await WRITERS[output](sink, pairs(), context, source);
  await sink.flush();
  const isWhole = await tellProblems(context, source);
  if (unknown > 0) say(context, words.network.unknownPairs({ count: unknown }));
  if (groups.length === 0) say(context, words.network.nobodyFound());
  return isWritten && isWhole && unknown === 0 && groups.length > 0 ? EXIT.clean : EXIT.notEvaluated;
}

interface Row {
  readonly from: string;
  readonly to: string;
  readonly ports: string;
}

function* rowsOf(context: Context, pairs: Iterable<Pair>): Generator<Row> {
  const { maybe } = context.words.network;
  for (const { from, to, allowed, unknown } of pairs) {
    const texts = [
      ...(allowed.isEmpty ? [] : [portsText(context, allowed)]),
      ...(unknown.isEmpty ? [] : [maybe({ ports: portsText(context, unknown) })]),
    ];
    for (const source of endTexts(from)) {
      for (const destination of endTexts(to))
        yield { from: source, to: destination, ports: texts.join('; ') };
    }
  }
}

type Writer = (sink: Sink, pairs: Iterable<Pair>, context: Context, source: NetworkSource) => Promise<void>;

const WRITERS: Readonly<Record<Exclude<(typeof CONNECTION_FORMATS)[number], 'svg' | 'mermaid'>, Writer>> = {
  async txt(sink, pairs, context) {
    for (const { from, to, ports } of rowsOf(context, pairs)) {
      await sink.write(`${escapeText(`${from} => ${to} : ${ports}`)}\n`);
    }
  },

  async json(sink, pairs, _context, source) {
    // What is unknown is told apart, so that nobody takes it for allowed.
    const open: string[] = [];
    let separator = '';
    await sink.write('{"connections":[');
    for (const { from, to, allowed, unknown } of pairs) {
      for (const source of endJson(from)) {
        for (const destination of endJson(to)) {
          const entry = (ports: PortSet) =>
            jsonText(JSON.stringify({ from: source, to: destination, ports: ports.ranges }));
          if (!allowed.isEmpty) {
            await sink.write(`${separator}\n${entry(allowed)}`);
            separator = ',';
          }
          if (!unknown.isEmpty) open.push(entry(unknown));
        }
      }
    }
    await sink.write(
      `\n],"unknown":[${open.map((line) => `\n${line}`).join()}${open.length > 0 ? '\n' : ''}],\n`,
    );
    await sink.write(`"problems":${jsonText(JSON.stringify(await problemsJson(source)))}}\n`);
  },

  async csv(sink, pairs, context) {
    // RFC 4180; a leading sign that a spreadsheet would take for a formula cannot begin a name, a block or a port.
    const cell = (text: string) => `"${escapeText(text).replaceAll('"', '""')}"`;
    const { table } = context.words.network;
    await sink.write(`${[table.from, table.to, table.ports].map(cell).join()}\r\n`);
    for (const { from, to, ports } of rowsOf(context, pairs)) {
      await sink.write(`${[from, to, ports].map(cell).join()}\r\n`);
    }
  },

  async md(sink, pairs, context) {
    const { table } = context.words.network;
    await sink.write(`| ${table.from} | ${table.to} | ${table.ports} |\n| --- | --- | --- |\n`);
    for (const { from, to, ports } of rowsOf(context, pairs)) {
      await sink.write(`| ${markdownCode(from)} | ${markdownCode(to)} | ${escapeText(ports)} |\n`);
    }
  },

  async dot(sink, pairs, context) {
    const quote = (text: string) => `"${escapeText(text).replace(/["\\]/g, '\\$&')}"`;
    await sink.write('digraph connections {\n');
    const namespaces = new Map<string, Set<string>>();
    for (const pair of pairs) {
      for (const end of [pair.from, pair.to]) {
        if (!('group' in end)) continue;
        const { namespace } = end.group;
        namespaces.set(namespace, (namespaces.get(namespace) ?? new Set()).add(nameOf(end.group)));
      }
      for (const { from, to, ports } of rowsOf(context, [pair])) {
        await sink.write(`  ${quote(from)} -> ${quote(to)} [label=${quote(ports)}]\n`);
      }
    }
    for (const [namespace, names] of [...namespaces].sort(([a], [b]) => compareText(a, b))) {
      const nodes = [...names].sort(compareText).map((name) => `    ${quote(name)}\n`);
      await sink.write(
        `  subgraph ${quote(`cluster_${namespace}`)} {\n    label=${quote(namespace)}\n${nodes.join('')}  }\n`,
      );
    }
    await sink.write('}\n');
  },
};
