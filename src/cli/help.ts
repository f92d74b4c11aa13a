import { type Command, type RouteMap, type StricliIntegration, text_en } from '@stricli/core';
import type { CliWords } from '../locales/cli.en.ts';
import { padEnd, wrap } from '../reports/width.ts';
import type { Context } from './context.ts';
import type { LeadingThenSources } from './positionals.ts';

interface Row {
  readonly term: string;
  readonly text: string;
}

/** Widest column of terms; longer terms push their text to the next line. */
const TERM_COLUMNS = 26;

/** `--help` for every command: what it does, its usage, arguments and flags, in the width of the terminal. */
export function helpFlag(words: CliWords, columns: number): StricliIntegration<Context> {
  return {
    flag: {
      brief: words.flag.help,
      aliases: ['h'],
      global: true,
      complete: true,
      defaultForRouteMap: true,
      run(_application, { result, additionalFlags }) {
        const { target, prefix } = result;
        const common = additionalFlags.map(({ name, aliases, brief }) => ({
          term: `${aliases?.[0] === undefined ? '    ' : `-${aliases[0]}, `}--${name}`,
          text: brief,
        }));
        const body =
          'parameters' in target
            ? ofCommand(target, prefix, words, common)
            : ofProgram(target, prefix, words, common);
        const lines = body.flatMap((part) => (typeof part === 'string' ? part : rows(part, columns)));
        this.process.stdout.write(`${lines.join('\n')}\n`);
      },
    },
  };
}

type Part = string | readonly Row[];

function ofProgram(
  target: RouteMap<Context>,
  prefix: readonly string[],
  words: CliWords,
  common: readonly Row[],
): Part[] {
  const commands = target
    .getAllEntries()
    .map(({ name, target: { brief } }) => ({ term: name.original, text: brief }));
  return [
    target.brief,
    '',
    `${words.headers.usage}: ${prefix.join(' ')} ${words.headers.command}`,
    '',
    `${words.headers.commands}:`,
    commands,
    '',
    `${words.headers.flags}:`,
    [...common, { term: '    --lang LANG', text: words.flag.lang }],
  ];
}

function ofCommand(
  target: Command<Context>,
  prefix: readonly string[],
  words: CliWords,
  common: readonly Row[],
): Part[] {
  const { flags = {}, aliases = {}, positional } = target.parameters;
  const leading = (positional as Partial<LeadingThenSources> | undefined)?.leading ?? [];
  const argument = positional?.kind === 'array' ? positional.parameter : positional?.parameters[0];
  const name = argument?.placeholder;
  const last = name === undefined ? [] : [positional?.kind === 'array' ? `[${name}…]` : name];
  const usage = [...leading.map(({ placeholder }) => placeholder), ...last];
  const flagRows = Object.entries(flags).map(([internal, flag]) => {
    const alias = Object.entries(aliases).find(([, of]) => of === internal)?.[0];
    const placeholder = flag.placeholder === undefined ? '' : ` ${flag.placeholder}`;
    return {
      term: `${alias === undefined ? '    ' : `-${alias}, `}--${kebab(internal)}${placeholder}`,
      text: flag.brief,
    };
  });
  return [
    target.fullDescription ?? target.brief,
    '',
    `${words.headers.usage}: ${[...prefix, ...usage, words.headers.anyFlags].join(' ')}`,
    ...(argument === undefined || name === undefined
      ? []
      : [
          '',
          `${words.headers.arguments}:`,
          [...leading, { placeholder: name, brief: argument.brief }].map(({ placeholder, brief }) => ({
            term: placeholder,
            text: brief,
          })),
        ]),
    '',
    `${words.headers.flags}:`,
    [...flagRows, ...common, { term: '    --', text: words.flag.escape }],
  ];
}

function rows(table: readonly Row[], columns: number): string[] {
  const width = Math.min(TERM_COLUMNS, Math.max(...table.map(({ term }) => term.length)));
  return table.flatMap(({ term, text }) => {
    const lines = wrap(text, Math.max(30, columns - width - 4));
    const isLong = term.length > width;
    const first = isLong ? [`  ${term}`] : [];
    return [
      ...first,
      ...lines.map((line, i) => `  ${padEnd(i === 0 && !isLong ? term : '', width)}  ${line}`),
    ];
  });
}

/** `failOn` as it is typed: `fail-on`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The parts of the library's own texts that this help does not show. */
export const UNUSED_TEXTS = { headers: text_en.headers, keywords: text_en.keywords, briefs: text_en.briefs };
