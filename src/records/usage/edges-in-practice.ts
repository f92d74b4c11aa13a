import { serviceAccountUser } from '../../engines/authorization/index.ts';
import { among } from '../questions/tests.ts';
import type { Column } from '../record.ts';
import type { Damage, EventReader, Test } from '../store/event-store.ts';
import {
  auditQuery,
  DECIDED,
  type Period,
  RequestCount,
  type Sight,
  type SightOptions,
  sightOf,
  type UsageFilter,
} from './period.ts';

/**
 * What an attack path takes for possible: that somebody may do something. `*`, as rules have it, and what is left out stand for anything,
 * but `subresource`, which is none where it is left out.
 */
export interface AccessEdge {
  readonly subject: {
    readonly kind: 'User' | 'Group' | 'ServiceAccount';
    readonly namespace?: string;
    readonly name: string;
  };
  readonly verb: string;
  readonly apiGroup?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Who was seen doing it, from one address. */
export interface AddressUse {
  readonly address: string;
  readonly allowed: number;
  readonly refused: number;
  readonly first: number;
  readonly last: number;
}

/** What the records hold of an edge. */
export interface EdgeInPractice {
  readonly edge: AccessEdge;
  /** Requests that the authorizer let through, whatever came of them after that. */
  readonly allowed: number;
  readonly refused: number;
  /** Requests that do not tell what the authorizer said: of older servers, or refused before it was asked. */
  readonly undecided: number;
  /** Microseconds since the epoch; undefined where none was seen. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly firstAllowed: number | undefined;
  readonly lastAllowed: number | undefined;
  /** The busiest first; at most MOST_ADDRESSES. */
  readonly addresses: readonly AddressUse[];
  readonly moreAddresses: boolean;
}

export interface EdgesInPractice {
  readonly sight: Sight;
  readonly edges: readonly EdgeInPractice[];
  readonly damage: readonly Damage[];
}

export const MOST_ADDRESSES = 20;

/** Streams that come in over WebSockets are `get`, over SPDY `create` (KEP-4006). */
const STREAMS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy']);

/** What was seen of edges. No sighting proves no use unless `sight` has no doubts, and never that nobody could. @throws as EventReader */
export async function edgesInPractice(
  reader: EventReader,
  edges: readonly AccessEdge[],
  filter: UsageFilter & Period,
  options?: SightOptions,
): Promise<EdgesInPractice> {
  const sight = await sightOf(reader, filter, options);
  const damage = new Map<string, Damage>();
  const found: EdgeInPractice[] = [];
  for (const edge of edges) {
    const counted = await reader.count(auditQuery(filter, DECIDED, ...testsOf(edge)), BY);
    for (const part of counted.damage) damage.set(part.part, part);
    found.push(practiceOf(edge, counted.rows));
  }
  return { sight, edges: found, damage: [...damage.values()] };
}

const BY = ['decision', 'source_ip', 'user', 'verb', 'code', 'stage'] as const satisfies readonly Column[];

function testsOf({
  subject,
  verb,
  apiGroup,
  resource,
  subresource = '',
  namespace,
  name,
}: AccessEdge): Test[] {
  const tests: Test[] = [actor(subject)];
  const equal = (column: Column, value: string | undefined) => {
    if (value !== undefined && value !== '*') tests.push({ column, is: value });
  };
  if (STREAMS.has(subresource) && verb === 'create') tests.push({ column: 'verb', is: ['create', 'get'] });
  else equal('verb', verb);
  equal('api_group', apiGroup);
  equal('resource', resource);
  equal('subresource', subresource);
  equal('namespace', namespace);
  equal('name', name);
  return tests;
}

/** With the subject's own credentials, or in its name; the groups of whom another pretended to be are not told in columns. */
function actor({ kind, namespace = '', name }: AccessEdge['subject']): Test {
  if (kind === 'Group') return { all: [among('groups', name), { column: 'impersonated', is: '' }] };
  const user = kind === 'User' ? name : serviceAccountUser(namespace, name);
  return {
    any: [
      {
        all: [
          { column: 'user', is: user },
          { column: 'impersonated', is: '' },
        ],
      },
      { column: 'impersonated', is: user },
    ],
  };
}

type Outcome = 'allowed' | 'refused' | 'undecided';

interface Row {
  readonly by: readonly (string | number)[];
  readonly events: number;
  readonly first: number;
  readonly last: number;
}

function practiceOf(edge: AccessEdge, rows: readonly Row[]): EdgeInPractice {
  const kinds = new Map<
    string,
    { readonly outcome: Outcome; readonly address: string; readonly count: RequestCount }
  >();
  for (const { by, events, first, last } of rows) {
    const [decision, address = '', user, verb, , stage] = by;
    const outcome = decision === 'allow' ? 'allowed' : decision === 'forbid' ? 'refused' : 'undecided';
    // A stream that was answered and one that ended may have other codes.
    const key = JSON.stringify([outcome, address, user, verb]);
    let kind = kinds.get(key);
    if (kind === undefined) {
      kind = { outcome, address: String(address), count: new RequestCount() };
      kinds.set(key, kind);
    }
    kind.count.add(String(stage), events, first, last);
  }
  const all = [...kinds.values()];
  const sum = (outcome: Outcome, of = all) =>
    of.filter((kind) => kind.outcome === outcome).reduce((total, { count }) => total + count.requests, 0);
  const least = (of: typeof all) =>
    of.reduce<number | undefined>((a, { count }) => Math.min(a ?? count.first, count.first), undefined);
  const most = (of: typeof all) =>
    of.reduce<number | undefined>((a, { count }) => Math.max(a ?? count.last, count.last), undefined);
  const allowed = all.filter(({ outcome }) => outcome === 'allowed');
  const addresses = [...new Set(all.map(({ address }) => address))]
    .map((address) => {
      const own = all.filter((kind) => kind.address === address);
      return {
        address,
        allowed: sum('allowed', own),
        refused: sum('refused', own),
        first: least(own) ?? 0,
        last: most(own) ?? 0,
      };
    })
    .sort((a, b) => b.allowed + b.refused - a.allowed - a.refused || (a.address < b.address ? -1 : 1));
  return {
    edge,
    allowed: sum('allowed'),
    refused: sum('refused'),
    undecided: sum('undecided'),
    first: least(all),
    last: most(all),
    firstAllowed: least(allowed),
    lastAllowed: most(allowed),
    addresses: addresses.slice(0, MOST_ADDRESSES),
    moreAddresses: addresses.length > MOST_ADDRESSES,
  };
}
