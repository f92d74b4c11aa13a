import type { Problem } from '../../engines/authorization/index.ts';
import { type Context, say } from '../context.ts';
import { type Reference, referencesTo } from './argument.ts';
import type { AccessSource } from './source.ts';
import { placeText, referenceName } from './text.ts';

/** How many are named; a folder of templates can have one in each file. */
const NAMED = 5;

/** Names on standard error the documents and files that were not read and may decide, with the reasons. */
export function sayUnread(context: Context, { sight: { unread } }: AccessSource): void {
  if (unread.length === 0) return;
  const places = unread.slice(0, NAMED).map(({ file, line, path, reason, detail }) => {
    const place = `${file}${line === undefined ? '' : `:${line}`}${path ? `, ${path}` : ''}`;
    return `${place} (${reason}${detail === undefined ? '' : `: ${detail}`})`;
  });
  const { length: count } = unread;
  say(context, context.words.warning.notRead({ count, places: places.join('; '), more: count > NAMED }));
}

/**
 * Names on standard error what was not read, and what of the roles and bindings cannot work. What the API server itself created is
 * left out.
 */
export async function sayProblems(context: Context, source: AccessSource): Promise<void> {
  sayUnread(context, source);
  const problems = source.world.problems.filter(
    ({ kind, object }) =>
      source.objectOf(object) !== undefined &&
      // Manifests seldom hold what defines the APIs that they speak of.
      (kind !== 'unknown-api-group' || source.evidence.isComplete),
  );
  if (problems.length === 0) return;
  const named = problems.slice(0, NAMED);
  const references = await referencesTo(source, named);
  for (const [i, problem] of named.entries()) say(context, problemText(context, problem, references[i]!));
  const count = problems.length - named.length;
  if (count > 0) say(context, context.words.access.moreProblems({ count }));
}

function problemText(context: Context, { kind, path, name }: Problem, reference: Reference): string {
  const what = context.words.access.problem[kind]({ name });
  return `${placeText(context, reference.source)}: ${referenceName(reference)}, ${path}: ${what}`;
}
