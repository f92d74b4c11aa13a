import { describe, expect, it } from 'vitest';
import { ManagedFields } from './managed-fields.ts';
import type { Step } from './stored/steps.ts';

// The example of the documentation (Server-Side Apply, "Field management"), and entries as kube-apiserver 1.37.2 writes them.
const metadata = {
  managedFields: [
    {
      manager: 'kubectl',
      operation: 'Apply',
      apiVersion: 'v1',
      time: '2010-10-10T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': {
          'f:labels': { 'f:test-label': {} },
          'f:finalizers': { '.': {}, 'v:"example.test/a"': {} },
        },
        'f:spec': {
          'f:replicas': {},
          'f:containers': {
            'k:{"name":"web"}': {
              '.': {},
              'f:name': {},
              'f:args': {},
              'f:image': {},
              'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
            },
          },
          'f:list': { 'i:1': { 'f:a': {} } },
        },
      },
    },
    {
      manager: 'kubectl-edit',
      operation: 'Update',
      time: '2010-10-11T00:00:00Z',
      fieldsV1: { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } } },
    },
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      subresource: 'scale',
      time: '2010-10-12T00:00:00Z',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    },
    { manager: 'odd', operation: 'Update', fieldsV1: { 'f:spec': { 'k:{broken': {} } } },
    null,
    { manager: 'none' },
  ],
};

const field = (name: string): Step => ({ kind: 'field', name });
const web: Step = { kind: 'item', keys: [['name', 'web']] };

function owners(...steps: Step[]): string[] {
  return new ManagedFields(metadata).ownersOf(steps).map(({ manager }) => manager);
}

describe('owners of fields', () => {
  it('are found by the path, the latest first', () => {
    expect(owners(field('spec'), field('containers'), web, field('image'))).toEqual([
      'kubectl-edit',
      'kubectl',
    ]);
    expect(owners(field('spec'), field('replicas'))).toEqual(['kube-controller-manager', 'kubectl']);
    expect(owners(field('metadata'), field('labels'), field('test-label'))).toEqual(['kubectl']);
  });

  it('say when, how and through what', () => {
    expect(new ManagedFields(metadata).ownersOf([field('spec'), field('replicas')])[0]).toEqual({
      manager: 'kube-controller-manager',
      operation: 'Update',
      subresource: 'scale',
      time: '2010-10-12T00:00:00Z',
    });
  });

  it('own what lies in a list or map that they own as a whole', () => {
    const args = [field('spec'), field('containers'), web, field('args')] as const;
    expect(owners(...args, { kind: 'index', index: 2 })).toEqual(['kubectl']);
  });

  it('own an item whose key has its default', () => {
    const ports = [field('spec'), field('containers'), web, field('ports')] as const;
    expect(owners(...ports, { kind: 'item', keys: [['containerPort', 80]] })).toEqual(['kubectl']);
    expect(owners(...ports, { kind: 'item', keys: [['containerPort', 81]] })).toEqual([]);
    const udp: Step = {
      kind: 'item',
      keys: [
        ['containerPort', 80],
        ['protocol', 'UDP'],
      ],
    };
    expect(owners(...ports, udp)).toEqual([]);
  });

  it('own items of sets and items by their index', () => {
    const finalizers = [field('metadata'), field('finalizers')] as const;
    expect(owners(...finalizers, { kind: 'member', value: 'example.test/a' })).toEqual(['kubectl']);
    expect(owners(...finalizers, { kind: 'member', value: 'example.test/b' })).toEqual([]);
    expect(owners(field('spec'), field('list'), { kind: 'index', index: 1 })).toEqual(['kubectl']);
  });

  it('do not own what they do not name', () => {
    expect(owners(field('spec'), field('paused'))).toEqual([]);
    expect(owners(field('data'))).toEqual([]);
    expect(new ManagedFields({}).ownersOf([field('spec')])).toEqual([]);
  });
});
