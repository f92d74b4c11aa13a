import { type Unused, unusedOf } from '../../engines/network/index.ts';
import { escapeText, jsonText } from '../../reports/escape.ts';
import type { UnusedPoliciesFlags } from '../commands/network/unused.ts';
import { type Context, EXIT, type ExitCode, say } from '../context.ts';
import { policyName, problemsJson, tellProblems } from './problems.ts';
import { type NetworkSource, openNetwork } from './source.ts';

/** Says what of the policies changes nothing. */
export async function unusedPolicies(
  context: Context,
  flags: UnusedPoliciesFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const { words, terminal } = context;
  const { output, ...rest } = flags;
  const source = await openNetwork(context, rest, paths);
  const unused = [...unusedOf(source.network.model)];
  await source.places.know(unused.map(({ policy, path }) => ({ raw: policy.object, path })));
  const entries = unused.map((each) => entryOf(source, each));
  if (output === 'json') {
    const said = { unused: entries, problems: await problemsJson(source) };
    await terminal.stdout.write(`${jsonText(JSON.stringify(said))}\n`);
  } else {
    const lines = entries.map(({ policy, path, kind, near, source: place }) => {
      const what = path === '' ? policy : `${policy} ${path}`;
      return `${what}: ${words.network.unusedBecause[kind]({ near })}  (${place})`;
    });
    if (lines.length === 0)
      lines.push(words.network.nothingUnused({ policies: source.network.model.policies.length }));
    await terminal.stdout.write(lines.map((line) => `${escapeText(line)}\n`).join(''));
  }
  const isWhole = await tellProblems(context, source);
  const isNothing = source.evidence.objects.length === 0;
  if (isNothing) say(context, words.warning.nothingFound());
  if (unused.length > 0) return EXIT.findings;
  return isWhole && !isNothing ? EXIT.clean : EXIT.notEvaluated;
}

function entryOf({ places }: NetworkSource, { kind, policy, path, near }: Unused) {
  return {
    kind,
    policy: policyName(policy.object),
    path,
    near,
    source: places.text(policy.object, path),
  };
}
