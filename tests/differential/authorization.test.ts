import { describe, expect, it } from 'vitest';
import { RbacWorld, type Rule, uncovered } from '../../src/engines/authorization/index.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { policyRule } from '../../src/kubernetes/policy-rules.ts';
import { caseCount } from '../cluster/cases.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';
import { RandomAccess } from './random-access.ts';
import { RandomRbac } from './random-rbac.ts';
import { type Argument, compareWorld, ruleText, Totals } from './rbac-compare.ts';
import { CROWDED, LARGE, SMALL, type WorldSize } from './rbac-vocabulary.ts';
import {
  askAboutWorlds,
  type OracleDecision,
  oracleRequest,
  oracleWorld,
  type WorldQuestions,
} from './rbac-worlds.ts';

const SEED = Number(process.env['KUBESTRIDE_SEED'] ?? 20261123);
const DECISIONS = caseCount(100_000);
/** One after the other, over and over: the size of a world, and how many requests are made about it. */
const WORLDS: readonly (readonly [WorldSize, number])[] = [
  [SMALL, 5000],
  [SMALL, 5000],
  [SMALL, 5000],
  [CROWDED, 2000],
  [LARGE, 3000],
];
/** A long run by hand says how far it is. */
const PROGRESS = 1_000_000;
/** A disagreement is told with all that is needed to see it again; the first few are enough. */
const TOLD = 10;

const RBAC = 'rbac.authorization.k8s.io';
const AGGREGATE_TO = ['view', 'edit', 'admin'];

function many<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

/** The requests know what the bound roles hold in the end, so that they are about that. */
function accessOf(random: Random, maker: RandomRbac, objects: readonly JsonObject[], bootstrap: boolean) {
  const { roles, grants } = RbacWorld.of(objects, { bootstrap });
  const filled = roles.map(({ object, rules }) => ({ ...object, rules: rules.map((rule) => ({ ...rule })) }));
  const bindings = new Set(grants.map(({ binding }) => binding));
  return new RandomAccess(random, maker.vocabulary, [...(filled as unknown as JsonObject[]), ...bindings]);
}

function questionsOf(seed: number, size: WorldSize, requests: number): WorldQuestions {
  const random = new Random(seed);
  const maker = new RandomRbac(random, size);
  const objects = maker.world();
  const access = accessOf(random, maker, objects, false);
  return {
    objects,
    bootstrap: false,
    requests: many(requests, () => access.request()),
    whoCan: many(40, () => access.request()),
    rulesFor: many(10, () => access.request()),
  };
}

/** A world beside what every API server creates, some of that stated anew; and the same when more roles have come. */
function growingQuestionsOf(seed: number): [WorldQuestions, WorldQuestions] {
  const random = new Random(seed);
  const maker = new RandomRbac(random, SMALL);
  const toRole = (name: string): JsonObject => ({ apiGroup: RBAC, kind: 'ClusterRole', name });
  const stated = [
    ...maker.world(),
    ...[...AGGREGATE_TO, 'cluster-admin'].map((name) =>
      maker.roleBinding(`${name}s`, random.pick(maker.vocabulary.namespaces), toRole(name)),
    ),
    ...AGGREGATE_TO.map((name) => maker.clusterRoleBinding(`${name}s`, toRole(name))),
    maker.clusterRoleBinding('system:basic-user', toRole('system:basic-user')),
    { ...maker.clusterRole('system:discovery'), aggregationRule: undefined },
  ];
  const late = AGGREGATE_TO.flatMap((target) =>
    ['x', 'y', 'z'].map((suffix): JsonObject => {
      const name = `late-${target}-${suffix}`;
      const labels = { [`${RBAC}/aggregate-to-${target}`]: 'true' };
      return { ...maker.clusterRole(name), metadata: { name, labels }, aggregationRule: undefined };
    }),
  );
  const grown = [...stated, ...late];
  const access = accessOf(random, maker, grown, true);
  const asked = {
    bootstrap: true,
    requests: many(2500, () => access.request()),
    whoCan: many(50, () => access.request()),
    rulesFor: many(25, () => access.request()),
  };
  return [
    { ...asked, objects: stated },
    { ...asked, objects: grown },
  ];
}

