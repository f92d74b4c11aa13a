import type { Json } from '../../../kubernetes/json.ts';
import { asArray, asString } from '../../../kubernetes/json.ts';
import { type Address, parseAddress, parseBlock } from '../addresses.ts';
import type { Boundaries } from '../intervals.ts';
import { type Client, comesFrom } from './client.ts';
import { allOf, anyOf, not, type Truth, truthOf } from './truth.ts';

/** The trust domain of a whole principal that names one, and what follows it. */
export function domainIn(principal: string): { readonly stated: string | undefined; readonly rest: string } {
  const slash = principal.indexOf('/');
  const isWhole = slash > 0 && principal.split('/', 6).length === 5;
  const stated = principal.slice(0, slash);
  return isWhole && stated !== '*'
    ? { stated, rest: principal.slice(slash) }
    : { stated: undefined, rest: principal };
}

/** Any of the values, and none of the others. */
export function pair(
  values: Json | undefined,
  others: Json | undefined,
  matches: (value: string) => Truth,
): Truth {
  const [is, isNot] = [strings(values).map(matches), strings(others).map(matches)];
  return allOf([is.length === 0 ? 'yes' : anyOf(is), isNot.length === 0 ? 'yes' : not(anyOf(isNot))]);
}

export function strings(value: Json | undefined): string[] {
  return (asArray(value) ?? []).map((each) =>
    typeof each === 'number' ? String(each) : (asString(each) ?? ''),
  );
}

/** Exact, or with `*` at one end, or `*` for anything at all (pilot/pkg/security/authz/matcher/string.go). */
export function isLike(pattern: string, text: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** `*` stands for any text, wherever it is. */
export function isNamespace(pattern: string, identity: Client['identity']): Truth {
  if (typeof identity === 'string') return identity === 'none' ? 'no' : 'unknown';
  const { namespace } = identity;
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return truthOf(namespace === first);
  if (!namespace.startsWith(first)) return 'no';
  let from = first.length;
  for (const part of others) {
    const at = namespace.indexOf(part, from);
    if (at < 0) return 'no';
    from = at + part.length;
  }
  return truthOf(namespace.length - last.length >= from && namespace.endsWith(last));
}

/** `namespace/name`, or a name in the namespace of the policy; no wildcards. */
export function isAccount(value: string, namespace: string, identity: Client['identity']): Truth {
  if (typeof identity === 'string') return identity === 'none' ? 'no' : 'unknown';
  const slash = value.indexOf('/');
  const meant =
    slash < 0
      ? { namespace, account: value }
      : { namespace: value.slice(0, slash), account: value.slice(slash + 1) };
  return truthOf(meant.namespace === identity.namespace && meant.account === identity.account);
}

export function isFrom(value: string, client: Client): Truth {
  const block = blockOf(value);
  return block === undefined ? 'unknown' : comesFrom(client, block);
}

export function blockOf(value: string): Boundaries<Address> | undefined {
  if (value.includes('/')) return parseBlock(value);
  const address = parseAddress(value);
  return address === undefined ? undefined : [address, address + 1n];
}

export function isPort(value: string, port: number): Truth {
  return /^\d{1,5}$/.test(value) ? truthOf(Number(value) === port) : 'unknown';
}
