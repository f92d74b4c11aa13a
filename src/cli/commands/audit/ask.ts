import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { outputFlag } from '../../flags.ts';
import { pathsFor } from '../../positionals.ts';
import { textFlag } from '../../source-flags.ts';
import {
  type FilterFlags,
  filterFlags,
  limitFlag,
  type StoreFlags,
  storeFlags,
  textsFlag,
} from './store-flags.ts';

export interface AskFlags extends StoreFlags, FilterFlags {
  readonly reads: boolean;
  readonly list: boolean;
  readonly saved?: string;
  readonly bindings?: readonly string[];
  readonly limit: number;
  readonly output?: 'terminal' | 'json' | 'markdown';
}

export function askCommand(words: CliWords) {
  const { argument, brief, full, flag } = words.recording;
  return buildCommand<AskFlags, string[], Context>({
    docs: { brief: brief.ask, fullDescription: `${brief.ask}\n\n${full.ask}` },
    parameters: {
      flags: {
        ...storeFlags(words),
        ...filterFlags(words),
        reads: { kind: 'boolean', default: false, withNegated: false, brief: flag.reads },
        list: { kind: 'boolean', default: false, withNegated: false, brief: flag.list },
        saved: textFlag(flag.saved, 'FILE'),
        bindings: textsFlag(flag.bindings, 'SOURCE'),
        limit: limitFlag(words),
        output: outputFlag(['terminal', 'json', 'markdown'], flag.answerOutput),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: pathsFor({ placeholder: 'QUESTION', brief: argument.question }),
    },
    async func(flags, ...question) {
      const { askRecords } = await import('../../audit/ask.ts');
      this.exitCode = await askRecords(this, flags, question);
    },
  });
}
