import type { CliWords } from '../../locales/cli.en.ts';
import { type Doubt, type Unused, unusedIn, type Verdict } from '../../records/usage/index.ts';
import type { UnusedFlags } from '../commands/audit/usage-flags.ts';
import { type Context, EXIT, type ExitCode } from '../context.ts';
import { UsageError } from '../usage-error.ts';
import { tableLines } from './table.ts';
import {
  answerUsage,
  doubtTexts,
  placeText,
  sightLines,
  timeCell,
  type UsageAnswer,
  wholeFilterOf,
} from './usage-answer.ts';
import { gapsIn } from './usage-gaps.ts';
import { usageSource } from './usage-sources.ts';

type Kind = 'accounts' | 'legacyTokens' | 'credentials' | 'bindings';

/** One thing that could be taken away, of whichever kind. */
interface Item {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  /** What else tells it from others: the role of a binding, whose token it is. */
  readonly of: string;
  readonly verdict: Verdict;
  readonly requests: number | undefined;
  readonly last: number | undefined;
  readonly doubts: readonly Doubt[];
  /** Kubernetes makes it again when it is taken away. */
  readonly isMadeAnew: boolean;
}

const KINDS: ReadonlySet<string> = new Set([
  '/ServiceAccount',
  '/Secret',
  '/ConfigMap',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
]);

/** Says what nobody used. Exit code 1 where there is something. */
export async function listUnused(
  context: Context,
  flags: UnusedFlags,
  paths: readonly string[],
): Promise<ExitCode> {
  const source = await usageSource(context, flags, paths, KINDS);
  if (source === undefined)
    throw new UsageError((words) =>
      words.usage.missingArgument({ name: 'SOURCE', command: 'audit usage unused' }),
    );
  const { words } = context;
  return answerUsage(context, flags, async (reader, scope): Promise<UsageAnswer> => {
    const filter = wholeFilterOf(flags, scope);
    const { verdict, gaps } = await gapsIn(reader, scope, filter);
    const unused = await unusedIn(reader, source.cluster, filter, { gaps });
    const all = itemsOf(unused);
    const counted = all.filter(({ isMadeAnew }) => !isMadeAnew);
    const items = flags.all ? all : counted.filter(({ verdict: own }) => own !== 'used');
    const isOpen = source.isPartial || counted.some(({ verdict: own }) => own === 'not-known');
    const verdicts: Readonly<Record<typeof verdict, string>> = words.completeness.verdict;
    return {
      schema: 'kubestride.unused/v1',
      value: { completeness: verdict, gaps, ...unused },
      columns: ['kind', 'namespace', 'name', 'of', 'verdict', 'requests', 'last', 'doubts', 'made_anew'],
      rows: items.map(({ kind, namespace, name, of, verdict: own, requests, last, doubts, isMadeAnew }) => [
        ...[kind, namespace, name, of, own, requests ?? '', timeCell(last)],
        doubts.join(' '),
        String(isMadeAnew),
      ]),
      lines: [
        ...sightLines(context, unused.sight),
        words.inUse.completeness({ verdict: verdicts[verdict] }),
        ...linesOf(context, items, unused.sight.doubts),
        ...(items.length === 0 ? [words.inUse.nothingUnused] : []),
      ],
      damage: unused.damage,
      exit: counted.some(({ verdict: own }) => own === 'unused')
        ? EXIT.findings
        : isOpen
          ? EXIT.notEvaluated
          : EXIT.clean,
    };
  });
}

function itemsOf({ accounts, legacyTokens, credentials, bindings }: Unused): Item[] {
  return [
    ...accounts.map(
      (account): Item => ({
        ...account,
        kind: 'accounts',
        of: '',
        isMadeAnew: account.name === 'default',
      }),
    ),
    ...legacyTokens.map(
      (token): Item => ({
        ...token,
        kind: 'legacyTokens',
        of: token.account,
        requests: undefined,
        isMadeAnew: false,
      }),
    ),
    ...credentials.map(
      ({ credential, user, last }): Item => ({
        kind: 'credentials',
        namespace: '',
        name: credential,
        of: user,
        verdict: 'unused',
        requests: 0,
        last,
        doubts: [],
        isMadeAnew: false,
      }),
    ),
    ...bindings.map(
      (binding): Item => ({
        ...binding,
        kind: 'bindings',
        namespace: binding.namespace ?? '',
        of: `${binding.role.kind} ${binding.role.name}`,
        isMadeAnew: binding.isBootstrap,
      }),
    ),
  ];
}

/** A table a kind; doubts that all share are not told again. */
function linesOf({ words, terminal }: Context, items: readonly Item[], shared: readonly Doubt[]): string[] {
  const { heading } = words.inUse;
  return (['accounts', 'legacyTokens', 'credentials', 'bindings'] as const).flatMap((kind) => {
    const own = items.filter((item) => item.kind === kind);
    if (own.length === 0) return [];
    const { columns } = terminal.stdout;
    const rows = own.map((item) => rowOf(words, item, shared));
    return ['', heading[kind], ...tableLines(rows, columns).map((text) => `  ${text}`)];
  });
}

function rowOf(words: CliWords, item: Item, shared: readonly Doubt[]): string[] {
  const { inUse, records } = words;
  const verdicts: Readonly<Record<Verdict, string>> = inUse.verdict;
  const { kind, namespace, name, of, verdict, last, doubts, isMadeAnew } = item;
  // What is used is used, whatever may be missing.
  const own = verdict === 'used' ? [] : doubts.filter((doubt) => !shared.includes(doubt));
  return [
    verdicts[verdict],
    placeText(namespace, name),
    kind === 'accounts' ? '' : inUse.of({ kind, of }),
    last === undefined ? '' : inUse.last({ time: timeCell(last) }),
    records.listed({ items: [...doubtTexts(words, own), ...(isMadeAnew ? [inUse.madeAnew] : [])] }),
  ].filter((_, index) => index !== 2 || kind !== 'accounts');
}
