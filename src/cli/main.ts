import { existsSync } from 'node:fs';
import { proposeCompletions, run, type StricliDynamicCommandContext } from '@stricli/core';
import { type ErrorParams, KubeStrideError } from '../kubernetes/errors.ts';
import type { Language } from '../locales/words.ts';
import { escapeText } from '../reports/escape.ts';
import { buildKubeStride, type Invocation } from './application.ts';
import { normaliseArguments } from './arguments.ts';
import { type Context, EXIT } from './context.ts';
import { languageOf, loadCliWords } from './language.ts';
import { StreamSink, type Terminal } from './streams.ts';
import { nearestPath } from './suggest-path.ts';
import { UsageError } from './usage-error.ts';

/** Name of the command that the completion scripts call; not listed anywhere. */
export const COMPLETE = '__complete';

/** Runs the program for this process and sets its exit code. `program` is how the user called it. */
export async function main(program: string): Promise<void> {
  const terminal: Terminal = {
    get stdin() {
      return process.stdin;
    },
    stdout: new StreamSink(process.stdout, 'stdout'),
    stderr: new StreamSink(process.stderr, 'stderr'),
    env: process.env,
    cwd: process.cwd(),
  };
  process.exitCode = await runProgram(program, process.argv.slice(2), terminal);
}

/** Names the candidates that a missing path is probably meant to be. */
function withSuggestions({ params }: KubeStrideError): ErrorParams {
  const { path, candidates } = params;
  if (typeof path !== 'string' || !Array.isArray(candidates)) return params;
  return { ...params, suggestions: nearestPath(path, candidates) };
}

async function runProgram(program: string, argv: readonly string[], terminal: Terminal): Promise<number> {
  let language: Language = languageOf(terminal.env);
  let reported = false;
  const report = (message: string): void => {
    // The parser reports each wrong argument; the first tells enough.
    if (reported || message.trim() === '') return;
    reported = true;
    void terminal.stderr.write(`${program}: ${escapeText(message.trimEnd())}\n`);
  };
  let words = await loadCliWords(language);
  const describe = (error: unknown): string => {
    if (error instanceof UsageError) return error.say(words);
    if (terminal.env['KUBESTRIDE_DEBUG'] && error instanceof Error)
      void terminal.stderr.write(`${error.stack}\n`);
    if (error instanceof KubeStrideError) return words.errors[error.code](withSuggestions(error));
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
    return words.failure.internal({ reason });
  };
  try {
    const { rest, language: chosen } = normaliseArguments(argv);
    if (chosen !== undefined && chosen !== language) {
      language = chosen;
      words = await loadCliWords(language);
    }
    const invocation: Invocation = {
      program,
      argv: rest,
      command: program,
      describe,
      isPath: existsSync,
      columns: Math.min(terminal.stdout.columns ?? 100, 120),
    };
    const application = buildKubeStride(words, invocation);
    const standard = {
      stdout: { write: (text: string) => void terminal.stdout.write(text) },
      stderr: { write: report },
      env: terminal.env,
      exitCode: null as number | string | null,
    };
    const context: Context = { process: standard, terminal, language, words, program, exitCode: EXIT.clean };
    const dynamic: StricliDynamicCommandContext<Context> = {
      process: standard,
      forCommand: ({ prefix }) => {
        invocation.command = prefix.join(' ');
        return context;
      },
    };
    if (rest[0] === COMPLETE) {
      const typed = rest.slice(1);
      for (const { completion, kind } of await proposeCompletions(application, typed, dynamic)) {
        // Where no dash was typed the shell's own file names are more likely meant than a flag.
        if (kind !== 'argument:flag' || typed.at(-1)?.startsWith('-')) {
          await terminal.stdout.write(`${completion}\n`);
        }
      }
      return EXIT.clean;
    }
    await run(application, rest, dynamic);
    await terminal.stdout.end();
    await terminal.stderr.end();
    return standard.exitCode === 0 ? context.exitCode : EXIT.error;
  } catch (error) {
    report(describe(error));
    return EXIT.error;
  }
}
