import { expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/json.ts';
import { breadthOf } from './breadth.ts';
import { Network } from './network.ts';

function breadth(peers: JsonObject[] | undefined, isEvery: () => boolean = () => false) {
  const { model } = Network.of([
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'p', namespace: 'shop' },
      spec: { podSelector: {}, ingress: [peers === undefined ? {} : { from: peers }] },
    },
  ]);
  return breadthOf(model.policies[0]!.ingress![0]!, isEvery);
}

const block = (cidr: string, ...except: string[]): JsonObject => ({ ipBlock: { cidr, except } });
const at = (index: number) => `spec.ingress[0].from[${index}]`;

// Which addresses are globally reachable: IANA's special-purpose registries (RFC 6890).
test.each<[string, JsonObject[], string | undefined]>([
  ['everything', [block('0.0.0.0/0')], at(0)],
  [
    'everything but what is no part of the internet',
    [block('0.0.0.0/0', '10.0.0.0/8', '169.254.169.254/32')],
    at(0),
  ],
  ['one address less', [block('0.0.0.0/0', '8.8.8.8/32')], undefined],
  ['two halves', [{ podSelector: {} }, block('0.0.0.0/1'), block('128.0.0.0/1')], at(1)],
  ['one half', [block('0.0.0.0/1')], undefined],
  ['a hole that another block fills', [block('0.0.0.0/0', '8.0.0.0/8'), block('8.0.0.0/7')], at(0)],
  ['IPv6', [block('::/0')], at(0)],
  ['all that IPv6 has given out', [block('10.0.0.0/8'), block('2000::/3'), block('64:ff9b::/96')], at(1)],
  ['private networks', [block('10.0.0.0/8'), block('fc00::/7')], undefined],
])('blocks that are the internet: %s', (_, peers, expected) => {
  expect(breadth(peers)).toMatchObject({ isEverybody: false, internet: expected });
});

test('a rule without peers is everybody', () => {
  expect(breadth(undefined).isEverybody).toBe(true);
  expect(breadth([]).isEverybody).toBe(true);
});

const chosen = (expression: JsonObject): JsonObject => ({
  namespaceSelector: { matchExpressions: [expression] },
});

test.each<[string, JsonObject, string | undefined]>([
  ['an empty selector', { namespaceSelector: {} }, 'all'],
  ['an empty selector of pods besides', { namespaceSelector: {}, podSelector: {} }, 'all'],
  ['labels of pods', { namespaceSelector: {}, podSelector: { matchLabels: { a: 'b' } } }, 'by-labels'],
  ['the own namespace', { podSelector: {} }, undefined],
  ['a label of namespaces', { namespaceSelector: { matchLabels: { a: 'b' } } }, undefined],
  ['a label that is not there', chosen({ key: 'a', operator: 'DoesNotExist' }), 'but-some'],
  [
    'all names but one',
    chosen({ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['x'] }),
    'but-some',
  ],
  ['one name', chosen({ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['x'] }), undefined],
])('peers of every namespace: %s', (_, peer, which) => {
  expect(breadth([peer]).namespaces).toEqual(which === undefined ? [] : [{ path: at(0), which }]);
});

test('what every known namespace has leaves out none', () => {
  const peer = { namespaceSelector: { matchLabels: { a: 'b' } } };
  expect(breadth([peer], () => true).namespaces).toEqual([{ path: at(0), which: 'all' }]);
});
