import { describe, expect, it } from 'vitest';
import { RefusedReview, readReview } from '../../src/engines/authorization/index.ts';
import type { Json, JsonObject } from '../../src/kubernetes/json.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';

const SEED = 20261123;
const CASES = 4000;

const NAMES = ['', 'a', 'alice', 'system:node:n1', 'Ünïcode'];
const WORDS = ['', 'get', 'pods', 'shop', 'apps', '*', 'v1'];
const KEYS = ['', 'app', 'example.com/app', 'spec.nodeName', 'bad key', '-a', 'a/b/c'];
const VALUES = ['', 'x', 'n1', 'bad value', '-x', 'a,b', 'x'.repeat(64)];
const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', ''];
const RAW = [
  '',
  'a=b',
  'a==b,c!=d',
  'a',
  '!a',
  'a in (x,y),b notin (z)',
  'a in (x),,b',
  'a>1',
  'a=b\\,c',
  'a=b\\',
  'a=\\x',
  'a=b=c',
  '=x',
  '=',
  ',a=b,',
  'a = b',
  'bad key=x',
  'a=-x',
  'spec.nodeName=n1,metadata.name=web',
  'z=1,a=2',
  'a!=',
  'a in ()',
];

/** A value of the wrong type now and then. */
function odd(random: Random, value: Json): Json {
  return random.chance(0.02) ? random.pick<Json>([null, 7, true, [], {}, ['x'], 'text']) : value;
}

function object(random: Random, fields: Readonly<Record<string, () => Json>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, make]) =>
      random.chance(0.75) ? [[name, odd(random, make())]] : [],
    ),
  );
}

function list(random: Random, make: () => Json): Json[] {
  return Array.from({ length: random.below(4) }, () => odd(random, make()));
}

function selector(random: Random): JsonObject {
  const requirement = () =>
    object(random, {
      key: () => random.pick(KEYS),
      operator: () => random.pick(OPERATORS),
      values: () => list(random, () => random.pick(VALUES)),
    });
  const isRaw = random.chance(0.5);
  return {
    ...(isRaw || random.chance(0.1) ? { rawSelector: random.pick(RAW) } : {}),
    ...(!isRaw || random.chance(0.1) ? { requirements: list(random, requirement) } : {}),
  };
}

function review(random: Random): JsonObject {
  const word = () => random.pick(WORDS);
  const resource = () =>
    object(random, {
      namespace: word,
      verb: word,
      group: word,
      version: word,
      resource: word,
      subresource: word,
      name: word,
      ...(random.chance(0.4) ? { fieldSelector: () => selector(random) } : {}),
      ...(random.chance(0.4) ? { labelSelector: () => selector(random) } : {}),
    });
  const spec = object(random, {
    user: () => random.pick(NAMES),
    groups: () => list(random, () => random.pick(NAMES)),
    uid: () => random.pick(NAMES),
    extra: () =>
      object(random, { 'example.com/scopes': () => list(random, word), Other: () => list(random, word) }),
  });
  const asks = random.chance(0.75)
    ? { resourceAttributes: odd(random, resource()) }
    : { nonResourceAttributes: odd(random, object(random, { path: () => '/healthz', verb: word })) };
  const both = random.chance(0.05) ? { nonResourceAttributes: {}, resourceAttributes: {} } : {};
  const isLocal = random.chance(0.2);
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: isLocal ? 'LocalSubjectAccessReview' : 'SubjectAccessReview',
    ...(isLocal ? { metadata: { namespace: word() } } : {}),
    spec: odd(random, { ...spec, ...asks, ...both }),
  };
}

/** As the oracle writes it. */
function read(question: JsonObject): object {
  try {
    const { attributes, evaluationError } = readReview(question);
    const { user, fieldSelector = [], labelSelector = [], ...rest } = attributes;
    const { name, uid = '', groups, extra } = user;
    return {
      ...rest,
      user: name,
      uid,
      groups,
      extra: extra ?? null,
      fieldSelector,
      labelSelector,
      evaluationError,
    };
  } catch (error) {
    if (error instanceof RefusedReview) return { refused: error.message };
    throw error;
  }
}

/** Requirements hold together, in whatever order. */
function sortSelector(answer: { labelSelector?: readonly { values?: readonly string[] }[] }): void {
  answer.labelSelector = (answer.labelSelector ?? [])
    .map((each) => ({ ...each, values: [...(each.values ?? [])].sort() }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

interface Answer {
  readonly refused?: string;
  readonly groups: string[] | null;
  readonly extra: Readonly<Record<string, string[] | null>> | null;
  labelSelector: readonly { readonly operator: string; readonly values: readonly string[] }[];
}

describe.skipIf(!hasGo())('SubjectAccessReviews', () => {
  it('are taken and refused as the API server does', async () => {
    const random = new Random(SEED);
    const questions = Array.from({ length: CASES }, () => review(random));
    const answers = await askOracle<object, Answer>(
      'subject-access-review',
      questions.map((question) => ({ review: question })),
    );
    let refused = 0;
    for (const [i, answer] of answers.entries()) {
      const own = read(questions[i]!);
      const at = `seed ${SEED}, case ${i}: ${JSON.stringify(questions[i])}`;
      if (answer.refused === undefined) {
        // No authorizer looks at these.
        answer.labelSelector = answer.labelSelector.filter(
          ({ operator }) => !['Gt', 'Lt'].includes(operator),
        );
        sortSelector(answer);
        sortSelector(own);
        // Go has two empty lists.
        const extra =
          answer.extra && Object.fromEntries(Object.entries(answer.extra).map(([k, v]) => [k, v ?? []]));
        expect(own, at).toEqual({ ...answer, groups: answer.groups ?? [], extra });
      } else {
        refused++;
        expect(own, `${at}\n${answer.refused}`).toHaveProperty('refused');
      }
    }
    expect(refused).toBeGreaterThan(CASES / 10);
    expect(refused).toBeLessThan((CASES * 9) / 10);
  });
});
