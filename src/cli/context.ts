import type { CommandContext } from '@stricli/core';
import type { CliWords } from '../locales/cli.en.ts';
import type { Language } from '../locales/words.ts';
import { escapeText } from '../reports/escape.ts';
import type { Terminal } from './streams.ts';

/** Contract with scripts, see docs; 3 also stands for every error that is not the input's. */
export const EXIT = { clean: 0, findings: 1, notEvaluated: 2, error: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command gets as `this`. */
export interface Context extends CommandContext {
  readonly terminal: Terminal;
  readonly language: Language;
  readonly words: CliWords;
  /** How the user calls the program: `kubestride`, or `kubectl stride`. */
  readonly program: string;
  /** Set by the command; clean until then. */
  exitCode: ExitCode;
}

/** One line on standard error, behind the program's name. */
export function say(context: Pick<Context, 'program' | 'terminal'>, line: string): void {
  void context.terminal.stderr.write(`${context.program}: ${escapeText(line)}\n`);
}
