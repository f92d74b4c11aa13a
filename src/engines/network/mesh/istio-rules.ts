import { asArray, asObject, asString, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import { type Address, parseAddress, parseBlock } from '../addresses.ts';
import type { Boundaries } from '../intervals.ts';
import { type Client, comesFrom } from './client.ts';
import type { IstioSettings } from './settings.ts';
import { allOf, anyOf, not, type Truth, truthOf } from './truth.ts';

/** A connection to a port of a pod behind one of Istio's proxies. */
export interface Connection {
  readonly client: Client;
  readonly port: number;
  /** Of the pod; undefined where they are not known. */
  readonly destinations: readonly Address[] | undefined;
  /** Whether it is certain that the proxy takes the port for TCP, without a look at requests. */
  readonly isTcp: boolean;
  readonly isAmbient: boolean;
}

/** Something that a rule asks of whoever connects. */
export type Question = (client: Client) => Truth;

/** One rule of an AuthorizationPolicy. */
export interface IstioRule {
  readonly raw: JsonObject;
  readonly path: string;
}

/** What is asked of requests alone, which TCP has none of. */
const HTTP_SOURCE = ['requestPrincipals', 'notRequestPrincipals'];
const HTTP_OPERATION = ['hosts', 'notHosts', 'methods', 'notMethods', 'paths', 'notPaths'];
const HTTP_CONDITION = /^request\./;

/**
 * Whether a rule is about a connection (istio/istio pilot/pkg/security/authz/model/model.go and generator.go; for ambient mode
 * pilot/pkg/serviceregistry/ambient/authorization.go, handleRule). At a port of TCP a rule that allows and asks for attributes of HTTP is
 * left out; in one that denies, these attributes are (https://istio.io/latest/docs/tasks/security/authorization/authz-tcp/).
 */
export class RuleReader {
  readonly #settings: IstioSettings;

  constructor(settings: IstioSettings) {
    this.#settings = settings;
  }

  /** @param namespace of the policy */
  matches(rule: IstioRule, action: 'ALLOW' | 'DENY', namespace: string, connection: Connection): Truth {
    const asksRequests = asksForHttp(rule.raw);
    if (!asksRequests) return this.#matches(rule.raw, namespace, connection, 'unknown');
    const onHttp = this.#matches(rule.raw, namespace, connection, 'unknown');
    if (connection.isAmbient || connection.isTcp) {
      if (action === 'ALLOW') return 'no';
      const rest = this.#matches(rule.raw, namespace, connection, 'yes');
      // Versions of ambient mode leave out either the attributes or the rule.
      return connection.isAmbient && rest === 'yes' ? 'unknown' : rest;
    }
    return onHttp;
  }

  /** What rules ask of clients, each question once; clients with the same answers are the same to them. */
  questions(
    rules: readonly { readonly rule: IstioRule; readonly namespace: string }[],
    isAmbient: boolean,
  ): readonly Question[] {
    const questions = new Map<string, Question>();
    for (const { rule, namespace } of rules) {
      for (const [key, value] of askedOfClients(rule.raw)) {
        const name = key === 'serviceAccount' ? `${key} ${namespace} ${value}` : `${key} ${value}`;
        if (questions.has(name)) continue;
        if (key === 'principal') {
          questions.set(name, this.#isPrincipal(value, isAmbient));
          continue;
        }
        if (key === 'trustDomain') {
          questions.set(name, this.#isDomain(value, isAmbient));
          continue;
        }
        questions.set(name, (client) => {
          if (key === 'namespace') return isNamespace(value, client.identity);
          return key === 'ip' ? isFrom(value, client) : isAccount(value, namespace, client.identity);
        });
      }
    }
    return [...questions.values()];
  }

  #matches(raw: JsonObject, namespace: string, connection: Connection, http: Truth): Truth {
    const entries = (field: string, of: string) =>
      (asArray(raw[field]) ?? []).map((entry) => asObject(asObject(entry)?.[of]) ?? {});
    const sources = entries('from', 'source').map((source) =>
      this.#source(source, namespace, connection, http),
    );
    const operations = entries('to', 'operation').map((operation) =>
      operationMatches(operation, connection, http),
    );
    return allOf([
      sources.length === 0 ? 'yes' : anyOf(sources),
      operations.length === 0 ? 'yes' : anyOf(operations),
      ...(asArray(raw['when']) ?? []).map((when) =>
        this.#condition(asObject(when) ?? {}, namespace, connection, http),
      ),
    ]);
  }

  #source(source: JsonObject, namespace: string, { client, isAmbient }: Connection, http: Truth): Truth {
    const { identity } = client;
    const both = (field: string, matches: (value: string) => Truth) =>
      pair(source[field], source[`not${field[0]!.toUpperCase()}${field.slice(1)}`], matches);
    return allOf([
      both('principals', (value) => this.#isPrincipal(value, isAmbient)(client)),
      both('namespaces', (value) => isNamespace(value, identity)),
      both('serviceAccounts', (value) => isAccount(value, namespace, identity)),
      both('ipBlocks', (value) => isFrom(value, client)),
      // Where the proxy takes it from depends on how the proxies before it are trusted.
      both('remoteIpBlocks', () => 'unknown'),
      both('trustDomains', (value) => this.#isDomain(value, isAmbient)(client)),
      HTTP_SOURCE.some((field) => strings(source[field]).length > 0) ? http : 'yes',
    ]);
  }

  #condition(when: JsonObject, namespace: string, connection: Connection, http: Truth): Truth {
    const key = asString(when['key']) ?? '';
    const { client, port, destinations, isAmbient } = connection;
    const both = (matches: (value: string) => Truth) => pair(when['values'], when['notValues'], matches);
    if (HTTP_CONDITION.test(key)) return http;
    switch (key) {
      case 'source.principal':
        return both((value) => this.#isPrincipal(value, isAmbient)(client));
      case 'source.namespace':
        return both((value) => isNamespace(value, client.identity));
      case 'source.serviceAccount':
        return isAmbient ? 'unknown' : both((value) => isAccount(value, namespace, client.identity));
      case 'source.trustDomain':
        return both((value) => this.#isDomain(value, isAmbient)(client));
      case 'source.ip':
        return both((value) => isFrom(value, client));
      case 'destination.port':
        return both((value) => isPort(value, port));
      case 'destination.ip':
        return both((value) => isFrom(value, { ...client, addresses: destinations }));
      default:
        return 'unknown';
    }
  }

  /** A domain that the mesh has or had is any of these; whether ambient mode asks for it depends on its version. */
  #isDomain(value: string, isAmbient: boolean): Question {
    const { trustDomains, isSeen } = this.#settings;
    const isOwn = trustDomains.includes(value) || isLike(value, trustDomains[0]!);
    const answer = isOwn ? 'yes' : isSeen ? 'no' : 'unknown';
    return ({ identity }) => {
      if (typeof identity === 'string') return identity === 'none' ? 'no' : 'unknown';
      return isAmbient ? 'unknown' : answer;
    };
  }

  /**
   * Of the form `<trust domain>/ns/<namespace>/sa/<account>`. `cluster.local` and the names that a domain had before stand for the domain
   * of the mesh (pilot/pkg/security/trustdomain/bundle.go); ambient mode takes them literally.
   */
  #isPrincipal(value: string, isAmbient: boolean): Question {
    const { trustDomains, isSeen } = this.#settings;
    const { stated, rest } = domainIn(value);
    const isPointer = stated === 'cluster.local' || (stated !== undefined && trustDomains.includes(stated));
    return ({ identity }) => {
      if (typeof identity === 'string') return identity === 'none' ? 'no' : 'unknown';
      if (isPointer && !isAmbient) return truthOf(isLike(rest, identity.path));
      if (isLike(value, `${trustDomains[0]!}${identity.path}`)) return 'yes';
      // Which trust domain the mesh has is not known.
      return !isSeen && stated !== undefined && isLike(rest, identity.path) ? 'unknown' : 'no';
    };
  }
}

/** The trust domain of a whole principal that names one, and what follows it. */
function domainIn(principal: string): { readonly stated: string | undefined; readonly rest: string } {
  const slash = principal.indexOf('/');
  const isWhole = slash > 0 && principal.split('/', 6).length === 5;
  const stated = principal.slice(0, slash);
  return isWhole && stated !== '*'
    ? { stated, rest: principal.slice(slash) }
    : { stated: undefined, rest: principal };
}

const OF_CLIENTS = {
  principal: ['principals', 'notPrincipals'],
  namespace: ['namespaces', 'notNamespaces'],
  serviceAccount: ['serviceAccounts', 'notServiceAccounts'],
  trustDomain: ['trustDomains', 'notTrustDomains'],
  ip: ['ipBlocks', 'notIpBlocks'],
} as const;

function* askedOfClients(rule: JsonObject): Generator<readonly [keyof typeof OF_CLIENTS, string]> {
  for (const key of ['principal', 'namespace', 'serviceAccount', 'trustDomain', 'ip'] as const) {
    for (const entry of asArray(rule['from']) ?? []) {
      const source = asObject(asObject(entry)?.['source']) ?? {};
      for (const field of OF_CLIENTS[key]) for (const value of strings(source[field])) yield [key, value];
    }
    for (const entry of asArray(rule['when']) ?? []) {
      const when = asObject(entry) ?? {};
      if (when['key'] !== `source.${key}`) continue;
      for (const field of ['values', 'notValues'])
        for (const value of strings(when[field])) yield [key, value];
    }
  }
}

function asksForHttp(rule: JsonObject): boolean {
  const asks = (field: string, of: string, fields: readonly string[]) =>
    (asArray(rule[field]) ?? []).some((entry) => {
      const own = asObject(asObject(entry)?.[of]) ?? {};
      return fields.some((each) => strings(own[each]).length > 0);
    });
  return (
    asks('from', 'source', HTTP_SOURCE) ||
    asks('to', 'operation', HTTP_OPERATION) ||
    (asArray(rule['when']) ?? []).some((when) => HTTP_CONDITION.test(asString(asObject(when)?.['key']) ?? ''))
  );
}

function operationMatches(operation: JsonObject, { port }: Connection, http: Truth): Truth {
  return allOf([
    pair(operation['ports'], operation['notPorts'], (value) => isPort(value, port)),
    HTTP_OPERATION.some((field) => strings(operation[field]).length > 0) ? http : 'yes',
  ]);
}

/** Any of the values, and none of the others. */
function pair(values: Json | undefined, others: Json | undefined, matches: (value: string) => Truth): Truth {
  const [is, isNot] = [strings(values).map(matches), strings(others).map(matches)];
  return allOf([is.length === 0 ? 'yes' : anyOf(is), isNot.length === 0 ? 'yes' : not(anyOf(isNot))]);
}

function strings(value: Json | undefined): string[] {
  return (asArray(value) ?? []).map((each) =>
    typeof each === 'number' ? String(each) : (asString(each) ?? ''),
  );
}

/** Exact, or with `*` at one end, or `*` for anything at all (pilot/pkg/security/authz/matcher/string.go). */
function isLike(pattern: string, text: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** `*` stands for any text, wherever it is. */
function isNamespace(pattern: string, identity: Client['identity']): Truth {
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
function isAccount(value: string, namespace: string, identity: Client['identity']): Truth {
  if (typeof identity === 'string') return identity === 'none' ? 'no' : 'unknown';
  const slash = value.indexOf('/');
  const meant =
    slash < 0
      ? { namespace, account: value }
      : { namespace: value.slice(0, slash), account: value.slice(slash + 1) };
  return truthOf(meant.namespace === identity.namespace && meant.account === identity.account);
}

function isFrom(value: string, client: Client): Truth {
  const block = blockOf(value);
  return block === undefined ? 'unknown' : comesFrom(client, block);
}

function blockOf(value: string): Boundaries<Address> | undefined {
  if (value.includes('/')) return parseBlock(value);
  const address = parseAddress(value);
  return address === undefined ? undefined : [address, address + 1n];
}

function isPort(value: string, port: number): Truth {
  return /^\d{1,5}$/.test(value) ? truthOf(Number(value) === port) : 'unknown';
}

/** The ports that rules name, and their blocks of addresses. */
export function namedIn(rules: readonly IstioRule[]): {
  readonly ports: readonly number[];
  readonly blocks: readonly Boundaries<Address>[];
} {
  const ports: number[] = [];
  const blocks: Boundaries<Address>[] = [];
  const note = (value: Json | undefined, isAddress: boolean) => {
    for (const each of strings(value)) {
      if (!isAddress) ports.push(Number(each));
      else {
        const block = blockOf(each);
        if (block !== undefined) blocks.push(block);
      }
    }
  };
  for (const { raw } of rules) {
    for (const entry of asArray(raw['to']) ?? []) {
      const operation = asObject(asObject(entry)?.['operation']) ?? {};
      for (const field of ['ports', 'notPorts']) note(operation[field], false);
    }
    for (const entry of asArray(raw['from']) ?? []) {
      const source = asObject(asObject(entry)?.['source']) ?? {};
      for (const field of ['ipBlocks', 'notIpBlocks']) note(source[field], true);
    }
    for (const entry of asArray(raw['when']) ?? []) {
      const when = asObject(entry) ?? {};
      const isPorts = when['key'] === 'destination.port';
      if (!isPorts && when['key'] !== 'source.ip') continue;
      for (const field of ['values', 'notValues']) note(when[field], !isPorts);
    }
  }
  return { ports: ports.filter((port) => Number.isInteger(port)), blocks };
}
