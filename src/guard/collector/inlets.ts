import { type Origin, refused } from '../../records/decoded.ts';
import type { Redactions } from '../../records/redaction/tally.ts';
import { elasticRefusal } from './elastic/answers.ts';
import { bulk, oneDocument } from './elastic/bulk.ts';
import { handshake } from './elastic/handshake.ts';
import { type Answer, jsonAnswer, refusalHeaders, textAnswer } from './http/answer.ts';
import type { Body } from './http/body.ts';
import type { Call } from './http/call.ts';
import type { Tokens } from './http/credentials.ts';
import type { Intake } from './intake.ts';
import { otlpLogs, otlpRefusal } from './otlp/logs.ts';
import { Refusal } from './refusal.ts';
import type { Taking } from './taking.ts';
import { auditWebhook } from './webhook.ts';

/** Paths at which API servers deliver; a further part names one of several clusters. */
const WEBHOOK_PATHS = ['audit', 'k8s-audit'];

export interface InletOptions {
  /** The cluster that events are of, as the operator calls it; may be empty. */
  readonly cluster: string;
  /** Clusters that may be named in the webhook's path. */
  readonly clusters: readonly string[];
  readonly tally: Redactions;
  readonly tokens: Tokens | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Told of errors that are nobody's but ours. */
  readonly problem: (error: unknown) => void;
}

/** One of the ways in, and how it answers. */
interface Inlet {
  readonly name: 'webhook' | 'bulk' | 'otlp' | 'probe';
  readonly answer: (call: Call) => Promise<Answer> | Answer;
  readonly refusal: (call: Call, refusal: Refusal) => Answer;
}

/** Finds the inlet of a call, lets it in, and answers it, whatever happens. */
export class Inlets {
  readonly #options: InletOptions;
  readonly #intake: Intake;
  readonly #metricsText: () => string;

  constructor(options: InletOptions, intake: Intake, metricsText: () => string) {
    this.#options = options;
    this.#intake = intake;
    this.#metricsText = metricsText;
  }

  async answer(call: Call, isCertified: boolean): Promise<Answer> {
    const inlet = this.#inletOf(call);
    let body: Body | undefined;
    const remembering: Call = {
      ...call,
      body: async () => {
        body = await call.body();
        return body;
      },
    };
    try {
      this.#letIn(call, inlet, isCertified);
      return await inlet.answer(remembering);
    } catch (error) {
      const refusal =
        error instanceof Refusal ? error : new Refusal('internal', 'this is an error of the collector');
      if (refusal !== error) this.#options.problem(error);
      this.#intake.refuse(inlet.name, refusal);
      // Whoever sent it may not come again: what it was is kept as far as quarantine keeps anything.
      if (refusal.reason === 'malformed' && body !== undefined) {
        await this.#intake.quarantine(
          inlet.name,
          [refused('unknown-format', 'request', body.bytes)],
          body.received,
        );
      }
      return inlet.refusal(call, refusal);
    }
  }

  /** Health and metrics, also at an address of their own. */
  probe(call: Call): Answer {
    const isRead = call.method === 'GET' || call.method === 'HEAD';
    if (!isRead) return textAnswer(405, 'read only\n');
    switch (call.path[0]) {
      case 'healthz':
      case 'livez':
        return textAnswer(200, 'ok\n');
      case 'readyz':
        return this.#intake.isReady
          ? textAnswer(200, 'ok\n')
          : textAnswer(503, 'the store takes no events\n');
      case 'metrics':
        return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: this.#metricsText() };
      default:
        return textAnswer(404, 'not here\n');
    }
  }

  #inletOf({ method, path }: Call): Inlet {
    const [first = '', second = ''] = path;
    if (path.length === 1 && ['healthz', 'livez', 'readyz', 'metrics'].includes(first)) {
      return { name: 'probe', answer: (call) => this.probe(call), refusal: plainRefusal };
    }
    if (WEBHOOK_PATHS.includes(first)) {
      return { name: 'webhook', answer: (call) => this.#webhook(call), refusal: statusRefusal };
    }
    if (first === 'v1' && second === 'logs' && path.length === 2) {
      return { name: 'otlp', answer: (call) => this.#otlp(call), refusal: otlpRefusal };
    }
    const isWrite = method === 'POST' || method === 'PUT';
    if (isWrite && path.length <= 2 && path.at(-1) === '_bulk') {
      return {
        name: 'bulk',
        answer: (call) => bulk(call, this.#origin('bulk'), this.#taking()),
        refusal: elasticRefusal,
      };
    }
    const isDocument =
      isWrite &&
      (path.length === 2 || path.length === 3) &&
      !first.startsWith('_') &&
      (!second.startsWith('_') || second === '_doc' || second === '_create');
    if (isDocument) {
      return {
        name: 'bulk',
        answer: (call) => oneDocument(call, this.#origin('bulk'), this.#taking()),
        refusal: elasticRefusal,
      };
    }
    return {
      name: 'bulk',
      // A body that is not wanted is read, so that the connection can be used again.
      answer: async (call) => {
        if (isWrite) await call.body();
        return handshake(call);
      },
      refusal: elasticRefusal,
    };
  }

  #letIn(call: Call, { name }: Inlet, isCertified: boolean): void {
    if (name === 'probe' && call.path[0] !== 'metrics') return;
    const { tokens } = this.#options;
    if (tokens === undefined || (name === 'webhook' && isCertified)) return;
    if (!tokens.accepts(call.headers.authorization)) throw new Refusal('unauthorized', 'a token is needed');
  }

  #webhook(call: Call): Promise<Answer> {
    const [, cluster] = call.path;
    if (call.path.length > 2 || (cluster !== undefined && !this.#options.clusters.includes(cluster))) {
      throw new Refusal('not-found', 'no cluster of this name is known here');
    }
    if (call.method !== 'POST') throw new Refusal('method', 'audit events are posted');
    const origin = this.#origin('webhook');
    return auditWebhook(call, cluster === undefined ? origin : { ...origin, cluster }, this.#taking());
  }

  #otlp(call: Call): Promise<Answer> {
    if (call.method !== 'POST') throw new Refusal('method', 'logs are posted');
    return otlpLogs(call, this.#origin('otlp'), this.#taking());
  }

  #taking(): Taking {
    return { intake: this.#intake, tally: this.#options.tally };
  }

  #origin(inlet: string): Origin {
    return { inlet, cluster: this.#options.cluster, received: this.#options.clock() * 1000 };
  }
}

const plainRefusal = (_call: Call, refusal: Refusal): Answer => ({
  ...textAnswer(refusal.status, `${refusal.message}\n`),
  headers: refusalHeaders(refusal),
});

/** A Status of Kubernetes: what the API server shows in its log of it. */
const statusRefusal = (_call: Call, refusal: Refusal): Answer =>
  jsonAnswer(
    refusal.status,
    {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: refusal.message,
      reason: refusal.reason,
      code: refusal.status,
    },
    refusalHeaders(refusal),
  );
