import type { Problem } from '../../engines/authorization/index.ts';
import { type Context, say } from '../context.ts';
import { sayUnread } from '../unread.ts';
import { type Reference, referencesTo } from './argument.ts';
import { isMatchableGroup } from './matchable.ts';
import { type RuleDefect, ruleDefects } from './rule-defects.ts';
import type { AccessSource } from './source.ts';
import { placeText, referenceName } from './text.ts';

/** How many are named; a folder of templates can have one in each file. */
const NAMED = 20;

/** What of roles and bindings cannot work; without what the API server itself created. */
function problemsOf({ world, objectOf, evidence }: AccessSource): (Problem | RuleDefect)[] {
  const stated = world.problems.filter(
    ({ kind, name }) =>
      // Manifests seldom hold what defines the APIs that they speak of; what can be no group is named as a defect of its rule.
      kind !== 'unknown-api-group' || (evidence.isComplete && isMatchableGroup(name)),
  );
  return [...stated, ...ruleDefects(world.roles)].filter(({ object }) => objectOf(object) !== undefined);
}

/** All of them as JSON has them. */
export async function problemsJson(source: AccessSource) {
  const problems = problemsOf(source);
  const references = await referencesTo(source, problems);
  return problems.map(({ kind, path, name }, i) => ({ problem: kind, object: references[i]!, path, name }));
}

/**
 * Names on standard error what was not read, and what of the roles and bindings cannot work.
 */
export async function sayProblems(context: Context, source: AccessSource): Promise<void> {
  sayUnread(context, source.sight.unread);
  const problems = groupsTogether(problemsOf(source));
  if (problems.length === 0) return;
  const named = problems.slice(0, NAMED);
  const references = await referencesTo(source, named);
  for (const [i, problem] of named.entries()) say(context, problemText(context, problem, references[i]!));
  const count = problems.length - named.length;
  if (count > 0) say(context, context.words.access.moreProblems({ count }));
}

/** A role may speak of many APIs that are not installed, as one for all clusters does: that is one thing to say. */
function groupsTogether(problems: readonly (Problem | RuleDefect)[]): (Problem | RuleDefect)[] {
  const ofRole = new Map<object, (Problem | RuleDefect)[]>();
  for (const problem of problems) {
    if (problem.kind !== 'unknown-api-group') continue;
    const same = ofRole.get(problem.object);
    if (same === undefined) ofRole.set(problem.object, [problem]);
    else same.push(problem);
  }
  return problems.flatMap((problem) => {
    const same = problem.kind === 'unknown-api-group' ? ofRole.get(problem.object)! : [];
    if (same.length < 2) return [problem];
    const names = [...new Set(same.map(({ name }) => name))].join(', ');
    return problem === same[0] ? [{ ...problem, path: 'rules', name: names }] : [];
  });
}

function problemText(
  context: Context,
  { kind, path, name }: Problem | RuleDefect,
  reference: Reference,
): string {
  const what = context.words.access.problem[kind]({ name });
  return `${placeText(context, reference.source)}: ${referenceName(reference)}, ${path}: ${what}`;
}
