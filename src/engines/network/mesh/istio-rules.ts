import { asArray, asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { Address } from '../addresses.ts';
import type { Client } from './client.ts';
import { askedOfClients, type IstioRule } from './istio-named.ts';
import { domainIn, isAccount, isFrom, isLike, isNamespace, isPort, pair, strings } from './istio-values.ts';
import type { IstioSettings } from './settings.ts';
import { allOf, anyOf, type Truth, truthOf } from './truth.ts';

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
