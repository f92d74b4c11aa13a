import { isBootstrap, serviceAccountOf, serviceAccountUser } from '../../engines/authorization/index.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { asObject, asString } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { authorizationReason } from '../questions/authorization-reason.ts';
import type { Damage, EventReader } from '../store/event-store.ts';
import {
  ageDoubt,
  auditQuery,
  DECIDED,
  type Doubt,
  type Period,
  RequestCount,
  type Sight,
  type SightOptions,
  sightOf,
  type UsageFilter,
  type Verdict,
  verdictOf,
} from './period.ts';

/** Something that could be taken away if nobody uses it. */
export interface UseOf {
  readonly verdict: Verdict;
  readonly requests: number;
  /** Microseconds since the epoch; undefined where no use was seen. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Why `unused` cannot be said; also told of what is used. */
  readonly doubts: readonly Doubt[];
}

export interface AccountUse extends UseOf {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret of type `kubernetes.io/service-account-token`, whose token never expires. */
export interface LegacyTokenUse extends Omit<UseOf, 'requests' | 'first'> {
  readonly namespace: string;
  /** Of the Secret. */
  readonly name: string;
  readonly account: string;
  /** The day since which the API server refuses it, `YYYY-MM-DD`. */
  readonly invalidSince: string | undefined;
}

/** A credential that was used, and not of late. */
export interface IdleCredential {
  readonly credential: string;
  readonly user: string;
  readonly first: number;
  readonly last: number;
}

export interface BindingUse extends UseOf {
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding';
  readonly namespace: string | undefined;
  readonly name: string;
  readonly role: { readonly kind: string; readonly name: string };
  /** Every API server makes it by itself. */
  readonly isBootstrap: boolean;
}

export interface Unused {
  readonly sight: Sight;
  /** Towards the API server: a token may be shown to others, such as a cloud's identity service. */
  readonly accounts: readonly AccountUse[];
  readonly legacyTokens: readonly LegacyTokenUse[];
  readonly credentials: readonly IdleCredential[];
  /** The reason of a request names the first binding that allows it: of two that grant the same, one goes unnamed. */
  readonly bindings: readonly BindingUse[];
  readonly damage: readonly Damage[];
}

/**
 * Which service accounts, legacy tokens and bindings of a cluster nothing in a period of the records used, and which credentials were last
 * seen before it. @throws as EventReader
 */
export async function unusedIn(
  reader: EventReader,
  cluster: Cluster,
  filter: UsageFilter & Period,
  options?: SightOptions,
): Promise<Unused> {
  const sight = await sightOf(reader, filter, options);
  const damage = new Map<string, Damage>();
  const note = <T extends { readonly damage: readonly Damage[] }>(answer: T): T => {
    for (const part of answer.damage) damage.set(part.part, part);
    return answer;
  };
  const accounts = await accountsOf(reader, cluster, filter, sight, note);
  const bindings = await bindingsOf(reader, cluster, filter, sight, note);
  const credentials = await idleCredentials(reader, filter, note);
  const legacyTokens = legacyTokensOf(cluster, filter);
  return { sight, accounts, legacyTokens, credentials, bindings, damage: [...damage.values()] };
}

type Note = <T extends { readonly damage: readonly Damage[] }>(answer: T) => T;

async function accountsOf(
  reader: EventReader,
  cluster: Cluster,
  filter: UsageFilter & Period,
  sight: Sight,
  note: Note,
): Promise<AccountUse[]> {
  const query = auditQuery(filter, DECIDED, { column: 'user', like: serviceAccountUser('*', '*') });
  const { rows } = note(await reader.count(query, ['user', 'verb', 'resource', 'subresource', 'stage']));
  const counts = new Map<string, Map<string, RequestCount>>();
  let readsAny = false;
  for (const { by, events, first, last } of rows) {
    const [user = '', verb, resource, subresource, stage] = by;
    if (verb === 'get' || verb === 'list' || verb === 'watch') readsAny ||= resource !== '';
    const own = counts.get(String(user)) ?? new Map<string, RequestCount>();
    counts.set(String(user), own);
    const key = `${verb} ${resource}/${subresource}`;
    const count = own.get(key) ?? new RequestCount();
    own.set(key, count);
    count.add(String(stage), events, first, last);
  }
  const doubts: Doubt[] = readsAny ? [...sight.doubts] : [...sight.doubts, 'reads-not-recorded'];
  return cluster.ofKind('ServiceAccount').map((object) => {
    const namespace = object.namespace ?? 'default';
    const user = serviceAccountUser(namespace, object.name);
    return {
      namespace,
      name: object.name,
      ...useOf([...(counts.get(user)?.values() ?? [])], doubts, object, filter),
    };
  });
}

/** Groups are told, so that those whom no authorizer was asked about can be told from those of whom it gave no reason. */
async function bindingsOf(
  reader: EventReader,
  cluster: Cluster,
  filter: UsageFilter & Period,
  sight: Sight,
  note: Note,
): Promise<BindingUse[]> {
  const query = auditQuery(filter, DECIDED, { column: 'decision', is: 'allow' });
  const { rows } = note(await reader.count(query, ['reason', 'user', 'groups', 'stage']));
  const counts = new Map<string, Map<string, RequestCount>>();
  let isTold = false;
  let isMissing = false;
  for (const { by, events, first, last } of rows) {
    const [reason = '', user = '', groups = '', stage] = by;
    const told = authorizationReason(String(reason), String(user), String(groups).split('\n'));
    if (told.by === 'silent' && !NEEDS_NO_BINDING.has(String(user))) isMissing = true;
    if (told.by !== 'rbac') continue;
    isTold = true;
    const { kind, namespace, name } = told.binding;
    const key = `${kind}/${namespace}/${name}`;
    const own = counts.get(key) ?? new Map<string, RequestCount>();
    counts.set(key, own);
    const count = own.get(String(user)) ?? new RequestCount();
    own.set(String(user), count);
    count.add(String(stage), events, first, last);
  }
  const doubts: Doubt[] = isTold && !isMissing ? [...sight.doubts] : [...sight.doubts, 'reasons-missing'];
  return cluster.bindings.map((binding) => {
    const { object } = binding;
    const isClusterWide = object.kind === 'ClusterRoleBinding';
    const namespace = isClusterWide ? '' : (object.namespace ?? 'default');
    const own = [...(counts.get(`${object.kind}/${namespace}/${object.name}`)?.values() ?? [])];
    return {
      kind: isClusterWide ? 'ClusterRoleBinding' : 'RoleBinding',
      namespace: isClusterWide ? undefined : namespace,
      name: object.name,
      role: { kind: binding.roleKind, name: binding.roleName },
      isBootstrap: isBootstrap(object.raw),
      ...useOf(own, doubts, object, filter),
    };
  });
}

/** The API server's own client is in system:masters; some exports leave its groups out. */
const NEEDS_NO_BINDING: ReadonlySet<string> = new Set(['system:apiserver']);

function useOf(
  counts: readonly RequestCount[],
  doubts: readonly Doubt[],
  object: KubernetesObject,
  period: Period,
): UseOf {
  const requests = counts.reduce((sum, count) => sum + count.requests, 0);
  const all = [...doubts, ...ageDoubt(asString(object.metadata['creationTimestamp']), period)];
  return {
    verdict: verdictOf(requests, all),
    requests,
    first: requests === 0 ? undefined : Math.min(...counts.map(({ first }) => first)),
    last: requests === 0 ? undefined : Math.max(...counts.map(({ last }) => last)),
    doubts: all,
  };
}

async function idleCredentials(
  reader: EventReader,
  filter: UsageFilter & Period,
  note: Note,
): Promise<IdleCredential[]> {
  const { from, ...any } = filter;
  const query = auditQuery(
    { ...(any.clusters === undefined ? {} : { clusters: any.clusters }), to: filter.to },
    DECIDED,
    {
      column: 'credential',
      not: '',
    },
  );
  const { rows } = note(await reader.count(query, ['credential', 'user']));
  return rows
    .filter(({ last, by }) => last < from && serviceAccountOf(String(by[1])) === undefined)
    .map(({ by, first, last }) => ({ credential: String(by[0]), user: String(by[1]), first, last }))
    .sort((a, b) => a.last - b.last);
}

/** Labels that the API server puts on such Secrets, and where it notes since when (KEP-2799; pkg/serviceaccount/legacy.go). */
const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';
const TRACKING = 'kube-apiserver-legacy-service-account-token-tracking';
const DAY = 86_400_000_000;

function legacyTokensOf(cluster: Cluster, period: Period): LegacyTokenUse[] {
  const tracking = cluster
    .ofKind('ConfigMap')
    .find(({ namespace, name }) => namespace === 'kube-system' && name === TRACKING);
  const trackedSince = dayOf(asString(asObject(tracking?.raw['data'])?.['since']));
  return cluster
    .ofKind('Secret')
    .filter(({ raw }) => raw['type'] === 'kubernetes.io/service-account-token')
    .map(({ namespace = 'default', name, labels, annotations, metadata }) => {
      const day = dayOf(labels[LAST_USED]);
      // The label tells a day, so that its use may have been at the end of it.
      const isUsed = day !== undefined && day + DAY > period.from;
      const doubts: Doubt[] = [
        ...(trackedSince === undefined || trackedSince > period.from
          ? (['tracking-too-young'] as const)
          : []),
        ...ageDoubt(asString(metadata['creationTimestamp']), period),
      ];
      return {
        namespace,
        name,
        account: annotations['kubernetes.io/service-account.name'] ?? '',
        invalidSince: labels[INVALID_SINCE],
        verdict: verdictOf(isUsed ? 1 : 0, doubts),
        last: day,
        doubts,
      };
    });
}

/** Microseconds since the epoch of the beginning of a day `YYYY-MM-DD`, UTC. */
function dayOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) ? undefined : time * 1000;
}
