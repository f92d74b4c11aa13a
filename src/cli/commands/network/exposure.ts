import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { choiceFlag } from '../../flags.ts';
import { paths } from '../../positionals.ts';
import { type NetworkFlags, networkFlags } from './flags.ts';

export interface ExposureFlags extends NetworkFlags {
  readonly output: 'txt' | 'json';
}

const FORMATS = ['txt', 'json'] as const;

export function exposureCommand(words: CliWords) {
  const { brief, full, format } = words.exposure;
  return buildCommand<ExposureFlags, string[], Context>({
    docs: { brief, fullDescription: `${brief}\n\n${full}` },
    parameters: {
      flags: {
        output: { ...choiceFlag('-o', FORMATS, format, 'FORMAT'), default: 'txt' },
        ...networkFlags(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: paths(words),
    },
    async func(flags, ...paths) {
      const { exposure } = await import('../../network/exposure.ts');
      this.exitCode = await exposure(this, flags, paths);
    },
  });
}
