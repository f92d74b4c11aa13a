import { expect, test } from 'vitest';
import { strictestLevel } from '../src/engines/pod-security/index.ts';
import { defaultPodSpec } from '../src/kubernetes/defaults.ts';
import { parseFieldPath } from '../src/kubernetes/field-path.ts';
import { isObject, type Json, type JsonObject } from '../src/kubernetes/json.ts';
import { Choices, randomPod } from './random-pod.ts';

const SEED = 7;
const WRONG: readonly Json[] = ['text', '', 0, 1.5, -1, true, false, null, [], {}, [null], [[]], { a: 1 }];

/** A copy with some values, at any depth, replaced by others of any type. */
function corrupt(value: Json | undefined, choices: Choices): Json | undefined {
  if (choices.chance(0.1)) return choices.of(WRONG);
  if (Array.isArray(value)) return value.map((item) => corrupt(item, choices) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, corrupt(field, choices)]));
}

test(`fields of wrong JSON types never throw (seed ${SEED})`, () => {
  const choices = new Choices(SEED);
  for (let index = 0; index < 5000; index++) {
    const { metadata, spec } = randomPod(choices);
    const pod = {
      metadata: corrupt(metadata, choices) as JsonObject,
      spec: corrupt(spec, choices) as JsonObject,
    };
    const text = JSON.stringify(pod);
    expect(() => strictestLevel(pod, 'latest'), `seed ${SEED}, pod ${index}: ${text}`).not.toThrow();
    if (isObject(pod.spec)) expect(() => defaultPodSpec(pod.spec), text).not.toThrow();
    expect(JSON.stringify(pod), `seed ${SEED}, pod ${index} was mutated`).toBe(text);
  }
});

test(`a whole defaulted pod is judged as the pod itself (seed ${SEED})`, () => {
  const choices = new Choices(SEED);
  for (let index = 0; index < 2000; index++) {
    const pod = randomPod(choices);
    const words = (input: typeof pod) =>
      strictestLevel(input, 'latest').violations.map(({ control, reason, detail }) => [
        control,
        reason,
        detail,
      ]);
    const defaulted = { ...pod, spec: defaultPodSpec(pod.spec) };
    expect(words(defaulted), `seed ${SEED}, pod ${index}: ${JSON.stringify(pod)}`).toEqual(words(pod));
  }
});

test(`every path of a violation leads to a place in the pod as written (seed ${SEED})`, () => {
  const choices = new Choices(SEED);
  for (let index = 0; index < 2000; index++) {
    const pod = randomPod(choices);
    for (const { control, paths } of strictestLevel(pod, 'latest').violations) {
      expect(paths.length, control).toBeGreaterThan(0);
      for (const path of paths) {
        const steps = parseFieldPath(path);
        // A hostPort may stem from the default under hostNetwork; then its port is the place.
        if (steps.at(-1) === 'hostPort' && pod.spec['hostNetwork'] === true) steps.pop();
        let place: unknown = pod;
        for (const step of steps) place = (place as Record<string | number, unknown>)[step];
        expect(place, `seed ${SEED}, pod ${index}, ${control} at ${path}`).toBeDefined();
      }
    }
  }
});
