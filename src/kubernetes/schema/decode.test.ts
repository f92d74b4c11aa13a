import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../json.ts';
import { BUILT_IN_SCHEMA, refusal } from './index.ts';

// Expected messages are upstream's (sigs.k8s.io/json into k8s.io/api types); tests/differential/decode.test.ts compares them all.
const check = (object: JsonObject) => BUILT_IN_SCHEMA.checkObject(object);
const pod = (spec: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec,
});

describe('Schema', () => {
  it('takes a good object', () => {
    expect(
      check(pod({ containers: [{ name: 'a', resources: { limits: { cpu: 1, memory: '1Gi' } } }] })),
    ).toEqual({
      known: true,
      problems: [],
    });
  });

  it('refuses what YAML turned into a boolean', () => {
    const { problems } = check({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: false } });
    expect(problems).toEqual([
      {
        path: 'metadata.namespace',
        kind: 'wrong-type',
        message:
          'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.namespace of type string',
        fatal: true,
        immediate: false,
      },
    ]);
  });

  it('names a misspelt field by its place, and only strict validation minds it', () => {
    const { problems } = check(pod({ containers: [{ name: 'a', securitycontext: { privileged: false } }] }));
    expect(problems).toMatchObject([
      {
        path: 'spec.containers[0].securitycontext',
        kind: 'unknown-field',
        message: 'unknown field "spec.containers[0].securitycontext"',
        fatal: false,
      },
    ]);
    expect(refusal(problems)).toBeUndefined();
  });

  it('writes keys with a dot in brackets in its own path', () => {
    const { problems } = check({ apiVersion: 'v1', kind: 'Pod', metadata: { labels: { 'a.b/c': 1 } } });
    expect(problems).toMatchObject([{ path: 'metadata.labels["a.b/c"]' }]);
  });

  it("tells the first problem that the decoder would: a type's own decoder goes before all others", () => {
    const { problems } = check(
      pod({ hostNetwork: 'yes', containers: [{ name: 1, resources: { limits: { memory: '1GM' } } }] }),
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'spec.hostNetwork',
      'spec.containers[0].name',
      'spec.containers[0].resources.limits.memory',
    ]);
    expect(refusal(problems)?.message).toMatch(/^unable to parse quantity's suffix$/);
    expect(refusal(problems.slice(0, 2))?.path).toBe('spec.hostNetwork');
  });

  it('names embedded structs as the decoder does', () => {
    const { problems } = check(pod({ volumes: [{ name: 'v', hostPath: { path: 1 } }] }));
    expect(problems[0]?.message).toBe(
      'json: cannot unmarshal number into Go struct field HostPathVolumeSource.spec.volumes.VolumeSource.hostPath.path of type string',
    );
  });

  it('checks no custom resource, and says so', () => {
    expect(check({ apiVersion: 'example.com/v1', kind: 'Pod', spec: 1 })).toEqual({
      known: false,
      problems: [],
    });
    expect(check({ apiVersion: 'toString', kind: 'constructor' }).known).toBe(false);
    expect(check({ kind: 'Pod' }).known).toBe(false);
  });
});
