import { AGENTS } from './debug-agents.ts';
import { asNumber, asString } from './json.ts';
import type { Container } from './workload.ts';

/** A port that is there for whoever develops a program, or administers it from afar without being asked who they are. */
export interface DebugPort {
  /** As messages call it. */
  readonly name: string;
  /** Undefined where nothing says it. */
  readonly port: number | undefined;
  /** Whether it is open to others than the containers of the pod itself; `unknown` where that is up to the version. */
  readonly listens: 'network' | 'loopback' | 'unknown';
  /** What whoever reaches it can do: run code in the container, or read what the program has in its memory. */
  readonly gives: 'code' | 'insight';
  /** `port`: by the name or the number of a declared port alone. */
  readonly by: 'setting' | 'port';
  readonly path: string;
}

/** Longer texts are scripts; no setting of these is found in them. */
const LONGEST = 4096;

/** The debuggers and profilers that the settings of a container turn on, and those of which its ports tell. */
export function debugPortsOf(container: Container): DebugPort[] {
  if (!container.isLongRunning) return [];
  const words = [
    // Scripts, as `sh -c` takes them, are taken word by word.
    ...container.commandLine.flatMap(({ text, path }) =>
      /\s/.test(text) && text.length <= LONGEST
        ? text.split(/\s+/).map((word) => ({ text: word, path }))
        : [{ text, path }],
    ),
    ...container.environment
      .filter(({ value }) => value !== undefined && value.length <= LONGEST)
      .map(({ value, path }) => ({ text: value!, path })),
  ];
  const found = AGENTS.flatMap(({ name, gives, port, listens, find }) =>
    find(words, container).map((each): DebugPort => {
      const [host, stated] = addressOf(each.address);
      return {
        name,
        gives,
        port: stated ?? port,
        listens: each.listens ?? (host === undefined ? listens : host),
        by: 'setting',
        path: each.path,
      };
    }),
  );
  const first = found.filter(
    (each, index) => found.findIndex(({ name, port }) => name === each.name && port === each.port) === index,
  );
  const known = new Set(first.map(({ port }) => port));
  return [...first, ...declared(container).filter(({ port }) => !known.has(port))];
}

/** `*:5005`, `:6060`, `0.0.0.0:9229`, `localhost:5005`, `5005`. */
function addressOf(
  text: string | undefined,
): [listens: DebugPort['listens'] | undefined, port: number | undefined] {
  const match = /^(\[[0-9a-fA-F:]*\]|[^:[\]]*)(?::(\d+))?\/?$/.exec(text ?? '');
  if (match === null || match[0] === '') return [undefined, undefined];
  const [, head = '', port] = match;
  if (port === undefined) return /^\d+$/.test(head) ? [undefined, Number(head)] : [hostKind(head), undefined];
  return [hostKind(head), Number(port)];
}

function hostKind(host: string): DebugPort['listens'] | undefined {
  if (/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host)) return 'loopback';
  if (/^(?:|\*|0\.0\.0\.0|\[::\]|\[\])$/.test(host)) return 'network';
  return /^\d+(?:\.\d+){3}$/.test(host) ? 'network' : undefined;
}

/** By custom, for names that ports have. */
const NAMES =
  /(?:^|[-_])(debug|debugger|jdwp|jpda|pprof|delve|dlv|inspect|inspector|jmx|gdb|expvar|x11)(?:$|[-_])/;
/** Names that such words may be part of, for what is served to a collector. */
const HARMLESS = /metric|prom|export|health|readi|livez?/;
/** Ports without a name that hardly anything else uses. */
const NUMBERS = new Map<number, string>([
  [2375, 'Docker daemon'],
  [5005, 'JDWP'],
  [6060, 'pprof'],
  [9229, 'Node.js inspector'],
]);

function declared(container: Container): DebugPort[] {
  return container.ports.flatMap(({ raw, path }): DebugPort[] => {
    const port = asNumber(raw['containerPort']);
    const name = asString(raw['name']) ?? '';
    if (port === undefined || (raw['protocol'] ?? 'TCP') !== 'TCP') return [];
    const word = HARMLESS.test(name) ? undefined : NAMES.exec(name)?.[1];
    const meant = word ?? (name === '' ? NUMBERS.get(port) : undefined);
    if (meant === undefined) return [];
    return [
      {
        name: meant,
        port,
        listens: 'unknown',
        gives: 'insight',
        by: 'port',
        path: `${path}.${word === undefined ? 'containerPort' : 'name'}`,
      },
    ];
  });
}
