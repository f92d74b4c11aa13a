import { asArray, asObject, asString, isObject, type JsonObject } from '../../kubernetes/json.ts';
import { withoutSecretValues } from '../../kubernetes/secret-values.ts';
import type { ResourceList } from '../snapshot.ts';
import { type ApiClient, ApiError } from './client.ts';
import { isTooLarge } from './failures.ts';
import { NEEDS } from './needs.ts';

export type ListStep =
  | { readonly type: 'page'; readonly items: readonly JsonObject[] }
  /** What came until now is void: the list starts anew. */
  | { readonly type: 'restart' }
  | { readonly type: 'listed'; readonly resourceVersion: string };

export interface ListOptions {
  /** Lists namespaced resources, and the one Namespace object, of this namespace only. */
  readonly namespace?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Objects asked for at once. */
  readonly pageSize?: number | undefined;
  /** Above this many bytes a page is asked for anew with fewer objects. */
  readonly maxPageBytes?: number | undefined;
  /** True where each page must show the same moment, as a watch needs; else a list whose moment is forgotten goes on with a later one. */
  readonly consistent?: boolean | undefined;
}

/** The list cannot be read to its end, though the server answers. */
export class ListError extends Error {}

/** client-go's own default (tools/pager): small enough for a server's memory, large enough that round trips do not count. */
const PAGE_SIZE = 500;
const MAX_PAGE_BYTES = 32 * 2 ** 20;
const SMALLER = 8;
const MAX_RESTARTS = 3;
/** Far more than any etcd can hold; ends a list of a server that never comes to an end. */
const MAX_PAGES = 100_000;

export function listPath(list: ResourceList, namespace: string | undefined): string {
  const root = list.group === '' ? ['api', list.version] : ['apis', list.group, list.version];
  const scope = list.namespaced && namespace !== undefined ? ['namespaces', namespace] : [];
  return ['', ...root, ...scope, list.resource].map(encodeURIComponent).join('/');
}

const LABEL_SELECTORS: ReadonlyMap<string, string> = new Map(
  NEEDS.flatMap(({ group, kind, labelSelector }) =>
    labelSelector === undefined ? [] : [[`${group}/${kind}`, labelSelector] as const],
  ),
);

/** Which objects of a list are asked for, as fields of a query. */
export function listSelectors(
  { group, kind }: ResourceList,
  namespace: string | undefined,
): Record<string, string> {
  // RBAC grants a list of one object by its name only where the list asks for it by its name.
  if (namespace !== undefined && group === '' && kind === 'Namespace') {
    return { fieldSelector: `metadata.name=${namespace}` };
  }
  const labelSelector = LABEL_SELECTORS.get(`${group}/${kind}`);
  return labelSelector === undefined ? {} : { labelSelector };
}

/**
 * Reads a list page by page, and asks for the next page while the caller is busy with this one.
 *
 * No resourceVersion is sent: the server then answers with the newest state, and for all pages with the state of the first one.
 * `resourceVersion=0` would take any state that the server remembers, and servers before 1.33 then ignore `limit` and send the whole
 * list at once.
 *
 * Throws what `ApiClient.getJson` throws, and ListError.
 */
export async function* listPages(
  client: ApiClient,
  list: ResourceList,
  options: ListOptions = {},
): AsyncGenerator<ListStep, void, undefined> {
  const ending = new AbortController();
  const signal =
    options.signal === undefined ? ending.signal : AbortSignal.any([options.signal, ending.signal]);
  const pages = new Pages(client, list, options, signal);
  try {
    for (let restarts = 0; ; restarts++) {
      try {
        yield* pages.read();
        return;
      } catch (error) {
        if (!isExpired(error) || pages.isAtStart) throw error;
        if (restarts === MAX_RESTARTS) throw new ListError('the list changes faster than it can be read');
        yield { type: 'restart' };
      }
    }
  } finally {
    ending.abort();
  }
}

class Pages {
  readonly #client: ApiClient;
  readonly #list: ResourceList;
  readonly #options: ListOptions;
  readonly #signal: AbortSignal;
  readonly #path: string;
  #limit: number;
  /** False once a page was read since the start of the list. */
  isAtStart = true;

  constructor(client: ApiClient, list: ResourceList, options: ListOptions, signal: AbortSignal) {
    this.#client = client;
    this.#list = list;
    this.#options = options;
    this.#signal = signal;
    this.#path = listPath(list, options.namespace);
    this.#limit = options.pageSize ?? PAGE_SIZE;
  }

  async *read(): AsyncGenerator<ListStep, void, undefined> {
    this.isAtStart = true;
    let resourceVersion: string | undefined;
    let pending: Promise<JsonObject> | undefined = this.#page('');
    for (let count = 1; pending !== undefined; count++) {
      const page: JsonObject = await pending;
      const metadata = asObject(page['metadata']);
      const token = asString(metadata?.['continue']) ?? '';
      // A watch from the first page's moment misses nothing of the later ones, whatever moment those show.
      resourceVersion ??= asString(metadata?.['resourceVersion']) ?? '';
      if (token !== '' && count === MAX_PAGES) throw new ListError('the list has no end');
      pending = token === '' ? undefined : this.#page(token);
      // Nobody may come to wait for it.
      pending?.catch(() => {});
      this.isAtStart = false;
      yield { type: 'page', items: this.#items(page) };
    }
    yield { type: 'listed', resourceVersion: resourceVersion ?? '' };
  }

  async #page(token: string): Promise<JsonObject> {
    let next = token;
    for (;;) {
      try {
        return await this.#request(next);
      } catch (error) {
        const later = isExpired(error) && this.#options.consistent !== true ? continuation(error) : '';
        if (later !== '' && next !== '' && later !== next) {
          next = later;
        } else if (isTooLarge(error) && this.#limit > 1) {
          this.#limit = Math.max(1, Math.floor(this.#limit / SMALLER));
        } else {
          throw error;
        }
      }
    }
  }

  #request(token: string): Promise<JsonObject> {
    const { namespace, maxPageBytes: maxBytes = MAX_PAGE_BYTES } = this.#options;
    const query: Record<string, string> = {
      limit: String(this.#limit),
      ...(token === '' ? {} : { continue: token }),
      ...listSelectors(this.#list, namespace),
    };
    return this.#client.getJson({ path: this.#path, query, signal: this.#signal }, { maxBytes });
  }

  #items(page: JsonObject): JsonObject[] {
    const { group, version, kind } = this.#list;
    const items = asArray(page['items']);
    // Go writes an empty list as null as well.
    if (items === undefined && page['items'] !== null) throw new ListError('the answer is not a list');
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const isSecret = group === '' && kind === 'Secret';
    return (items ?? []).filter(isObject).map((item) => {
      const object: JsonObject = { apiVersion, kind, ...(isSecret ? withoutSecretValues(item) : item) };
      // Items leave out what the list says for all of them. What an aggregated API claims them to be else does not count.
      object['apiVersion'] = apiVersion;
      object['kind'] = kind;
      return object;
    });
  }
}

/** The moment of the list, or of its first page, is no longer known to the server. */
function isExpired(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 410;
}

/** The token with which the list goes on at a later moment, as a Status of reason Expired may bring it. */
function continuation(error: ApiError): string {
  return asString(asObject(error.body?.['metadata'])?.['continue']) ?? '';
}
