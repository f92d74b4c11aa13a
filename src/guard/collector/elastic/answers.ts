import { type Answer, jsonAnswer, refusalHeaders } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Refusal } from '../refusal.ts';
import { filterPath } from './filter-path.ts';

/** The API that is spoken: senders choose what they send by it. */
const SPOKEN = '8.19.0';
const COMPATIBLE = /^application\/vnd\.elasticsearch\+(?:json|x-ndjson) *; *compatible-with=([789])/;

/**
 * An answer as Elasticsearch gives it: with the header by which its clients know it (they refuse to speak to anything else), and the media
 * type of the compatibility that was asked for.
 */
export function elasticAnswer(
  call: Call,
  status: number,
  value: unknown,
  headers: Answer['headers'] = {},
): Answer {
  const version = COMPATIBLE.exec(call.headers.accept ?? '')?.[1];
  return {
    ...jsonAnswer(status, filterPath(value, call.query.get('filter_path')), {
      ...headers,
      'X-elastic-product': 'Elasticsearch',
    }),
    type:
      version === undefined
        ? 'application/json'
        : `application/vnd.elasticsearch+json;compatible-with=${version}`,
  };
}

export interface ElasticError {
  readonly type: string;
  readonly reason: string;
}

export function elasticError(
  call: Call,
  status: number,
  error: ElasticError,
  headers: Answer['headers'] = {},
): Answer {
  return elasticAnswer(call, status, { error: { root_cause: [error], ...error }, status }, headers);
}

/** The types by which senders decide whether to come again: they do for 429 and 503. */
const TYPES: Partial<Readonly<Record<Refusal['reason'], string>>> = {
  busy: 'es_rejected_execution_exception',
  connections: 'es_rejected_execution_exception',
  unauthorized: 'security_exception',
  malformed: 'illegal_argument_exception',
  'store-full': 'cluster_block_exception',
  'store-unusable': 'cluster_block_exception',
};

export function elasticRefusal(call: Call, refusal: Refusal): Answer {
  const type = TYPES[refusal.reason] ?? 'illegal_argument_exception';
  return elasticError(call, refusal.status, { type, reason: refusal.message }, refusalHeaders(refusal));
}

/** What `GET /` tells: senders read the version and the flavour out of it. */
export const INFO = {
  name: 'kubestride',
  cluster_name: 'kubestride',
  cluster_uuid: 'kubestridekubestride00',
  version: {
    number: SPOKEN,
    build_flavor: 'default',
    build_type: 'tar',
    build_hash: '0000000000000000000000000000000000000000',
    build_date: '2025-01-01T00:00:00.000Z',
    build_snapshot: false,
    lucene_version: '9.12.0',
    minimum_wire_compatibility_version: '7.17.0',
    minimum_index_compatibility_version: '7.0.0',
  },
  tagline: 'You Know, for Search',
} as const;
