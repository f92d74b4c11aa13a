import {
  AliasNotFoundError,
  type Application,
  type ApplicationText,
  ArgumentParseError,
  buildApplication,
  buildRouteMap,
  FlagNotFoundError,
  InvalidNegatedFlagSyntaxError,
  type RouteMap,
  UnexpectedFlagError,
  UnexpectedPositionalError,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
  version,
} from '@stricli/core';
import { nearest } from '../kubernetes/spelling.ts';
import type { CliWords } from '../locales/cli.en.ts';
import { accessCommands } from './commands/access/index.ts';
import { admissionCommand } from './commands/admission.ts';
import { auditCommands } from './commands/audit/index.ts';
import { checksCommand } from './commands/checks.ts';
import { collectCommand } from './commands/collect.ts';
import { completionCommand } from './commands/completion.ts';
import { diffCommand } from './commands/diff.ts';
import { explainCommand } from './commands/explain.ts';
import { networkCommands } from './commands/network/index.ts';
import { permissionsCommand } from './commands/permissions.ts';
import { podSecurityCommand } from './commands/pod-security.ts';
import { scanCommand } from './commands/scan.ts';
import { watchCommand } from './commands/watch.ts';
import type { Context } from './context.ts';
import { helpFlag, kebab, UNUSED_TEXTS } from './help.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

/** What the error texts need to know about the run, filled in while the command line is read. */
export interface Invocation {
  readonly program: string;
  /** What the parser reads. */
  readonly argv: readonly string[];
  /** Program and command, as far as they are known. */
  command: string;
  /** Says in one line what a thrown value means to the user. */
  readonly describe: (error: unknown) => string;
  readonly isPath: (argument: string) => boolean;
  /** Width of the help. */
  readonly columns: number;
}

function routes(words: CliWords) {
  return {
    scan: scanCommand(words),
    watch: watchCommand(words),
    diff: diffCommand(words),
    collect: collectCommand(words),
    'pod-security': podSecurityCommand(words),
    admission: admissionCommand(words),
    access: accessCommands(words),
    network: networkCommands(words),
    audit: auditCommands(words),
    permissions: permissionsCommand(words),
    checks: checksCommand(words),
    explain: explainCommand(words),
    completion: completionCommand(words),
  };
}

export function buildKubeStride(words: CliWords, invocation: Invocation): Application<Context> {
  const commands = routes(words);
  const root = buildRouteMap<keyof typeof commands, Context>({
    routes: commands,
    docs: { brief: words.brief.root },
  });
  const flagNames = flagsByCommand(root);
  return buildApplication<Context>(
    root,
    {
      name: invocation.program,
      scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
      documentation: { disableAnsiColor: true },
      localization: { text: texts(words, invocation, flagNames) },
      determineExitCode: () => 3,
    },
    {
      help: helpFlag(words, invocation.columns),
      version: version({ brief: words.flag.printVersion, alias: false, info: { currentVersion: VERSION } }),
    },
  );
}

/** Flags by command, those of a group by both words: `access can`; `access` itself has none. */
function flagsByCommand(routes: RouteMap<Context>): Record<string, readonly string[]> {
  return Object.fromEntries(
    routes.getAllEntries().flatMap(({ name: { original }, target }): [string, readonly string[]][] => {
      if ('parameters' in target) {
        return [[original, [...Object.keys(target.parameters.flags ?? {}), 'help'].map(kebab)]];
      }
      const inner = Object.entries(flagsByCommand(target));
      return [
        [original, []],
        ...inner.map(([name, flags]): [string, readonly string[]] => [`${original} ${name}`, flags]),
      ];
    }),
  );
}

