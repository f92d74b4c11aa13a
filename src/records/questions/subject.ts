import { serviceAccountUser } from '../../engines/authorization/index.ts';
import type { Test } from '../store/event-store.ts';
import { addressTest } from './addresses.ts';
import { among } from './tests.ts';

/** Whose deeds are asked about. */
export type Subject =
  | { readonly kind: 'user' | 'group' | 'ip' | 'credential' | 'node' | 'agent'; readonly name: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string };

const KINDS: Readonly<Record<string, Exclude<Subject['kind'], 'pod'> | 'pod' | 'account'>> = {
  user: 'user',
  group: 'group',
  ip: 'ip',
  credential: 'credential',
  node: 'node',
  agent: 'agent',
  pod: 'pod',
  sa: 'account',
  serviceaccount: 'account',
};

/**
 * Reads `user:NAME`, `group:NAME`, `sa:NS/NAME` (or `serviceaccount:…`), `ip:ADDRESS` (also `10.0.0.0/8`), `credential:…`,
 * `agent:…` (with `*`), `node:NAME`, `pod:NS/NAME`; anything else is the name of a user, `system:serviceaccount:NS:NAME` among them.
 * Undefined where the kind wants more than is given.
 */
export function parseSubject(text: string): Subject | undefined {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? undefined : KINDS[text.slice(0, colon).toLowerCase()];
  if (kind === undefined) return text === '' ? undefined : { kind: 'user', name: text };
  const rest = text.slice(colon + 1);
  if (rest === '') return undefined;
  if (kind !== 'account' && kind !== 'pod') {
    if (kind === 'ip' && addressTest(rest) === undefined) return undefined;
    return { kind, name: rest };
  }
  const [namespace = '', name = '', ...more] = rest.split('/');
  if (namespace === '' || name === '' || more.length > 0) return undefined;
  return kind === 'pod'
    ? { kind, namespace, name }
    : { kind: 'user', name: serviceAccountUser(namespace, name) };
}

/** What a record must be to be the subject's deed. */
export function isDeedOf(subject: Subject): Test {
  const { kind, name } = subject;
  switch (kind) {
    case 'user':
      return {
        any: [
          { column: 'user', is: name },
          { column: 'impersonated', is: name },
        ],
      };
    case 'group':
      return among('groups', name);
    case 'ip':
      return addressTest(name) ?? { column: 'source_ip', is: name };
    case 'credential':
      return {
        any: [
          { column: 'credential', is: name },
          { column: 'credential', like: `*${name}` },
        ],
      };
    case 'agent':
      return name.includes('*') ? { column: 'user_agent', like: name } : { column: 'user_agent', is: name };
    case 'node':
      return {
        any: [
          { column: 'user', is: `system:node:${name}` },
          { column: 'node', is: name },
        ],
      };
    case 'pod':
      return inPod(subject.namespace, name);
  }
}

/**
 * With a token that is bound to a pod, or seen in it. Requests name their object's namespace; the pod's is that of the service account.
 */
export function inPod(namespace: string, name: string): Test {
  return {
    any: [
      { column: 'pod', is: `${namespace}/${name}` },
      {
        all: [
          { column: 'pod', is: name },
          {
            any: [
              { column: 'user', like: `${serviceAccountUser(namespace, '')}*` },
              {
                all: [
                  { column: 'source', not: 'audit' },
                  { column: 'namespace', is: namespace },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}
