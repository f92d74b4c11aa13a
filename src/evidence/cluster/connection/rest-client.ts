import { X509Certificate } from 'node:crypto';
import type { Agent } from 'node:http';
import { KubeStrideError } from '../../../kubernetes/errors.ts';
import { isObject, type JsonObject } from '../../../kubernetes/json.ts';
import type { ApiClient, ApiRequest, ApiResponse } from '../client.ts';
import { Agents, type Route } from './agents.ts';
import { errorOf, wrongServer } from './answers.ts';
import { unlessAborted, withDeadline } from './deadline.ts';
import { exchange } from './exchange.ts';
import { explainer, nameOf } from './explain.ts';
import { impersonationHeaders } from './impersonation.ts';
import { KubeconfigLogin, type Login, type LoginSource } from './login.ts';
import type { Timeouts } from './options.ts';
import { isLoopback } from './proxy.ts';
import { readStart, readText, TooLarge } from './read-body.ts';
import { type Clock, type Failure, Retries } from './retry.ts';
import type { Target } from './target.ts';
import { systemReason } from './words.ts';

const MAX_JSON = 128 * 1024 * 1024;
const MAX_ERROR = 64 * 1024;
/** However slowly the bytes of one answer drip, milliseconds. */
const MAX_ANSWER_TIME = 300_000;

export interface RestClientOptions {
  readonly target: Target;
  readonly route: Route;
  readonly login: LoginSource;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly userAgent: string;
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** `ApiClient` over node:https; `prepare` comes first. */
export class RestClient implements ApiClient {
  readonly server: string;
  readonly context: string | undefined;
  readonly namespace: string | undefined;
  readonly #options: RestClientOptions;
  readonly #agents: Agents;
  readonly #retries: Retries;
  readonly #common: Headers;
  readonly #impersonation: Headers;

  constructor(options: RestClientOptions) {
    const { target, route, userAgent } = options;
    this.server = nameOf(route.server);
    this.context = target.context;
    this.namespace = target.namespace;
    this.#options = options;
    this.#agents = new Agents(route);
    this.#retries = new Retries(options.clock);
    // On the way to this machine itself compressing costs more than it saves.
    const compressed = !target.cluster.disableCompression && !isLoopback(route.destination.host);
    this.#common = { 'user-agent': userAgent, ...(compressed && { 'accept-encoding': 'gzip' }) };
    this.#impersonation = impersonationHeaders(target.user.impersonation);
  }

  async send(request: ApiRequest): Promise<ApiResponse> {
    if (request.anonymous) return this.#exchange(request, this.#agents.forStranger(), {});
    const { login: source } = this.#options;
    const login = await unlessAborted(source.current(), request.signal);
    const response = await this.#sendAs(login, request);
    if (response.status !== 401) return response;
    const renewed = await unlessAborted(source.renew(login), request.signal);
    if (renewed === undefined) return response;
    await readStart(response.body, MAX_ERROR);
    return this.#sendAs(renewed, request);
  }

  /** Looks at everything that can be seen without a request. */
  async prepare(): Promise<void> {
    const { login } = this.#options;
    // A plugin or a provider is only asked when there is something to send.
    if (login instanceof KubeconfigLogin) this.#agentFor(await login.current());
  }

  getJson(request: ApiRequest, { maxBytes = MAX_JSON } = {}): Promise<JsonObject> {
    return this.#retries.run(async () => {
      try {
        return await this.#tryJson(request, maxBytes);
      } catch (error) {
        if (request.signal?.aborted) throw error;
        return { error: error as Error };
      }
    }, request.signal);
  }

  close(): void {
    this.#options.login.close();
    this.#agents.destroy();
  }

  async #tryJson(request: ApiRequest, maxBytes: number): Promise<{ readonly value: JsonObject } | Failure> {
    const { server } = this;
    const { path } = request;
    const late = new KubeStrideError('server-too-slow', { server, path, seconds: MAX_ANSWER_TIME / 1000 });
    try {
      const read = (signal: AbortSignal) => this.#readJson({ ...request, signal }, maxBytes);
      return await withDeadline(MAX_ANSWER_TIME, late, request.signal, read);
    } catch (error) {
      if (error !== late) throw error;
      return { error: late };
    }
  }

  async #readJson(request: ApiRequest, maxBytes: number): Promise<{ readonly value: JsonObject } | Failure> {
    const { server } = this;
    const { path } = request;
    const response = await this.send(request);
    const mistaken = wrongServer(response, server, path);
    if (mistaken !== undefined) {
      await readStart(response.body, MAX_ERROR);
      return { error: mistaken };
    }
    if (response.status !== 200) {
      const text = await readStart(response.body, MAX_ERROR);
      if (response.status === 401 && !request.anonymous) return { error: await this.#notLoggedIn() };
      return errorOf(response, text, this.#options.clock.now(), server, path);
    }
    let text: string;
    try {
      text = await readText(response.body, maxBytes);
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      return { error: new KubeStrideError('cluster-answer-too-large', { server, path, limit: error.limit }) };
    }
    return parse(text) ?? { error: new KubeStrideError('answer-not-json', { server, path }) };
  }

  #sendAs(login: Login, request: ApiRequest): Promise<ApiResponse> {
    const { authorization } = login;
    return this.#exchange(request, this.#agentFor(login), {
      ...this.#impersonation,
      ...(authorization !== undefined && { authorization }),
    });
  }

  #exchange(request: ApiRequest, agent: Agent, headers: Headers): Promise<ApiResponse> {
    const { route, timeouts, target } = this.#options;
    const { path, query, accept = 'application/json', idleTimeout = timeouts.idle, signal } = request;
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    return exchange({
      url: new URL(`${this.server}${path}${search}`),
      agent,
      headers: { ...this.#common, accept, ...headers },
      connectTimeout: timeouts.connect,
      idleTimeout,
      signal,
      explain: explainer(route, this.#agents, path, request.anonymous ? '' : target.user.name),
    });
  }

  #agentFor({ certificate }: Login): Agent {
    try {
      return this.#agents.forLogin(certificate);
    } catch (error) {
      const { name: user, file } = this.#options.target.user;
      const reason = systemReason(error);
      throw new KubeStrideError('client-certificate-unusable', { user, file, reason });
    }
  }

  /** The server does not know the user; an expired certificate is the likeliest reason, and one that can be seen. */
  async #notLoggedIn(): Promise<KubeStrideError> {
    const { login, clock, target } = this.#options;
    const { server } = this;
    const { name: user, file } = target.user;
    const { certificate, authorization } = await login.current();
    if (certificate !== undefined && authorization === undefined) {
      const { validTo } = new X509Certificate(certificate.cert);
      const end = Date.parse(validTo);
      if (end < clock.now()) {
        const date = new Date(end).toISOString();
        return new KubeStrideError('client-certificate-expired', { server, user, file, date });
      }
    }
    return new KubeStrideError('credentials-refused', { server, user, file });
  }
}

function parse(text: string): { readonly value: JsonObject } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}
