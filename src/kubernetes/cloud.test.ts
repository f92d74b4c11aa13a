import { describe, expect, test } from 'vitest';
import { cloudOf } from './cloud.ts';
import { Cluster } from './cluster.ts';
import type { JsonObject } from './json.ts';
import { KubernetesObject } from './object.ts';

function cluster(...raws: JsonObject[]): Cluster {
  const place = { start: 0, end: 0, line: 1, column: 1, format: 'yaml', within: '' } as const;
  return new Cluster(
    raws.map((raw, document) => new KubernetesObject(raw, { ...place, file: { path: 'a' }, document })),
    { isComplete: true },
  );
}

const node = (name: string, providerID?: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: providerID === undefined ? {} : { providerID },
});
const facts = (gitVersion: string): JsonObject => ({
  apiVersion: 'kubestride.evidence/v1',
  kind: 'ClusterFacts',
  metadata: { name: 'cluster' },
  spec: { version: { gitVersion } },
});

describe('the cloud of a cluster', () => {
  test.each<[string, JsonObject[], string | undefined]>([
    ['nothing', [], undefined],
    ['a machine of AWS', [node('a', 'aws:///eu-west-1a/i-0123')], 'AWS'],
    ['one node of several', [node('a'), node('b', 'gce://p/z/n')], 'Google Cloud'],
    ['a distribution', [facts('v1.33.1-eks-1234')], 'AWS'],
    ['nodes without a provider', [node('a'), node('b')], undefined],
    ['containers', [node('a', 'kind://docker/kind/a')], 'none'],
    ['a machine that does not say', [node('a', 'kind://docker/kind/a'), node('b')], undefined],
    ['an unknown provider', [node('a', 'acme://1')], undefined],
  ])('%s', (_, objects, expected) => {
    const cloud = cloudOf(cluster(...objects));
    expect(typeof cloud === 'object' ? cloud.name : cloud).toBe(expected);
  });
});
