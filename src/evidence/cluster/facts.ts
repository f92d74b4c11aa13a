import { isNodeMark } from '../../kubernetes/distribution.ts';
import type { GapReason } from '../../kubernetes/gaps.ts';
import { asArray, asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import { EVIDENCE_API_VERSION, stringMap } from '../../kubernetes/object.ts';
import { type ApiClient, ApiError } from './client.ts';
import { readKubelets } from './facts-of-kubelets.ts';
import { detailOf } from './failures.ts';

export interface FactsOptions {
  /** RFC 3339, UTC. */
  readonly observedAt: string;
  /** Also asks each kubelet for its configuration, through the API server: needs `get` on `nodes/proxy`. */
  readonly kubelets?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What is asked for without credentials; only the status of the answer is kept. Health and version are open to strangers by
 * default (ClusterRole system:public-info-viewer), the rest is not.
 */
const ANONYMOUS_PATHS = [
  '/healthz',
  '/livez',
  '/readyz',
  '/version',
  '/.well-known/openid-configuration',
  '/api',
  '/apis',
  '/openapi/v2',
  '/openapi/v3',
  '/swagger.json',
  '/metrics',
  '/debug/pprof/',
  '/debug/flags/v',
  '/logs',
  '/flagz',
  '/statusz',
  '/api/v1/namespaces',
  '/api/v1/pods',
  '/api/v1/secrets',
] as const;

/** Milliseconds that a stranger waits for an answer: some servers never give one. */
const ANONYMOUS_PATIENCE = 10_000;
const MAX_ANSWER = 16 << 10;
const NODES_PER_PAGE = 500;
const MAX_BYTES = 64 << 20;
const MAX_TEXT = 300;
const VERSION_FIELDS = [
  'major',
  'minor',
  'emulationMajor',
  'emulationMinor',
  'gitVersion',
  'gitCommit',
  'buildDate',
  'goVersion',
  'platform',
];

/**
 * Observes what an API server shows beside the objects that it keeps: its version, API groups and flags, the versions of its
 * nodes, and what it answers to strangers. Reads only. Never fails: what cannot be had is named in `spec.unseen`.
 *
 * @returns the document that src/kubernetes/cluster-facts.ts reads
 */
export async function observeFacts(client: ApiClient, options: FactsOptions): Promise<JsonObject> {
  const { observedAt, signal } = options;
  const unseen: JsonObject[] = [];
  const attempt = async <T>(fact: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      signal?.throwIfAborted();
      unseen.push({ fact, reason: reasonOf(error), detail: detailOf(error) });
      return undefined;
    }
  };
  const get = (path: string, more: { accept?: string; query?: Record<string, string> } = {}) =>
    client.getJson({ path, ...more, ...(signal === undefined ? {} : { signal }) }, { maxBytes: MAX_BYTES });
  const [version, groups, flags, nodes, anonymous] = await Promise.all([
    attempt('version', async () => versionOf(await get('/version'))),
    attempt('groups', async () => groupsOf(await get('/apis'))),
    attempt('flags', async () => flagsOf(await get('/flagz', { accept: FLAGZ }))),
    attempt('nodes', () => readNodes((query) => get('/api/v1/nodes', { query }))),
    Promise.all(ANONYMOUS_PATHS.map((path) => probe(client, path, signal))),
  ]);
  const { kubelets, failed } =
    options.kubelets === true
      ? await readKubelets(client, namesOf(nodes), signal)
      : { kubelets: undefined, failed: [] };
  unseen.push(...failed);
  unseen.sort((a, b) => (String(a['fact']) < String(b['fact']) ? -1 : 1));
  return {
    apiVersion: EVIDENCE_API_VERSION,
    kind: 'ClusterFacts',
    metadata: { name: 'cluster' },
    spec: {
      observedAt,
      server: client.server,
      ...(version === undefined ? {} : { version }),
      ...(groups === undefined ? {} : { groups }),
      ...(flags === undefined ? {} : { flags }),
      ...(nodes === undefined ? {} : { nodes }),
      ...(kubelets === undefined ? {} : { kubelets }),
      anonymous,
      unseen,
    },
  };
}

function reasonOf(error: unknown): GapReason {
  if (!(error instanceof ApiError)) return 'incomplete';
  return error.status === 401 || error.status === 403 ? 'forbidden' : 'unavailable';
}

/** One request without credentials. */
async function probe(client: ApiClient, path: string, signal: AbortSignal | undefined): Promise<JsonObject> {
  try {
    const { status, body } = await client.send({
      path,
      // The status is all that is asked for: where strangers may list objects, no values of Secrets come along.
      ...(path.startsWith('/api/v1/') ? { query: { limit: '1' }, accept: METADATA } : {}),
      anonymous: true,
      idleTimeout: ANONYMOUS_PATIENCE,
      ...(signal === undefined ? {} : { signal }),
    });
    // A short answer is read to its end, so that the connection can be used again; a long one is not waited for.
    let left = MAX_ANSWER;
    for await (const { length } of body) {
      left -= length;
      if (left < 0) break;
    }
    return { path, status };
  } catch (error) {
    signal?.throwIfAborted();
    return { path, detail: detailOf(error) };
  }
}

function namesOf(nodes: readonly JsonObject[] | undefined): string[] {
  return (nodes ?? []).flatMap(({ name }) => asString(name) || []);
}

function text(value: string): string {
  return value.slice(0, MAX_TEXT);
}

function versionOf(answer: JsonObject): JsonObject {
  const fields = VERSION_FIELDS.flatMap((field): [string, string][] => {
    const value = asString(answer[field]);
    return value === undefined ? [] : [[field, text(value)]];
  });
  return Object.fromEntries(fields);
}

function groupsOf(answer: JsonObject): string[] {
  return (asArray(answer['groups']) ?? [])
    .flatMap((group) => asString(asObject(group)?.['name']) ?? [])
    .sort();
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** The structured form of /flagz, beta since 1.36 (KEP-4828). */
const FLAGZ = 'application/json;v=v1beta1;g=config.k8s.io;as=Flagz';

function flagsOf(answer: JsonObject): JsonObject {
  const flags = Object.entries(stringMap(answer['flags']));
  // An address may hold a user with a password.
  return Object.fromEntries(flags.map(([name, value]) => [name, value.replace(/\/\/[^/@\s]*@/g, '//')]));
}

async function readNodes(get: (query: Record<string, string>) => Promise<JsonObject>): Promise<JsonObject[]> {
  const nodes: JsonObject[] = [];
  let next: string | undefined;
  do {
    const page = await get({
      limit: String(NODES_PER_PAGE),
      ...(next === undefined ? {} : { continue: next }),
    });
    for (const item of asArray(page['items']) ?? []) {
      const node = asObject(item);
      if (node !== undefined) nodes.push(nodeOf(node));
    }
    next = asString(asObject(page['metadata'])?.['continue']) || undefined;
  } while (next !== undefined);
  return nodes;
}

function nodeOf(node: JsonObject): JsonObject {
  const metadata = asObject(node['metadata']);
  const info = asObject(asObject(node['status'])?.['nodeInfo']);
  const provider = /^([a-z0-9+.-]{1,60}):/.exec(asString(asObject(node['spec'])?.['providerID']) ?? '')?.[1];
  const marks = [metadata?.['labels'], metadata?.['annotations']]
    .flatMap((map) => Object.keys(asObject(map) ?? {}))
    .filter(isNodeMark);
  return {
    name: asString(metadata?.['name']) ?? '',
    kubeletVersion: text(asString(info?.['kubeletVersion']) ?? ''),
    os: text(asString(info?.['operatingSystem']) ?? ''),
    osImage: text(asString(info?.['osImage']) ?? ''),
    kernel: text(asString(info?.['kernelVersion']) ?? ''),
    runtime: text(asString(info?.['containerRuntimeVersion']) ?? ''),
    ...(provider === undefined ? {} : { provider }),
    ...(marks.length === 0 ? {} : { marks }),
  };
}
