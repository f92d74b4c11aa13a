import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Collector } from '../../guard/collector/collector.ts';
import type { FollowedPattern } from '../../guard/collector/options.ts';
import { DetectingDecoder, type LineDecoderOptions, lineDecoder } from '../../records/line-decoders.ts';
import { userNames } from '../../records/node/auditd/users.ts';
import { SeenPods } from '../../records/node/containers/directory.ts';
import { addLogFolders } from '../../records/node/containers/log-folders.ts';
import { LiveProcesses } from '../../records/node/containers/processes.ts';
import { QUARANTINE, Quarantine } from '../../records/quarantine.ts';
import { parseSpan } from '../../records/questions/when.ts';
import type { EventStore } from '../../records/store/event-store.ts';
import { openStore } from '../../records/store/local-store.ts';
import type { RecordFlags } from '../commands/audit/record.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { watchInto } from './record-watch.ts';
import { sayDamage, storeFolder } from './store-folder.ts';

const HOUR = 3_600_000;
/** Milliseconds between looks at the names of a node's log files, which tell whose containers are. */
const NAMES_EVERY = 30_000;

/** Runs the service that receives, follows and keeps, until it is told to stop. */
export async function recordAll(context: Context, flags: RecordFlags): Promise<ExitCode> {
  const { words, terminal } = context;
  const follow = (flags.follow ?? []).map((pattern) => resolve(terminal.cwd, pattern));
  const listen = flags.listen === 'none' ? undefined : addressOf(flags.listen);
  if (listen === undefined && follow.length === 0 && !flags.watch) {
    throw new UsageError((said) => said.recording.nothingToRecord());
  }
  const retention = flags.retain === undefined ? undefined : spanOf(flags.retain);
  const folder = storeFolder(context, flags);
  const store = await openStore(folder, {
    warn: (damage) => sayDamage(context, [damage]),
    ...(flags.maxBytes === undefined ? {} : { maxBytes: sizeOf('--max-bytes', flags.maxBytes) }),
  });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const node = nodeOf(flags);
  try {
    const cluster = flags.clusterName ?? '';
    const quarantine = new Quarantine(join(folder, QUARANTINE));
    const collector = new Collector({
      store,
      quarantine: { add: (refused, inlet) => quarantine.add(refused, { inlet, cluster }) },
      cluster,
      follow: follow.map((pattern) => followed(pattern, flags, node.options)),
      problem: (error) => say(context, words.failure.internal({ reason: String(error) })),
      ...(listen === undefined ? {} : { listen }),
      ...tlsOf(context, flags),
    });
    const { port } = await collector.start();
    if (listen !== undefined && port !== undefined) {
      const scheme = flags.tlsCert === undefined ? 'http' : 'https';
      const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
      say(context, words.recording.listening({ url: `${scheme}://${host}:${port}`, store: folder }));
    }
    if (follow.length > 0) say(context, words.recording.following({ files: follow.length }));
    const upkeep = setInterval(() => void keepUp(context, store, retention), HOUR);
    try {
      const watch = flags.watch ? [watchInto(context, flags, store, node.pods, stopping.signal)] : [];
      // A watch goes on for as long as the cluster can be asked; that it cannot is for the user to mend.
      await Promise.race([
        stopped(stopping.signal),
        ...watch.map((each) => each.then(() => stopped(stopping.signal))),
      ]);
      stopping.abort();
      await Promise.all(watch);
    } finally {
      stopping.abort();
      clearInterval(upkeep);
      await collector.stop();
    }
    return EXIT.clean;
  } finally {
    node.close();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop);
    await store.close();
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}

/** Lets old segments go and brings small ones together. What fails is said, and tried again an hour later. */
async function keepUp(context: Context, store: EventStore, retention: number | undefined): Promise<void> {
  try {
    if (retention !== undefined) await store.retain((Date.now() - retention) * 1000);
    await store.compact();
  } catch (error) {
    say(context, context.words.failure.internal({ reason: String(error) }));
  }
}

function followed(pattern: string, { clusterName, nodeName }: RecordFlags, options: LineDecoderOptions) {
  const decoder: FollowedPattern['decoder'] = (path, inlet) => {
    const origin = {
      inlet,
      cluster: clusterName ?? '',
      ...(nodeName === undefined ? {} : { node: nodeName }),
    };
    return new DetectingDecoder(path, (format) =>
      lineDecoder(format, path, { ...origin, received: Date.now() * 1000 }, options),
    );
  };
  return { pattern, decoder };
}

interface Node {
  readonly pods: SeenPods;
  readonly options: LineDecoderOptions;
  readonly close: () => void;
}

/** What the node itself tells of its processes, containers and users; a watch of the cluster tells whose containers are as well. */
function nodeOf({ nodeRoot, watch }: RecordFlags): Node {
  const pods = new SeenPods();
  if (nodeRoot === undefined) {
    return { pods, options: watch ? { pods } : {}, close: () => undefined };
  }
  const look = () => addLogFolders(pods, join(nodeRoot, 'var/log'));
  look();
  const timer = setInterval(look, NAMES_EVERY);
  const options = {
    pods,
    processes: new LiveProcesses(join(nodeRoot, 'proc')),
    users: userNames(textOf(join(nodeRoot, 'etc/passwd'))),
  };
  return { pods, options, close: () => clearInterval(timer) };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Without it users keep their numbers.
    return '';
  }
}

function tlsOf({ terminal }: Context, { tlsCert, tlsKey, clientCa, tokenFile }: RecordFlags) {
  const path = (file: string) => resolve(terminal.cwd, file);
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    const [flag, needed] = tlsCert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
    throw new UsageError((words) => words.usage.flagNeeds({ flag, needed }));
  }
  if (clientCa !== undefined && tlsCert === undefined) {
    throw new UsageError((words) => words.usage.flagNeeds({ flag: '--client-ca', needed: '--tls-cert' }));
  }
  return {
    ...(tokenFile === undefined ? {} : { tokenFile: path(tokenFile) }),
    ...(tlsCert === undefined || tlsKey === undefined
      ? {}
      : {
          tls: {
            certificate: path(tlsCert),
            key: path(tlsKey),
            ...(clientCa === undefined ? {} : { clientAuthority: path(clientCa) }),
          },
        }),
  };
}

/** `127.0.0.1:9880`, `[::1]:9880`, `localhost:9880`. */
function addressOf(value: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port > 65_535)
    throw new UsageError((words) => words.recording.notAnAddress({ value }));
  return { host, port };
}

/** Bytes of `500MB` or `50GB`; thousands, and 1024s of `GiB`. */
function sizeOf(flag: string, value: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?) ?([kKMGT])(i?)B?$/.exec(value);
  const powers: Readonly<Record<string, number>> = { k: 1, K: 1, M: 2, G: 3, T: 4 };
  const bytes = Number(match?.[1]) * (match?.[3] === 'i' ? 1024 : 1000) ** (powers[match?.[2] ?? ''] ?? 0);
  if (match === null || bytes <= 0)
    throw new UsageError((words) => words.recording.notASize({ flag, value }));
  return bytes;
}

/** Milliseconds of `90d`. */
function spanOf(value: string): number {
  const span = parseSpan(value.toLowerCase());
  if (span === undefined || span <= 0)
    throw new UsageError((words) => words.recording.notATime({ flag: '--retain', value }));
  return span;
}
