import { type Answer, RbacAuthorizer, RbacWorld, type Rule } from '../../src/engines/authorization/index.ts';
import { asObject, type Json, type JsonObject } from '../../src/kubernetes/json.ts';
import type { OracleDecision, OracleSubject, WorldAnswers, WorldQuestions } from './rbac-worlds.ts';

/** An allowed request, the first for its reason, with what our answer says allows it: nothing but that is needed. */
export interface Argument {
  readonly request: WorldQuestions['requests'][number];
  readonly answer: Answer;
  readonly objects: readonly JsonObject[];
}

export interface Comparison {
  /** Each a disagreement, for people; empty where all is the same. */
  readonly wrong: readonly string[];
  readonly decisions: number;
  readonly allowed: number;
  readonly aggregated: number;
  /** Subjects and rules that upstream listed. */
  readonly subjects: number;
  readonly rules: number;
  readonly found: readonly Argument[];
}

/** What was compared in all. */
export class Totals {
  worlds = 0;
  decisions = 0;
  allowed = 0;
  aggregated = 0;
  subjects = 0;
  rules = 0;

  add({ decisions, allowed, aggregated, subjects, rules }: Comparison): void {
    this.worlds++;
    this.decisions += decisions;
    this.allowed += allowed;
    this.aggregated += aggregated;
    this.subjects += subjects;
    this.rules += rules;
  }

  toString(): string {
    const { worlds, decisions, allowed, aggregated, subjects, rules } = this;
    return `${worlds} worlds, ${decisions} decisions, ${allowed} allowed, ${aggregated} aggregated roles, ${subjects} subjects who can, ${rules} rules of users`;
  }
}

/** Answers a world's questions with our engine, and holds each answer against upstream's. */
export function compareWorld(asked: WorldQuestions, theirs: WorldAnswers): Comparison {
  const world = RbacWorld.of(asked.objects, { bootstrap: asked.bootstrap });
  const engine = new RbacAuthorizer(world);
  const wrong: string[] = [];
  const found: Argument[] = [];
  const check = (what: string, question: unknown, ours: unknown, upstream: unknown): void => {
    const [a, b] = [JSON.stringify(ours), JSON.stringify(upstream)];
    if (a !== b) wrong.push(`${what} ${JSON.stringify(question)}\n  ours:     ${a}\n  upstream: ${b}`);
  };
  const aggregated = world.roles.filter(({ object }) => asObject(object['aggregationRule']) !== undefined);
  for (const { object, rules: its } of aggregated) {
    const name = String(asObject(object['metadata'])?.['name']);
    const upstream = theirs.aggregated[name] ?? [];
    check('aggregated role', object, sortedSet(its.map(ruleText)), sortedSet(upstream.map(ruleText)));
  }
  const argued = new Set<string>();
  asked.requests.forEach((request, index) => {
    const answer = engine.authorize(request);
    const { decision, reason } = theirs.decisions[index] as OracleDecision;
    if (answer.decision !== decision || answer.reason !== reason)
      check('decision', request, [answer.decision, answer.reason], [decision, reason]);
    const key = `${answer.grant?.ruleIndex} ${reason}`;
    if (answer.decision !== 'allow' || argued.has(key)) return;
    argued.add(key);
    found.push({ request, answer, objects: argumentOf(answer) });
  });
  let subjects = 0;
  asked.whoCan.forEach((request, index) => {
    const ours = engine.whoCan(request).map(({ subject }) => subject);
    const upstream = (theirs.whoCan?.[index]?.subjects ?? []).filter(isSomebody);
    const [a, b] = [subjectSet(ours), subjectSet(upstream)];
    subjects += b.length;
    check('who can', request, a, b);
  });
  let rules = 0;
  asked.rulesFor.forEach((request, index) => {
    const ours = engine.rulesFor(request.user, request.namespace).map(({ rule }) => ruleText(rule));
    const upstream = (theirs.rulesFor?.[index]?.rules ?? []).map(ruleText);
    rules += upstream.length;
    check('rules for', [request.user, request.namespace], sortedSet(ours), sortedSet(upstream));
  });
  const allowed = theirs.decisions.filter(({ decision }) => decision === 'allow').length;
  return {
    wrong,
    decisions: asked.requests.length,
    allowed,
    aggregated: aggregated.length,
    subjects,
    rules,
    found,
  };
}

/** The one binding and the one rule that an answer names, as a world by themselves. */
function argumentOf({ grant }: Answer): JsonObject[] {
  if (grant === undefined) return [];
  const { binding, role, rules } = grant.grant;
  const rule = rules[grant.ruleIndex];
  const { aggregationRule: _, ...plain } = role;
  const { metadata, subjects } = binding;
  const subject = (subjects as Json[])[grant.grant.subjectIndex] as Json;
  return [
    { ...plain, rules: rule === undefined ? [] : [statedRule(rule)] },
    { ...binding, metadata, subjects: [subject] },
  ];
}

/** Upstream lists whoever a binding names, also what stands for nobody: appliesToUser of pkg/registry/rbac/validation. */
function isSomebody({ kind, namespace = '' }: OracleSubject): boolean {
  return kind === 'User' || kind === 'Group' || (kind === 'ServiceAccount' && namespace !== '');
}

function subjectSet(
  subjects: readonly { kind: string; namespace?: string | undefined; name: string }[],
): string[] {
  return sortedSet(
    subjects.map(({ kind, namespace, name }) =>
      JSON.stringify(kind === 'ServiceAccount' ? [kind, namespace, name] : [kind, name]),
    ),
  );
}

const FIELDS = ['verbs', 'apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'] as const;

function statedRule(rule: Rule): JsonObject {
  return Object.fromEntries(FIELDS.map((field) => [field, [...rule[field]]]));
}

export function ruleText(rule: Rule | JsonObject): string {
  return JSON.stringify(FIELDS.map((field) => rule[field] ?? []));
}

export function sortedSet(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
