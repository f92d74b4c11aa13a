import {
  generatedObjects,
  generateRoles,
  RbacAuthorizer,
  RbacWorld,
  type RequestAttributes,
  type Subject,
  type UserUses,
} from '../../engines/authorization/index.ts';
import type { AuditedUsage } from '../../evidence/audit-log/index.ts';
import { nearest } from '../../kubernetes/spelling.ts';
import type { GenerateFlags } from '../commands/access/generate.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { refuseClusterFlags } from '../source-flags.ts';
import { UsageError } from '../usage-error.ts';
import { VERSION } from '../version.ts';
import { logFacts, readLogs } from './audit.ts';
import { generatedYaml } from './generated-yaml.ts';
import { openAccess } from './source.ts';
import { parseSubject, subjectText, userInfoOf } from './subject.ts';
import { jsonLines } from './text.ts';

/** How many names a rule lists at most. */
const MOST_NAMES = 10;

/** Makes the least roles for subjects out of audit logs. */
export async function generate(
  context: Context,
  flags: GenerateFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const subjects = flags.subject.map(parseSubject);
  const authorizer = await openGranted(context, flags, paths);
  const audited = await readLogs(context, flags.audit, paths);
  const { stdout } = context.terminal;
  const made = subjects.map((subject) => makeFor(subject, audited, authorizer, flags));
  if (flags.output === 'json') {
    const entries = made.map(({ subject, requests, refusedRequests, generated, objects }) => ({
      subject: subjectText(subject),
      requests,
      refusedRequests,
      objects,
      rules: generated.roles.flatMap(({ kind, name, namespace, rules }) =>
        rules.map(({ evidence, ...rule }) => ({ role: { kind, namespace, name }, rule, evidence })),
      ),
      leftOut: {
        granted: generated.granted.map(({ action, count }) => ({ ...action, count })),
        refused: generated.refused.map(({ action, count }) => ({ ...action, count })),
        ungrantable: generated.ungrantable.map(({ action, count }) => ({ ...action, count })),
      },
      hiddenNeeds: generated.hiddenNeeds,
    }));
    await stdout.write(jsonLines({ log: logFacts(audited), subjects: entries }));
  } else {
    const documents = made
      .filter(({ requests }) => requests > 0)
      .map(({ subject, requests, generated, objects }) => {
        const { period, hours, reading } = audited;
        const provenance = {
          version: VERSION,
          requests,
          period,
          hours,
          events: reading.events,
          files: reading.files,
        };
        return generatedYaml(
          generated,
          objects,
          subjectText(subject),
          provenance,
          context.words.auditLog.generated,
        );
      });
    await stdout.write(documents.join('---\n'));
  }
  for (const { subject, generated } of made) {
    const count = generated.ungrantable.reduce((sum, use) => sum + use.count, 0);
    if (count > 0) say(context, context.words.auditLog.ungrantable({ subject: subjectText(subject), count }));
  }
  const missing = made.filter(({ requests }) => requests === 0);
  for (const { subject } of missing) {
    const near = nearest(subjectText(subject), namesIn(audited));
    say(context, context.words.auditLog.noRequests({ subject: subjectText(subject), near }));
  }
  return missing.length > 0 ? EXIT.notEvaluated : EXIT.clean;
}

/** What is granted without the roles to be made: to everybody, and with sources to the groups of the subject. */
async function openGranted(
  context: Context,
  { output, namespace, ...flags }: GenerateFlags,
  paths: readonly string[],
): Promise<RbacAuthorizer> {
  if (flags.cluster || paths.length > 0) return (await openAccess(context, flags, paths)).rbac;
  refuseClusterFlags(flags);
  if (flags.verifyKey !== undefined) {
    throw new UsageError((words) => words.usage.flagNeeds({ flag: '--verify-key', needed: '*.kse' }));
  }
  return new RbacAuthorizer(RbacWorld.of([], { bootstrap: !flags.noBootstrap }));
}

function makeFor(
  subject: Subject,
  { usage }: AuditedUsage,
  authorizer: RbacAuthorizer,
  flags: GenerateFlags,
) {
  const users = usage.of(subject).map((user) => inNamespace(user, flags.namespace));
  const { names, expandNamespaces, expandVerbs, includeRefused, namePrefix = 'kubestride' } = flags;
  const { name, groups } = userInfoOf(subject, flags.asGroup);
  // The roles that the subject has by its own name are those that the new ones are to replace.
  const isGroup = subject.kind === 'Group';
  const user = { name: '', groups: isGroup ? groups.filter((group) => group !== subject.name) : groups };
  const generated = generateRoles(users, {
    names,
    mostNames: MOST_NAMES,
    expandNamespaces,
    expandVerbs,
    refused: includeRefused,
    name: `${namePrefix}:${nameOf(subject, name)}`,
    user,
    isGranted: (attributes: RequestAttributes) => authorizer.authorize(attributes).decision === 'allow',
  });
  return {
    subject,
    requests: users.reduce((sum, { requests }) => sum + requests, 0),
    refusedRequests: users.reduce((sum, { refused }) => sum + refused, 0),
    generated,
    objects: generatedObjects(generated, subject),
  };
}

function inNamespace(user: UserUses, namespace: string | undefined): UserUses {
  if (namespace === undefined) return user;
  return { ...user, uses: user.uses.filter(({ action }) => action.namespace === namespace) };
}

/** Without what a path segment, which the name of a role has to be, may not hold. */
function nameOf({ kind, namespace, name }: Subject, userName: string): string {
  const plain =
    kind === 'ServiceAccount' ? `${namespace}:${name}` : kind === 'Group' ? `group:${name}` : userName;
  return plain.toLowerCase().replace(/[^a-z0-9:.-]/g, '-');
}

/** Who is in the log, as a subject is typed. */
function namesIn({ usage }: AuditedUsage): string[] {
  return [...new Set(usage.users().map(({ user }) => subjectText(parseSubject(`User:${user.name || '-'}`))))];
}
