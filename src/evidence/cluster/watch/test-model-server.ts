import type { JsonObject } from '../../../kubernetes/json.ts';
import type { ResourceList } from '../../snapshot.ts';
import { type ApiClient, ApiError, type ApiRequest, type ApiResponse } from '../client.ts';
import { listPath } from '../list.ts';
import type { Clock } from './clock.ts';

interface Stored {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly revision: number;
}

interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly path: string;
  readonly object: Stored;
  readonly revision: number;
}

/** What a request gets instead of an answer of the model; undefined where it is none of its business. */
export type Fault = (request: ApiRequest, isWatch: boolean) => Error | ApiResponse | undefined;

/** An API server as the API conventions describe it, as far as lists and watches go, with its faults in a test's hands. */
export class ModelServer implements ApiClient {
  readonly server = 'https://model.test';
  readonly context = undefined;
  readonly namespace = undefined;
  readonly requests: ApiRequest[] = [];
  readonly connections = new Set<Connection>();
  fault: Fault = () => undefined;
  /** By path, such as discovery. */
  readonly documents = new Map<string, JsonObject>();
  /** Called after each page but the last one. */
  afterPage: () => void = () => {};
  pageSize = 500;
  readonly #clock: Clock;
  readonly #cut: (length: number) => readonly number[];
  readonly #objects = new Map<string, Map<string, Stored>>();
  readonly #snapshots = new Map<string, readonly Stored[]>();
  #history: Change[] = [];
  #revision = 100;
  #compacted = 0;
  #uids = 0;

  /** `cut` says where a piece of a watch's body is cut into chunks. */
  constructor(clock: Clock, cut: (length: number) => readonly number[] = () => []) {
    this.#clock = clock;
    this.#cut = cut;
  }

  get revision(): number {
    return this.#revision;
  }

