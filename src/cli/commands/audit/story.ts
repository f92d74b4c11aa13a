import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { outputFlag } from '../../flags.ts';
import { textFlag } from '../../source-flags.ts';
import { limitFlag, type StoreFlags, storeFlags, textsFlag, timeFlags } from './store-flags.ts';

export interface StoryFlags extends StoreFlags {
  readonly since?: string;
  readonly until?: string;
  readonly clusterName?: string;
  readonly report?: string;
  readonly bindings?: readonly string[];
  readonly limit: number;
  readonly output?: 'terminal' | 'json' | 'markdown';
}

export function storyCommand(words: CliWords) {
  const { argument, brief, full, flag } = words.recording;
  return buildCommand<StoryFlags, [string], Context>({
    docs: { brief: brief.story, fullDescription: `${brief.story}\n\n${full.story}` },
    parameters: {
      flags: {
        ...storeFlags(words),
        ...timeFlags(words),
        clusterName: textFlag(flag.clusterName, 'NAME'),
        report: textFlag(flag.report, 'FILE'),
        bindings: textsFlag(flag.bindings, 'SOURCE'),
        limit: limitFlag(words),
        output: outputFlag(['terminal', 'json', 'markdown'], flag.answerOutput),
      },
      aliases: { o: 'output' },
      positional: {
        kind: 'tuple',
        parameters: [{ placeholder: 'ABOUT', brief: argument.about, parse: (input: string) => input }],
      },
    },
    async func(flags, about) {
      const { tell } = await import('../../audit/story.ts');
      this.exitCode = await tell(this, flags, about);
    },
  });
}
