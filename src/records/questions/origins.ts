import type { Entry } from './entry.ts';
import type { Investigation } from './investigation.ts';

/** How a user proved who he is. */
export type CredentialKind =
  | 'service-account-token'
  | 'certificate'
  | 'cloud-identity'
  | 'anonymous'
  | 'other-token'
  | 'not-told';

export interface Origin {
  readonly cluster: string;
  readonly user: string;
  readonly impersonated: string;
  readonly ip: string;
  /** The client and the proxies behind it, as the API server was told. */
  readonly ips: readonly string[];
  readonly agent: string;
  readonly credential: string;
  readonly credentialKind: CredentialKind;
  readonly pod: string;
  readonly node: string;
  readonly times: number;
  readonly first: number;
  readonly last: number;
  /** Never before in the records did this user come from this address, or with this program; undefined where he was not seen before at all. */
  readonly newAddress: boolean | undefined;
  readonly newAgent: boolean | undefined;
}

/** Users whose past is looked up. */
const USERS = 20;

/** From where entries came, the most frequent first. */
export async function originsOf(investigation: Investigation, entries: readonly Entry[]): Promise<Origin[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.source !== 'audit') continue;
    const { cluster, user, impersonated, ips, agent, credential, pod, node } = entry;
    const key = JSON.stringify([cluster, user, impersonated, ips, agent, credential, pod, node]);
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [entry]);
    else same.push(entry);
  }
  const pasts = new Map<string, Past>();
  const origins: Origin[] = [];
  for (const group of groups.values()) {
    const [first] = group as [Entry];
    const { user, impersonated, ip, ips, agent, credential, pod, node, cluster } = first;
    const key = JSON.stringify([cluster, user]);
    if (!pasts.has(key) && pasts.size < USERS) pasts.set(key, await pastOf(investigation, first, entries));
    const past = pasts.get(key);
    origins.push({
      cluster,
      user,
      impersonated,
      ip,
      ips,
      agent,
      credential,
      credentialKind: credentialKindOf(first),
      pod,
      node,
      times: group.length,
      first: first.time,
      last: group.at(-1)!.time,
      newAddress: past?.known === true ? !past.addresses.has(ip) : undefined,
      newAgent: past?.known === true ? !past.agents.has(agent) : undefined,
    });
  }
  return origins.sort((a, b) => b.times - a.times || a.first - b.first);
}

interface Past {
  readonly known: boolean;
  readonly addresses: ReadonlySet<string>;
  readonly agents: ReadonlySet<string>;
}

/** What is recorded of a user before the first of the entries. */
async function pastOf(
  investigation: Investigation,
  { user, cluster }: Entry,
  entries: readonly Entry[],
): Promise<Past> {
  const own = entries.filter((entry) => entry.user === user && entry.cluster === cluster);
  const first = own.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const { rows } = await investigation.count(
    {
      to: first - 1,
      where: [
        { column: 'source', is: 'audit' },
        { column: 'cluster', is: cluster },
        { column: 'user', is: user },
        // What was refused does not make an address a usual one.
        { column: 'decision', not: 'forbid' },
      ],
    },
    ['source_ip', 'user_agent'],
  );
  return {
    known: rows.length > 0,
    addresses: new Set(rows.map(({ by }) => String(by[0]))),
    agents: new Set(rows.map(({ by }) => String(by[1]))),
  };
}

export function credentialKindOf({ credential, user }: Pick<Entry, 'credential' | 'user'>): CredentialKind {
  if (user === 'system:anonymous') return 'anonymous';
  if (credential.startsWith('aws ')) return 'cloud-identity';
  if (credential.includes('X509SHA256=')) return 'certificate';
  if (credential.includes('JTI='))
    return user.startsWith('system:serviceaccount:') ? 'service-account-token' : 'other-token';
  return 'not-told';
}