  create(list: ResourceList, namespace: string, name: string): void {
    this.#uids++;
    this.#change('ADDED', listPath(list, undefined), {
      namespace,
      name,
      uid: `uid-${this.#uids}`,
      revision: 0,
    });
  }

  modify(list: ResourceList, namespace: string, name: string): void {
    const path = listPath(list, undefined);
    const object = this.#of(path).get(`${namespace}/${name}`);
    if (object !== undefined) this.#change('MODIFIED', path, object);
  }

  delete(list: ResourceList, namespace: string, name: string): void {
    const path = listPath(list, undefined);
    const object = this.#of(path).get(`${namespace}/${name}`);
    if (object !== undefined) this.#change('DELETED', path, object);
  }

  /** `namespace/name` to `uid@resourceVersion` of all objects. */
  contents(list: ResourceList): Map<string, string> {
    const entries = [...this.#of(listPath(list, undefined))];
    return new Map(entries.map(([key, { uid, revision }]) => [key, `${uid}@${revision}`]));
  }

  /** Forgets what happened until now, and the lists that are being paged through. */
  compact(): void {
    this.#compacted = this.#revision;
    this.#history = [];
    this.#snapshots.clear();
  }

  bookmark(): void {
    for (const connection of this.connections) connection.event('BOOKMARK', bookmark(this.#revision));
  }

  async send(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(request);
    const fault = this.fault(request, true);
    if (fault instanceof Error) throw fault;
    if (fault !== undefined) return fault;
    const from = Number(request.query?.['resourceVersion']);
    if (from < this.#compacted) return statusResponse(410, 'Expired');
    const connection = new Connection(request, this.#clock, this.#cut, () =>
      this.connections.delete(connection),
    );
    this.connections.add(connection);
    for (const change of this.#history) if (change.revision > from) connection.change(change);
    return { status: 200, headers: {}, body: connection };
  }

  async getJson(request: ApiRequest): Promise<JsonObject> {
    this.requests.push(request);
    const fault = this.fault(request, false);
    if (fault instanceof Error) throw fault;
    const document = this.documents.get(request.path);
    if (document !== undefined) return document;
    const token = request.query?.['continue'];
    const [revision, offset] = token === undefined ? [this.#revision, 0] : token.split(':').map(Number);
    const moment = `${request.path}@${revision}`;
    if (token === undefined) this.#snapshots.set(moment, [...this.#of(request.path).values()]);
    const all = this.#snapshots.get(moment);
    if (all === undefined) throw new ApiError(410, 'Expired', 'The provided continue parameter is too old');
    const end = offset! + Math.min(this.pageSize, Number(request.query?.['limit']));
    const rest = end < all.length ? { continue: `${revision}:${end}` } : {};
    const page = all.slice(offset, end).map(objectOf);
    if (end < all.length) this.afterPage();
    return { metadata: { resourceVersion: String(revision), ...rest }, items: page };
  }

  close(): void {}

  #of(path: string): Map<string, Stored> {
    let objects = this.#objects.get(path);
    if (objects === undefined) {
      objects = new Map();
      this.#objects.set(path, objects);
    }
    return objects;
  }

  #change(type: Change['type'], path: string, before: Stored): void {
    const revision = ++this.#revision;
    const object = { ...before, revision };
    const key = `${object.namespace}/${object.name}`;
    if (type === 'DELETED') this.#of(path).delete(key);
    else this.#of(path).set(key, object);
    const change = { type, path, object, revision };
    this.#history.push(change);
    for (const connection of this.connections) connection.change(change);
  }
}

/** One watch. */
export class Connection implements AsyncIterable<Uint8Array> {
  readonly request: ApiRequest;
  readonly #clock: Clock;
  readonly #cut: (length: number) => readonly number[];
  readonly #closed: () => void;
  readonly #timers = new AbortController();
  #chunks: Uint8Array[] = [];
  #wake: () => void = () => {};
  #end: { readonly error?: unknown } | undefined;
  #isSilent = false;

  constructor(
    request: ApiRequest,
    clock: Clock,
    cut: (length: number) => readonly number[],
    closed: () => void,
  ) {
    this.request = request;
    this.#clock = clock;
    this.#cut = cut;
    this.#closed = closed;
    this.#after(Number(request.query?.['timeoutSeconds']) * 1000, () => this.end());
    const aborted = () => this.end({ error: new Error('aborted') });
    request.signal?.addEventListener('abort', aborted, { signal: this.#timers.signal });
  }

  /** Chunks that the client did not take yet. */
  get unread(): number {
    return this.#chunks.length;
  }

  change({ type, path, object }: Change): void {
    if (path === this.request.path) this.event(type, objectOf(object));
  }

  event(type: string, object: JsonObject): void {
    this.text(`${JSON.stringify({ type, object })}\n`);
  }

  text(text: string): void {
    if (this.#isSilent || this.#end !== undefined) return;
    const bytes = Buffer.from(text);
    let start = 0;
    for (const end of [...this.#cut(bytes.length), bytes.length]) {
      this.#chunks.push(bytes.subarray(start, end));
      start = end;
    }
    this.#wake();
  }

  end(end: { readonly error?: unknown } = {}): void {
    if (this.#isSilent && end.error === undefined) return;
    this.#end ??= end;
    this.#timers.abort();
    this.#closed();
    this.#wake();
  }

  /** Passes nothing on any more, not even its end; the client's own `idleTimeout` ends it. */
  silence(): void {
    this.#isSilent = true;
    const { idleTimeout } = this.request;
    if (idleTimeout !== undefined) this.#after(idleTimeout, () => this.end({ error: new Error('too slow') }));
  }

  /** Cut in the middle of what was not read yet. */
  cut(): void {
    if (this.#chunks.length > 0) {
      const last = this.#chunks.pop()!;
      this.#chunks.push(last.subarray(0, last.length >> 1));
    }
    this.end({ error: new Error('cut') });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        while (this.#chunks.length > 0) yield this.#chunks.shift()!;
        if (this.#end?.error !== undefined) throw this.#end.error;
        if (this.#end !== undefined) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.end();
    }
  }

  #after(milliseconds: number, then: () => void): void {
    const { signal } = this.#timers;
    void this.#clock.sleep(milliseconds, signal).then(() => {
      if (!signal.aborted) then();
    });
  }
}

/** With a character of four bytes, so that some are cut. */
function objectOf({ namespace, name, uid, revision }: Stored): JsonObject {
  const metadata = {
    name,
    ...(namespace === '' ? {} : { namespace }),
    uid,
    resourceVersion: String(revision),
  };
  return { metadata: { ...metadata, annotations: { note: '🦭 ü' } } };
}

export function bookmark(revision: number): JsonObject {
  return { metadata: { resourceVersion: String(revision) } };
}

export function statusResponse(status: number, reason: string, headers = {}): ApiResponse {
  const body = Buffer.from(
    JSON.stringify({ kind: 'Status', code: status, reason, message: `the model says ${reason}` }),
  );
  return {
    status,
    headers,
    body: (async function* () {
      yield body;
    })(),
  };
}
