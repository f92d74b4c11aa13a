import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { compareText } from '../assessment/order.ts';
import { readBundle, readVerifyingKey } from '../evidence/bundle/index.ts';
import { type ApiClient, ApiError } from '../evidence/cluster/client.ts';
import { connect } from '../evidence/cluster/connection/connect.ts';
import { observeFacts } from '../evidence/cluster/facts.ts';
import { readCluster } from '../evidence/cluster/read-cluster.ts';
import type { Snapshot, SnapshotEvent, SnapshotSource } from '../evidence/snapshot.ts';
import { evidenceOf } from '../evidence/snapshot-evidence.ts';
import { ClusterFacts } from '../kubernetes/cluster-facts.ts';
import { KubeStrideError } from '../kubernetes/errors.ts';
import { asArray, asObject, asString, type Json } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { nearest } from '../kubernetes/spelling.ts';
import type { ReportSource } from '../reports/input.ts';
import { type Context, say } from './context.ts';
import type { ProgressLine } from './progress.ts';
import type { SourceFlags } from './source-flags.ts';
import type { OpenedSource, OpenOptions } from './sources.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

export async function fromCluster(
  context: Context,
  flags: SourceFlags,
  options: OpenOptions,
): Promise<OpenedSource> {
  const client = await connectTo(context, flags);
  try {
    const opened = await fromSnapshot(
      liveSnapshot(client, flags, options.progress, options.kinds),
      [],
      options,
    );
    const { namespace } = client;
    return namespace === undefined ? opened : { ...opened, defaultNamespace: namespace };
  } finally {
    client.close();
  }
}

export function fromBundles(
  context: Context,
  flags: Pick<SourceFlags, 'verifyKey'>,
  paths: readonly string[],
  options: OpenOptions,
): Promise<OpenedSource> {
  return fromSnapshot(bundleSnapshot(context, flags, paths), paths, options);
}

/** The API server that the flags and the environment name. */
export function connectTo(
  context: Context,
  { kubeconfig, context: name }: Pick<SourceFlags, 'kubeconfig' | 'context'>,
): Promise<ApiClient> {
  const { terminal, words } = context;
  return connect({
    env: terminal.env,
    cwd: terminal.cwd,
    userAgent: `kubestride/${VERSION}`,
    // A plugin may ask the user where nothing else reads the keyboard.
    terminal: isTerminal(terminal.stdin),
    onNotice: (notice) => say(context, words.warning.notice(notice)),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(name === undefined ? {} : { context: name }),
  });
}

/** Everything that the cluster shows. Throws UsageError where it shows nothing, KubeStrideError where it is not reached. */
export async function* liveSnapshot(
  client: ApiClient,
  { namespace, secrets, kubeletConfig }: Pick<SourceFlags, 'namespace' | 'secrets' | 'kubeletConfig'>,
  progress: ProgressLine,
  kinds?: ReadonlySet<string>,
): AsyncGenerator<SnapshotEvent> {
  const collectedAt = new Date().toISOString();
  try {
    const events = readCluster(client, {
      collectedAt,
      secrets,
      facts: (asked) => observeFacts(asked, { observedAt: collectedAt, kubelets: kubeletConfig }),
      onProgress: progress.listing,
      ...(namespace === undefined ? {} : { namespace }),
      ...(kinds === undefined ? {} : { kinds }),
    });
    yield* namespace === undefined ? events : withNamespace(events, namespace, client);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status, message } = error;
    throw new UsageError((words) => words.failure.apiError({ server: client.server, status, message }));
  }
}

/** Ends the reading where the namespace does not exist; a user who may not see it is believed. */
async function* withNamespace(
  events: AsyncIterable<SnapshotEvent>,
  namespace: string,
  client: ApiClient,
): AsyncGenerator<SnapshotEvent> {
  let isThere = false;
  for await (const event of events) {
    if ('list' in event && event.list.kind === 'Namespace') {
      if (event.type === 'restart') isThere = false;
      else if (event.type === 'page') isThere ||= namesOf(event.items).includes(namespace);
      else if (!isThere) {
        const near = nearest(namespace, await namespaces(client));
        const where = client.context ?? client.server;
        throw new UsageError((words) => words.usage.namespaceMissing({ namespace, where, near }));
      }
    }
    yield event;
  }
}

/** As many names as are worth asking for to find the one that was meant; none where they may not be listed. */
async function namespaces(client: ApiClient): Promise<readonly string[]> {
  try {
    const { items } = await client.getJson({
      path: '/api/v1/namespaces',
      query: { limit: '500' },
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
    });
    return namesOf(asArray(items) ?? []);
  } catch (error) {
    if (error instanceof ApiError || error instanceof KubeStrideError) return [];
    throw error;
  }
}

function namesOf(items: readonly Json[]): string[] {
  return items.flatMap((item) => asString(asObject(asObject(item)?.['metadata'])?.['name']) ?? []);
}

/** The events of all bundles: a cluster and some of its nodes may come in one each. */
async function* bundleSnapshot(
  { terminal }: Context,
  { verifyKey }: Pick<SourceFlags, 'verifyKey'>,
  paths: readonly string[],
): AsyncGenerator<SnapshotEvent> {
  const key =
    verifyKey === undefined ? undefined : readVerifyingKey(readKey(verifyKey, terminal.cwd), verifyKey);
  let cluster: string | undefined;
  for (const path of paths) {
    const events = readBundle(resolve(terminal.cwd, path), {
      shown: path,
      ...(key === undefined ? {} : { verifyWith: key }),
    });
    for await (const event of events) {
      if (event.type === 'source' && event.source.kind === 'cluster') {
        const first = cluster;
        if (first !== undefined) {
          throw new UsageError((words) => words.usage.twoClusters({ first, second: path }));
        }
        cluster = path;
      }
      yield event;
    }
  }
}

function readKey(path: string, cwd: string): Buffer {
  try {
    return readFileSync(resolve(cwd, path));
  } catch (error) {
    throw new UsageError((words) => words.failure.cannotRead({ file: path, reason: problemOf(error) }));
  }
}

async function fromSnapshot(
  snapshot: Snapshot,
  paths: readonly string[],
  { whole = false }: OpenOptions,
): Promise<OpenedSource> {
  const { sources, ...evidence } = await evidenceOf(snapshot, { whole });
  const cluster = sources.find(({ kind }) => kind === 'cluster');
  return {
    evidence,
    source: {
      paths: [...paths].sort(compareText),
      ...(cluster === undefined ? {} : { cluster: clusterSource(cluster, evidence.objects) }),
    },
  };
}

function clusterSource(
  { kind: _kind, ...cluster }: SnapshotSource,
  objects: readonly KubernetesObject[],
): NonNullable<ReportSource['cluster']> {
  const facts = objects.flatMap((object) => ClusterFacts.of(object) ?? [])[0];
  const version = facts?.gitVersion;
  const distribution =
    facts === undefined || facts.distribution.id === 'unknown' ? undefined : facts.distribution.name;
  return {
    ...cluster,
    ...(version === undefined ? {} : { version }),
    ...(distribution === undefined ? {} : { distribution }),
  };
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

function isTerminal(stream: Readable): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}
