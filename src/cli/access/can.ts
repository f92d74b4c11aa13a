import { compareText } from '../../assessment/order.ts';
import type {
  ChainAnswer,
  Decision,
  HeldRule,
  Subject,
  UserInfo,
} from '../../engines/authorization/index.ts';
import { userOf } from '../../engines/authorization/index.ts';
import type { CanFlags } from '../commands/access/can.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { splitLeading } from '../positionals.ts';
import { argumentsOf } from './argument.ts';
import { authorizersJson } from './authorizers.ts';
import { problemsJson, sayProblems } from './problems.ts';
import { type Action, parseAction } from './resource.ts';
import type { BlindSpot } from './sight.ts';
import { type AccessSource, foundNothing, openAccess } from './source.ts';
import { isNodeUser, parseSubject, userInfoOf } from './subject.ts';
import { argumentLines, blindSpotText, jsonLines, noteText, setupText, terminalText } from './text.ts';

const EXITS: Readonly<Record<Decision, ExitCode>> = {
  allow: EXIT.clean,
  deny: EXIT.findings,
  'no-opinion': EXIT.findings,
  unknown: EXIT.notEvaluated,
};

/** Says whether a subject may do something. */
export async function can(context: Context, flags: CanFlags, given: readonly string[]): Promise<ExitCode> {
  const command = `${context.program} access can`;
  const { leading, paths } = splitLeading(command, ['SUBJECT', 'VERB', 'RESOURCE'], given);
  const { asGroup, name, subresource, explain, ...rest } = flags;
  const subject = parseSubject(leading[0]);
  const user = userInfoOf(subject, asGroup);
  const source = await openAccess(context, rest, paths, { nodes: isNodeUser(user), rolesOnly: true });
  await sayProblems(context, source);
  const { action, isAnywhere, notes } = parseAction(leading[1], leading[2], source.resources, {
    namespace: flags.namespace ?? '',
    isNamed: source.namesResource,
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  });
  for (const note of notes) say(context, noteText(context, note));

  const answer = source.chain.authorize({ ...action, user });
  const told: Told = {
    subject,
    user,
    action,
    answer,
    held: answer.decision === 'allow' ? heldBy(source, user, action) : [],
    unseen: answer.decision === 'unknown' ? source.sight.hides(action, user) : [],
    namespaces: answer.decision === 'allow' || !isAnywhere ? [] : namespacesWhere(source, user, action),
  };
  await (flags.output === 'json'
    ? writeJson(context, source, told)
    : writeText(context, source, told, explain));
  return foundNothing(context, source) ? EXIT.notEvaluated : EXITS[answer.decision];
}

interface Told {
  readonly subject: Subject;
  readonly user: UserInfo;
  readonly action: Action;
  readonly answer: ChainAnswer;
  /** Every rule that allows it. */
  readonly held: readonly HeldRule[];
  readonly unseen: readonly BlindSpot[];
  /** Where it is allowed, if not where it was asked. */
  readonly namespaces: readonly string[];
}

function heldBy({ rbac }: AccessSource, user: UserInfo, action: Action): HeldRule[] {
  return rbac.whoCan(action).flatMap(({ subject, held }) => (isOf(subject, user) ? held : []));
}

/** The namespaces in which it is allowed. */
function namespacesWhere({ rbac }: AccessSource, user: UserInfo, action: Action): string[] {
  const holders = rbac.whoCan({ ...action, namespace: undefined });
  const found = holders.flatMap(({ subject, held }) =>
    isOf(subject, user) ? held.flatMap(({ grant }) => grant.namespace ?? []) : [],
  );
  return [...new Set(found)].sort(compareText);
}

function isOf(subject: Subject, user: UserInfo): boolean {
  return subject.kind === 'Group' ? user.groups.includes(subject.name) : userOf(subject) === user.name;
}

async function writeText(
  context: Context,
  source: AccessSource,
  { answer, held, unseen, namespaces }: Told,
  explain: boolean,
): Promise<void> {
  const { access } = context.words;
  const word = access.decision[answer.decision];
  const lines = [
    namespaces.length === 0 ? word : access.elsewhere({ word, namespaces: namespaces.join(', ') }),
  ];
  if (answer.decision === 'unknown') {
    const reasons = unseen.map((spot) => blindSpotText(context, spot));
    lines.push(...(reasons.length === 0 ? [answer.reason] : reasons).map((reason) => `  ${reason}`));
  }
  if (answer.failedCondition !== undefined) {
    const { expression, message: problem } = answer.failedCondition;
    lines.push(`  ${access.failedCondition({ authorizer: answer.by ?? '', expression, problem })}`);
  }
  if (explain) {
    lines.push(...source.setups.map((setup) => `  ${setupText(context, setup)}`));
    for (const argument of await argumentsOf(source, held)) lines.push(...argumentLines(context, argument));
    if (held.length === 0 && answer.decision !== 'unknown') {
      const by = answer.by === undefined ? '' : access.byAuthorizer({ authorizer: answer.by });
      if (answer.reason !== '' || by !== '') lines.push(`  ${answer.reason || by}`);
    }
  }
  await context.terminal.stdout.write(terminalText(lines));
}

async function writeJson(context: Context, source: AccessSource, told: Told): Promise<void> {
  const { subject, user, action, answer, held, unseen, namespaces } = told;
  const { decision, reason, by, failedCondition } = answer;
  const { isResourceRequest, apiGroup, verb, resource, subresource, namespace, name, path } = action;
  const entry = {
    decision,
    allowed: decision === 'allow',
    denied: decision === 'deny',
    reason,
    authorizer: by,
    failedCondition,
    subject,
    groups: user.groups,
    request: isResourceRequest
      ? { verb, group: apiGroup, resource, subresource, namespace, name }
      : { verb, path },
    authorizers: authorizersJson(source.setups),
    because: await argumentsOf(source, held),
    unseen,
    namespaces,
    problems: await problemsJson(source),
  };
  await context.terminal.stdout.write(jsonLines(entry));
}
