import { createHash, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { type BundleIndex, readSigningKey, writeBundle } from '../evidence/bundle/index.ts';
import { collectNode } from '../evidence/node/index.ts';
import type { Snapshot } from '../evidence/snapshot.ts';
import { resourceName } from '../kubernetes/gaps.ts';
import type { NodeFactsSpec } from '../kubernetes/node-facts.ts';
import { AtomicFile, cannotWrite } from './atomic-file.ts';
import type { CollectFlags } from './commands/collect.ts';
import { type Context, EXIT, type ExitCode, say } from './context.ts';
import { verifyOutput } from './outputs.ts';
import { ProgressLine } from './progress.ts';
import { connectTo, liveSnapshot } from './snapshot-sources.ts';
import { refuseClusterFlags } from './source-flags.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

/** Only the user may read a bundle: it says where a cluster is weak. */
const MODE = 0o600;

/** How many things that were not read are named. */
const NAMED = 20;

/** Writes an evidence bundle of a cluster, a node, or both. */
export async function collect(context: Context, flags: CollectFlags): Promise<ExitCode> {
  const { cwd } = context.terminal;
  refuseIdleFlags(flags);
  const target = verifyOutput(flags.output, cwd);
  const signWith = flags.sign === undefined ? undefined : signingKey(flags.sign, cwd);
  const root = nodeRoot(flags, cwd);

  const progress = new ProgressLine(context.terminal, context.words);
  const client = flags.cluster ? await connectTo(context, flags) : undefined;
  const nodes: NodeRead[] = [];
  const snapshots: Snapshot[] = [];
  if (client !== undefined) snapshots.push(liveSnapshot(client, flags, progress));
  if (flags.node) {
    const collectedAt = new Date().toISOString();
    snapshots.push(
      noting(collectNode({ root, collectedAt, name: root === '/' ? hostname() : basename(root) }), nodes),
    );
  }
  const isReplaceable = target.existing === undefined || target.existing.isFile();
  const temporary = isReplaceable ? dirname(target.path) : tmpdir();
  try {
    const written = await write(flags.output, target.path, snapshots, { temporary, signWith });
    progress.done();
    return summarise(context, flags, written, nodes, root);
  } finally {
    client?.close();
  }
}

/** Refuses what would be without effect. */
function refuseIdleFlags(flags: CollectFlags): void {
  if (!flags.cluster && !flags.node) throw new UsageError((words) => words.usage.nothingToCollect());
  if (!flags.node && flags.root !== undefined) {
    throw new UsageError((words) => words.usage.flagNeeds({ flag: '--root', needed: '--node' }));
  }
  if (!flags.cluster) refuseClusterFlags(flags);
}

function signingKey(path: string, cwd: string): KeyObject {
  let pem: Buffer;
  try {
    pem = readFileSync(resolve(cwd, path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError((words) => words.failure.cannotRead({ file: path, reason: code ?? message }));
  }
  return readSigningKey(pem, path);
}

function nodeRoot({ root = '/' }: CollectFlags, cwd: string): string {
  const folder = resolve(cwd, root);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new UsageError((words) => words.usage.rootMissing({ folder: root }));
}

interface NodeRead {
  readonly name: string;
  readonly spec: NodeFactsSpec;
  contents: number;
}

/** Keeps what the summary says of nodes while their events pass. */
async function* noting(snapshot: Snapshot, nodes: NodeRead[]): Snapshot {
  for await (const event of snapshot) {
    if (event.type === 'facts') {
      const { metadata, spec } = event.facts as unknown as {
        metadata: { name: string };
        spec: NodeFactsSpec;
      };
      nodes.push({ name: metadata.name, spec, contents: 0 });
    } else if (event.type === 'file') nodes.at(-1)!.contents++;
    yield event;
  }
}

interface Written {
  readonly index: BundleIndex;
  readonly bytes: number;
  readonly sha256: string;
}

async function write(
  shown: string,
  path: string,
  snapshots: readonly Snapshot[],
  { temporary, signWith }: { readonly temporary: string; readonly signWith: KeyObject | undefined },
): Promise<Written> {
  const file = new AtomicFile(path, shown, MODE);
  const hash = createHash('sha256');
  let bytes = 0;
  const sink = {
    write(piece: Uint8Array) {
      hash.update(piece);
      bytes += piece.length;
      file.write(piece);
    },
  };
  try {
    const index = await writeBundle(snapshots, sink, {
      tool: { name: 'kubestride', version: VERSION },
      temporary,
      ...(signWith === undefined ? {} : { signWith }),
    });
    file.commit();
    return { index, bytes, sha256: hash.digest('hex') };
  } catch (error) {
    file.abandon();
    // A full disk, seen by the temporary file first.
    throw isSystemError(error) ? cannotWrite(shown, error) : error;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

function summarise(
  context: Context,
  { output }: CollectFlags,
  { index, bytes, sha256 }: Written,
  nodes: readonly NodeRead[],
  root: string,
): ExitCode {
  const words = context.words.collect;
  say(context, words.wrote({ file: output, megabytes: (bytes / 1e6).toFixed(1), sha256 }));
  if (index.signature !== undefined) say(context, words.signed({ keyId: index.signature.keyId }));
  let isEmpty = false;
  for (const [source, { kind, server = '' }] of index.sources.entries()) {
    if (kind === 'node') continue;
    const lists = index.parts.flatMap((part) =>
      part.source === source && part.kind === 'objects' ? [part] : [],
    );
    const objects = lists.reduce((sum, list) => sum + list.objects, 0);
    say(context, words.cluster({ server, objects, lists: lists.length }));
    if (objects > 0) continue;
    isEmpty = true;
    say(context, words.noObjects({ server }));
  }
  for (const { name, contents, spec } of nodes) {
    const processes = spec.processes?.length;
    say(context, words.node({ node: name, contents, files: spec.files.length, processes }));
    if (contents > 0 || (processes ?? 0) > 0) continue;
    isEmpty = true;
    say(context, words.noKubernetes({ root }));
  }
  const missing = notRead(index, nodes, context.words.gap);
  for (const entry of missing.slice(0, NAMED)) say(context, words.notRead(entry));
  if (missing.length > NAMED) say(context, words.more({ count: missing.length - NAMED }));
  return isEmpty || missing.length > 0 ? EXIT.notEvaluated : EXIT.clean;
}

/** What was asked for and refused. */
function notRead(
  { gaps }: BundleIndex,
  nodes: readonly NodeRead[],
  words: Context['words']['gap'],
): { what: string; reason: string }[] {
  const lists = gaps
    .filter(({ reason }) => reason !== 'not-asked')
    .map((gap) => ({ what: resourceName(gap), reason: words[gap.reason] }));
  const files = nodes.flatMap(({ name, spec }) =>
    spec.notRead.map(({ path, reason, detail }) => ({ what: `${name}:${path}`, reason: detail ?? reason })),
  );
  return [...lists, ...files];
}