function texts(
  words: CliWords,
  invocation: Invocation,
  flagNames: Readonly<Record<string, readonly string[]>>,
): ApplicationText {
  const failed = (error: unknown) => invocation.describe(error);
  return {
    ...UNUSED_TEXTS,
    noCommandRegisteredForInput: ({ input }) => {
      const group = groupOf(invocation.argv, flagNames);
      if (input.startsWith('-')) {
        const near = nearest(input, group === '' ? ['--help', '--version', '--lang'] : ['--help', '--lang']);
        return words.usage.unknownFlag({
          flag: input,
          command: `${invocation.program} ${group}`.trimEnd(),
          near,
        });
      }
      const all = Object.keys(flagNames)
        .filter((name) => name.startsWith(group))
        .map((name) => name.slice(group.length))
        .filter((name) => !name.includes(' '));
      const near = nearest(input, all);
      if (near.length === 0 && group === '' && invocation.isPath(input)) {
        return words.usage.pathIsNoCommand({ program: invocation.program, path: input });
      }
      return words.usage.unknownCommand({ input, near, all });
    },
    exceptionWhileParsingArguments: (error) => describeScannerError(error, words, invocation, flagNames),
    exceptionWhileLoadingCommandFunction: failed,
    exceptionWhileLoadingCommandContext: failed,
    exceptionWhileRunningCommand: failed,
    commandErrorResult: failed,
    exceptionWhileRunningIntegrationHook: ({ exception }) => failed(exception),
    exceptionWhileRunningIntegrationFlag: ({ exception }) => failed(exception),
    noTextAvailableForLocale: ({ requestedLocale }) => requestedLocale,
    currentVersionIsNotLatest: ({ latestVersion }) => latestVersion,
  };
}

/** The group whose command was asked for, with a space behind it: `access `; empty at the top. */
/** The words of the command line that name a group of commands, with a space behind; empty where there is none. */
function groupOf(argv: readonly string[], flagNames: Readonly<Record<string, readonly string[]>>): string {
  let group = '';
  for (const word of argv.filter((argument) => !argument.startsWith('-'))) {
    const longer = `${group}${word} `;
    if (!Object.keys(flagNames).some((name) => name.startsWith(longer))) break;
    group = longer;
  }
  return group;
}

function describeScannerError(
  error: unknown,
  words: CliWords,
  { command, argv, program, describe }: Invocation,
  flagNames: Readonly<Record<string, readonly string[]>>,
): string {
  const flags = (flagNames[command.slice(program.length + 1)] ?? []).map((name) => `--${name}`);
  if (error instanceof FlagNotFoundError) {
    const flag = `--${error.input}`;
    return words.usage.unknownFlag({ flag, command, near: nearest(flag, flags) });
  }
  if (error instanceof AliasNotFoundError) {
    const flag =
      argv.find((argument) => /^-[a-z]/i.test(argument) && argument.includes(error.input)) ??
      `-${error.input}`;
    return words.usage.unknownFlag({
      flag,
      command,
      near: flag.length > 2 ? nearest(`-${flag}`, flags) : [],
    });
  }
  if (error instanceof ArgumentParseError && error.exception instanceof UsageError) {
    const isArgument =
      error.externalFlagNameOrPlaceholder === error.externalFlagNameOrPlaceholder.toUpperCase();
    if (!isArgument || !/^-./.test(error.input)) return describe(error.exception);
    const near = nearest(error.input.replace(/^-*/, '--'), flags);
    return words.usage.unknownFlag({ flag: error.input, command, near });
  }
  if (error instanceof UnsatisfiedFlagError) {
    return words.usage.missingValue({ flag: `--${error.externalFlagName}`, command });
  }
  if (error instanceof ArgumentParseError || error instanceof InvalidNegatedFlagSyntaxError) {
    const [name, value] =
      error instanceof ArgumentParseError
        ? [error.externalFlagNameOrPlaceholder, error.input]
        : [error.externalFlagName, error.valueText];
    return words.usage.noValueAllowed({ flag: `--${name}`, value });
  }
  if (error instanceof UnexpectedFlagError) {
    const flag = `--${error.externalFlagName}`;
    return words.usage.repeated({ flag, first: error.previousInput, second: error.input });
  }
  if (error instanceof UnexpectedPositionalError) {
    return words.usage.tooManyArguments({ input: error.input, command });
  }
  if (error instanceof UnsatisfiedPositionalError) {
    return words.usage.missingArgument({ name: error.placeholder, command });
  }
  return describe(error);
}