/** Asks upstream about each argument by itself: the binding and the rule that we name have to be enough for it. */
async function unprovenOf(found: readonly Argument[]): Promise<string[]> {
  const answers = await askOracle<object, OracleDecision[]>(
    'rbac',
    found.map(({ objects, request }) => ({ ...oracleWorld(objects), requests: [oracleRequest(request)] })),
  );
  return found.flatMap(({ request, answer, objects }, index) =>
    answers[index]![0]!.decision === 'allow'
      ? []
      : [`argument ${JSON.stringify({ request, ours: answer.reason, objects })}`],
  );
}

/** Compares all of them; @returns what disagrees, each with its seed */
async function compare(worlds: readonly WorldQuestions[], where: string, totals: Totals): Promise<string[]> {
  const answers = await askAboutWorlds(worlds);
  const wrong: string[] = [];
  const found: Argument[] = [];
  for (const [index, world] of worlds.entries()) {
    const compared = compareWorld(world, answers[index]!);
    wrong.push(...compared.wrong.map((each) => `${where}, world ${index}: ${each}`));
    found.push(...compared.found);
    totals.add(compared);
  }
  const unproven = await unprovenOf(found);
  return [...wrong, ...unproven.map((each) => `${where}: ${each}`)];
}

describe.skipIf(!hasGo())('the authorization engine', () => {
  it(
    `answers as the RBAC authorizer does, ${DECISIONS} requests (seed ${SEED})`,
    async () => {
      const totals = new Totals();
      const wrong: string[] = [];
      for (let seed = SEED; totals.decisions < DECISIONS && wrong.length === 0; seed += WORLDS.length) {
        const before = totals.decisions;
        const worlds = WORLDS.map(([size, requests], index) => questionsOf(seed + index, size, requests));
        wrong.push(...(await compare(worlds, `seed ${seed}`, totals)));
        if (Math.floor(before / PROGRESS) < Math.floor(totals.decisions / PROGRESS))
          process.stdout.write(`${new Date().toISOString()} ${totals}\n`);
      }
      process.stdout.write(`authorization: seed ${SEED}, ${totals}\n`);
      expect(wrong.slice(0, TOLD), `${wrong.length} disagreements`).toEqual([]);
      // A generator that grants nothing, or everything, would prove little.
      expect(totals.allowed).toBeGreaterThan(totals.decisions * 0.2);
      expect(totals.allowed).toBeLessThan(totals.decisions * 0.8);
      expect(Math.min(totals.subjects, totals.rules)).toBeGreaterThan(totals.worlds);
    },
    600_000 + DECISIONS,
  );

  it(`knows what every API server creates, and roles that grow (seed ${SEED})`, async () => {
    const pairs = [0, 1, 2, 3].map((each) => growingQuestionsOf(SEED + each));
    const [before, after] = [new Totals(), new Totals()];
    const wrong = [
      ...(await compare(
        pairs.map(([stated]) => stated),
        `seed ${SEED}, before`,
        before,
      )),
      ...(await compare(
        pairs.map(([, grown]) => grown),
        `seed ${SEED}, after`,
        after,
      )),
    ];
    process.stdout.write(`with what every API server creates: ${before}; when roles have grown: ${after}\n`);
    expect(wrong.slice(0, TOLD), `${wrong.length} disagreements`).toEqual([]);
    expect(after.allowed).toBeGreaterThan(before.allowed + 20);
  });

  it(`knows which rules others cover (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    const maker = new RandomRbac(random, { ...SMALL, names: 1 });
    const rules = (most: number): JsonObject[] => many(random.below(most + 1), () => maker.rule());
    const questions = many(5000, () => {
      const servant = rules(2);
      // Somebody who grants what is close to what he has.
      const owner = [
        ...rules(4),
        ...servant.map((rule) => ({ ...rule, ...random.pick([{}, maker.rule()]) })),
      ];
      return { owner, servant };
    });
    const answers = await askOracle<object, { covered: boolean; uncovered: JsonObject[] }>(
      'rbac-covers',
      questions,
    );
    const read = (list: readonly JsonObject[]): Rule[] => list.map((rule) => policyRule(rule, ''));
    questions.forEach(({ owner, servant }, index) => {
      const ours = uncovered(read(owner), read(servant)).map(ruleText);
      const where = `seed ${SEED}: ${JSON.stringify({ owner, servant })}`;
      expect(ours, where).toEqual(answers[index]!.uncovered.map(ruleText));
    });
    const covered = answers.filter((answer) => answer.covered).length;
    process.stdout.write(`rules that cover others: ${questions.length} compared, ${covered} covered\n`);
    expect(covered).toBeGreaterThan(500);
    expect(covered).toBeLessThan(4500);
  });
});
