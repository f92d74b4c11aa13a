import { serviceAccountOf } from '../../engines/authorization/index.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { auditBody } from '../questions/body.ts';
import { isMachinery } from '../questions/controllers.ts';
import { READS } from '../questions/tests.ts';
import type { Column, EventRecord } from '../record.ts';
import type { Damage, EventReader, Test } from '../store/event-store.ts';
import { type Keeper, keepersOf, metadataIn, ObjectIndex } from './ownership.ts';
import { eventPages } from './pages.ts';
import { auditQuery, type UsageFilter } from './period.ts';

/** Tools that people use, by the beginning of their user agent; what programs send with the same libraries is not among them. */
const TOOLS: readonly (readonly [RegExp, string])[] = [
  [/^kubectl(?:-[a-z0-9-]+)?(?:\.exe)?\//, 'kubectl'],
  [/^oc\//, 'oc'],
  [/^k9s\//, 'k9s'],
  [/^(?:.* )?(?:Lens|OpenLens|Freelens)\//, 'lens'],
  [/^headlamp/i, 'headlamp'],
  [/^(?:kubernetes-)?dashboard/i, 'dashboard'],
  [/^curl\//, 'curl'],
  [/^Wget\//, 'wget'],
  [/^HTTPie\//, 'httpie'],
  [/^PostmanRuntime\//, 'postman'],
  [/^Mozilla\//, 'browser'],
];

/** Programs whose changes are how an object is meant to change, whoever starts them. */
const KEEPER_AGENTS =
  /^(?:Helm|argocd|argo-cd|flux|kustomize-controller|helm-controller|source-controller|terraform|pulumi)/i;

/** Requests that change nothing that is kept. */
const NOT_KEPT = [
  'events',
  'tokenreviews',
  'subjectaccessreviews',
  'selfsubjectaccessreviews',
  'selfsubjectrulesreviews',
  'selfsubjectreviews',
  'localsubjectaccessreviews',
  'leases',
];
const NOT_CHANGES = ['exec', 'attach', 'portforward', 'proxy', 'token', 'log', 'binding', 'status'];

/** Why a change counts as one by hand. */
export type Hand =
  /** A user who is no service account and no part of Kubernetes. */
  | 'person'
  /** A service account or node, with a tool that people use. */
  | 'tool';

export interface ChangeByHand {
  /** Of the record. */
  readonly key: string;
  readonly auditId: string;
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly cluster: string;
  readonly hand: Hand;
  /** Such as `kubectl`; empty where the agent is none that is known. */
  readonly tool: string;
  readonly user: string;
  readonly impersonated: string;
  readonly address: string;
  readonly agent: string;
  readonly verb: string;
  readonly object: {
    readonly group: string;
    readonly resource: string;
    readonly subresource: string;
    readonly namespace: string;
    readonly name: string;
  };
  /** Who was to change it instead; empty: nobody, as far as it shows. */
  readonly keepers: readonly Keeper[];
  /** From what `keepers` is known: the object as it was in the request or its answer, as it is in the cluster now, or not at all. */
  readonly seenIn: 'body' | 'cluster' | 'not-seen';
}

export interface ChangesByHand {
  /** The oldest first. */
  readonly changes: readonly ChangeByHand[];
  /** True where the limit cut the answer, or too many events of one time did. */
  readonly more: boolean;
  readonly damage: readonly Damage[];
}

export interface ByHandOptions extends UsageFilter {
  readonly where?: readonly Test[];
  /** Also changes of objects that nobody is known to keep. */
  readonly all?: boolean;
  readonly limit?: number;
}

const COLUMNS: readonly Column[] = [
  ...([
    'key',
    'time',
    'audit_id',
    'cluster',
    'user',
    'impersonated',
    'user_agent',
    'source_ip',
    'uri',
    'stage',
  ] as const),
  ...(['verb', 'api_group', 'resource', 'subresource', 'namespace', 'name', 'raw'] as const),
];

/**
 * Changes that people made, or tools that people use, to objects that controllers, Helm, Argo CD or Flux keep. Of a cluster, where one is
 * given, objects are looked at that no body shows. Changes that did not work, and dry runs, are left out. @throws as EventReader
 */
export async function changesByHand(
  reader: EventReader,
  cluster: Cluster | undefined,
  { where = [], all = false, limit = 10_000, ...filter }: ByHandOptions = {},
): Promise<ChangesByHand> {
  const index = cluster === undefined ? undefined : new ObjectIndex(cluster);
  const query = auditQuery(
    filter,
    { column: 'stage', is: 'ResponseComplete' },
    { column: 'verb', not: READS },
    { column: 'resource', not: ['', ...NOT_KEPT] },
    { column: 'subresource', not: NOT_CHANGES },
    { column: 'code', is: [200, 201, 202] },
    ...where,
  );
  const changes: ChangeByHand[] = [];
  const damage = new Map<string, Damage>();
  // Most changes are programs', and originals are dear: who may have made any by hand is asked first.
  const who = await reader.count(query, ['user', 'impersonated', 'user_agent']);
  for (const part of who.damage) damage.set(part.part, part);
  const hands = who.rows
    .map(({ by }) => by.map(String) as [string, string, string])
    .filter(
      ([user, impersonated, agent]) => handOf(impersonated === '' ? user : impersonated, agent) !== undefined,
    );
  if (hands.length === 0) return { changes, more: false, damage: [...damage.values()] };
  const theirs: Test[] = [
    { column: 'user', is: [...new Set(hands.map(([user]) => user))] },
    { column: 'user_agent', is: [...new Set(hands.map(([, , agent]) => agent))] },
  ];
  const byThem = { ...query, where: [...(query.where ?? []), ...theirs], columns: COLUMNS };
  let more = false;
  for await (const page of eventPages(reader, byThem)) {
    for (const part of page.damage) damage.set(part.part, part);
    more ||= page.isCut;
    for (const record of page.events) {
      const change = changeOf(record, index);
      if (change === undefined || (!all && change.seenIn !== 'not-seen' && change.keepers.length === 0))
        continue;
      if (changes.length === limit) return { changes, more: true, damage: [...damage.values()] };
      changes.push(change);
    }
  }
  return { changes, more, damage: [...damage.values()] };
}

function changeOf(record: EventRecord, index: ObjectIndex | undefined): ChangeByHand | undefined {
  const { user, impersonated, user_agent: agent, uri } = record;
  const hand = handOf(impersonated === '' ? user : impersonated, agent);
  if (hand === undefined || /[?&]dryRun=/.test(uri)) return undefined;
  const { api_group: group, resource, subresource, namespace } = record;
  const body = auditBody(record.raw);
  const stated = metadataIn(body?.response) ?? metadataIn(body?.request);
  const name = record.name || String(stated?.['name'] ?? '');
  const now = index?.metadata(group, resource, namespace, name);
  // A patch shows what it changes only: labels that it leaves alone are in the answer, or in the object as it is.
  const seen = metadataIn(body?.response) ?? now ?? (record.verb === 'patch' ? undefined : stated);
  return {
    key: record.key,
    auditId: record.audit_id,
    time: record.time,
    cluster: record.cluster,
    hand,
    tool: toolOf(agent),
    user,
    impersonated,
    address: record.source_ip,
    agent,
    verb: record.verb,
    object: { group, resource, subresource, namespace, name },
    keepers: seen === undefined ? [] : keepersOf(seen),
    seenIn: seen === undefined ? 'not-seen' : seen === now ? 'cluster' : 'body',
  };
}

/** Undefined for what is no change by hand. */
export function handOf(user: string, agent: string): Hand | undefined {
  const isProgram =
    serviceAccountOf(user) !== undefined || isMachinery({ user, agent }) || user.startsWith('system:node:');
  if (isProgram) return toolOf(agent) === '' ? undefined : 'tool';
  // Users such as `system:kube-proxy` are parts of Kubernetes; anonymous ones may be anybody.
  if (user.startsWith('system:') && user !== 'system:anonymous' && user !== 'system:admin') return undefined;
  return KEEPER_AGENTS.test(agent) ? undefined : 'person';
}

/** The tool of people that an agent names; empty where it names none. */
export function toolOf(agent: string): string {
  return TOOLS.find(([pattern]) => pattern.test(agent))?.[1] ?? '';
}
