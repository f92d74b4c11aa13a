import type { RequestAttributes, UserInfo } from '../attributes.ts';
import { userOf } from '../identity.ts';
import type { Subject } from '../rbac/grant.ts';

/** What was asked for, without who asked and for which object. */
export type Action = Pick<
  RequestAttributes,
  'verb' | 'isResourceRequest' | 'apiGroup' | 'resource' | 'subresource' | 'namespace' | 'path'
>;

/** One thing that a user asked for, however often and of whichever objects. */
export interface Use {
  readonly action: Action;
  /** False: it was refused each time that is counted here. */
  readonly allowed: boolean;
  /** Why it was asked: by the client (`request`), or by the API server on the way to something else. */
  readonly occasions: ReadonlySet<string>;
  readonly count: number;
  /** Names of the objects, empty for what has none; a name that came after the limit is not among them. */
  readonly names: ReadonlySet<string>;
  readonly hasMoreNames: boolean;
  /** Milliseconds since the epoch; undefined where no time was told. */
  readonly first: number | undefined;
  readonly last: number | undefined;
}

/** What one user did, with one set of groups. */
export interface UserUses {
  readonly user: UserInfo;
  readonly requests: number;
  readonly refused: number;
  readonly uses: readonly Use[];
}

/** A resource as rules name it, with its subresource. */
export function typeOf({ resource, subresource }: Pick<Action, 'resource' | 'subresource'>): string {
  return subresource === '' ? resource : `${resource}/${subresource}`;
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };
type OpenUse = Omit<Mutable<Use>, 'names' | 'occasions'> & { names: Set<string>; occasions: Set<string> };

interface OpenUser {
  readonly user: UserInfo;
  requests: number;
  refused: number;
  readonly byAction: Map<string, OpenUse>;
}

/** Names of objects that are kept of one thing asked for: more of them say no more about it. */
const MOST_NAMES = 1000;

/** Collects who asked for what out of any number of requests, in memory that grows with what is different about them only. */
export class UsageLog {
  readonly #users = new Map<string, OpenUser>();
  readonly #byName = new Map<string, OpenUser[]>();
  readonly #byGroup = new Map<string, OpenUser[]>();

  /**
   * @param occasion `request` for what the client asked; else why the API server asked its authorizer
   * @param time of the request; of several the last
   * @param several of requests that are alike and were counted before: how many, and the time of the first
   */
  add(
    attributes: RequestAttributes,
    allowed: boolean,
    occasion: string,
    time: number | undefined,
    several?: { readonly count: number; readonly first: number | undefined },
  ): void {
    const { user, verb, name, isResourceRequest, apiGroup, resource, subresource, namespace, path } =
      attributes;
    const own = this.#userOf(user);
    const count = several?.count ?? 1;
    if (occasion === 'request') {
      own.requests += count;
      if (!allowed) own.refused += count;
    }
    const what = isResourceRequest ? `${apiGroup}\n${resource}\n${subresource}\n${namespace}` : path;
    const key = `${allowed ? '' : '!'}${verb}\n${what}`;
    let use = own.byAction.get(key);
    if (use === undefined) {
      const action = { verb, isResourceRequest, apiGroup, resource, subresource, namespace, path };
      const none = { count: 0, hasMoreNames: false, first: undefined, last: undefined };
      use = { action, allowed, occasions: new Set(), names: new Set(), ...none };
      own.byAction.set(key, use);
    }
    use.count += count;
    use.occasions.add(occasion);
    if (use.names.size < MOST_NAMES) use.names.add(name);
    else if (!use.names.has(name)) use.hasMoreNames = true;
    if (time === undefined) return;
    const first = several?.first ?? time;
    if (use.first === undefined || first < use.first) use.first = first;
    if (use.last === undefined || time > use.last) use.last = time;
  }

  #userOf(user: UserInfo): OpenUser {
    const key = `${user.name}\n${user.groups.join('\n')}`;
    let own = this.#users.get(key);
    if (own === undefined) {
      own = { user, requests: 0, refused: 0, byAction: new Map() };
      this.#users.set(key, own);
      addTo(this.#byName, user.name, own);
      for (const group of new Set(user.groups)) addTo(this.#byGroup, group, own);
    }
    return own;
  }

  /** Everyone who asked for something. The same user with other groups is another entry. */
  users(): UserUses[] {
    return [...this.#users.values()].map(closed);
  }

  /** Those that a subject stands for: one user name, or the members of a group. */
  of(subject: Subject): UserUses[] {
    const name = userOf(subject);
    const users = name === undefined ? this.#byGroup.get(subject.name) : this.#byName.get(name);
    return (users ?? []).map(closed);
  }
}

function closed({ byAction, ...rest }: OpenUser): UserUses {
  return { ...rest, uses: [...byAction.values()] };
}

function addTo(index: Map<string, OpenUser[]>, key: string, user: OpenUser): void {
  const users = index.get(key);
  if (users === undefined) index.set(key, [user]);
  else users.push(user);
}
