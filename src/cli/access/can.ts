import { RbacAuthorizer, RbacWorld } from '../../engines/authorization/index.ts';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import type { CanFlags } from '../commands/access/can.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { splitLeading } from '../positionals.ts';
import { ProgressLine } from '../progress.ts';
import { openSource } from '../sources.ts';
import { parseAction } from './resource.ts';
import { parseSubject, userInfoOf } from './subject.ts';

/** Says whether a subject may do something. */
export async function can(context: Context, flags: CanFlags, given: readonly string[]): Promise<ExitCode> {
  const command = `${context.program} access can`;
  const { leading, paths } = splitLeading(command, ['SUBJECT', 'VERB', 'RESOURCE'], given);
  const [subject, verb, resource] = leading;
  const { asGroup, name, subresource, namespace = '', ...rest } = flags;
  const user = userInfoOf(parseSubject(subject), asGroup);
  const progress = new ProgressLine(context.terminal, context.words);
  const { evidence } = await openSource(context, rest, paths, { progress });
  progress.done();
  const { action } = parseAction(verb, resource, new ApiResources(evidence.objects), {
    namespace,
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  });
  const world = RbacWorld.of(evidence.objects.map(({ raw }) => raw));
  const { decision } = new RbacAuthorizer(world).authorize({ ...action, user });
  await context.terminal.stdout.write(decision === 'allow' ? 'yes\n' : 'no\n');
  return decision === 'allow' ? EXIT.clean : EXIT.findings;
}
