import { asArray, asObject, type Json, type JsonObject } from '../../../kubernetes/json.ts';
import type { Address } from '../addresses.ts';
import type { Boundaries } from '../intervals.ts';
import { blockOf, strings } from './istio-values.ts';

/** One rule of an AuthorizationPolicy. */
export interface IstioRule {
  readonly raw: JsonObject;
  readonly path: string;
}

const OF_CLIENTS = {
  principal: ['principals', 'notPrincipals'],
  namespace: ['namespaces', 'notNamespaces'],
  serviceAccount: ['serviceAccounts', 'notServiceAccounts'],
  trustDomain: ['trustDomains', 'notTrustDomains'],
  ip: ['ipBlocks', 'notIpBlocks'],
} as const;

/** What a rule asks of clients, by the kind of the question. */
export function* askedOfClients(rule: JsonObject): Generator<readonly [keyof typeof OF_CLIENTS, string]> {
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
