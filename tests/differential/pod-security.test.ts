import { describe, expect, test } from 'vitest';
import {
  evaluate,
  type Level,
  type PodInput,
  parseVersion,
  strictestLevel,
} from '../../src/engines/pod-security/index.ts';
import { Choices, randomPod } from '../random-pod.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';

interface Question {
  pod: PodInput;
  level: Level;
  version: string;
}

interface Answer {
  id: string;
  reason: string;
  detail: string;
}

const SEED = 20260701;
const PODS = 4000;
const VERSIONS_PER_POD = 4;
const LEVELS: readonly Level[] = ['baseline', 'restricted'];
const VERSIONS = [...Array.from({ length: 40 }, (_, minor) => `v1.${minor}`), 'v1.999', 'latest'];

function version(text: string) {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`not a version: ${text}`);
  return parsed;
}

describe.skipIf(!hasGo())('pod-security against k8s.io/pod-security-admission', () => {
  test(`answers as upstream's evaluator for ${PODS} random pods at all versions (seed ${SEED})`, async () => {
    const choices = new Choices(SEED);
    const questions: Question[] = [];
    for (let index = 0; index < PODS; index++) {
      const pod = randomPod(choices);
      for (let step = 0; step < VERSIONS_PER_POD; step++) {
        const at = VERSIONS[(index * VERSIONS_PER_POD + step) % VERSIONS.length] ?? 'latest';
        for (const level of LEVELS) questions.push({ pod, level, version: at });
      }
    }
    const answers = await askOracle<Question, Answer[]>('podsecurity', questions);

    const forbiddenBy = new Map<string, number>();
    let allowed = 0;
    questions.forEach((question, index) => {
      const ours = evaluate(question.pod, question.level, version(question.version));
      const named = ours.map(({ control, reason, detail }) => ({ id: control, reason, detail }));
      expect(named, `seed ${SEED}, question ${index}: ${JSON.stringify(question)}`).toEqual(answers[index]);
      if (named.length === 0) allowed++;
      for (const { id } of named) forbiddenBy.set(id, (forbiddenBy.get(id) ?? 0) + 1);
    });
    // The generator must reach every control and both answers, or agreement would say little.
    expect(forbiddenBy.size).toBe(19);
    expect(Math.min(...forbiddenBy.values())).toBeGreaterThan(100);
    expect(allowed).toBeGreaterThan(1000);

    for (let index = 0; index < questions.length; index += LEVELS.length) {
      const { pod, version: at } = questions[index] as Question;
      const [baseline = [], restricted = []] = answers.slice(index, index + LEVELS.length);
      const { level, violations } = strictestLevel(pod, version(at));
      const expected =
        restricted.length === 0 ? 'restricted' : baseline.length === 0 ? 'baseline' : 'privileged';
      expect(level, `seed ${SEED}, question ${index}`).toBe(expected);
      const ids = new Set([...baseline, ...restricted].map(({ id }) => id));
      expect(new Set(violations.map(({ control }) => control)), `seed ${SEED}, question ${index}`).toEqual(
        ids,
      );
    }
    process.stdout.write(
      `pod-security: ${questions.length} (pod, level, version) triples, ${allowed} allowed, ` +
        `violations ${JSON.stringify(Object.fromEntries([...forbiddenBy].sort()))}\n`,
    );
  });
});
