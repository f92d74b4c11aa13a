import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { paths } from '../../positionals.ts';
import { type AccessFlags, accessFlags } from './flags.ts';

export interface ReviewFlags extends AccessFlags {
  readonly reviews: string;
}

export function reviewCommand(words: CliWords) {
  const { brief, full } = words.access;
  const { namespace: _namespace, ...flags } = accessFlags(words);
  return buildCommand<Omit<ReviewFlags, 'namespace'>, string[], Context>({
    docs: { brief: brief.review, fullDescription: `${brief.review}\n\n${full.review}` },
    parameters: {
      flags: {
        reviews: {
          kind: 'parsed',
          parse: (input: string) => input,
          brief: words.flag.reviews,
          placeholder: 'FILE',
        },
        ...flags,
      },
      aliases: { o: 'output' },
      positional: paths(words),
    },
    async func(flags, ...paths) {
      const { review } = await import('../../access/review.ts');
      this.exitCode = await review(this, flags, paths);
    },
  });
}
