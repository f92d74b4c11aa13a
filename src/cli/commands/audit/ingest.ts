import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import { FORMATS, type LogFormat } from '../../../records/formats.ts';
import type { Context } from '../../context.ts';
import { choiceFlag, plainOutputFlag } from '../../flags.ts';
import { pathsFor } from '../../positionals.ts';
import { textFlag } from '../../source-flags.ts';
import { number, type StoreFlags, storeFlags } from './store-flags.ts';

export interface IngestFlags extends StoreFlags {
  readonly format?: LogFormat;
  readonly clusterName?: string;
  readonly nodeName?: string;
  readonly year?: number;
  readonly output?: 'terminal' | 'json';
}

export function ingestCommand(words: CliWords) {
  const { argument, brief, full, flag } = words.recording;
  return buildCommand<IngestFlags, string[], Context>({
    docs: { brief: brief.ingest, fullDescription: `${brief.ingest}\n\n${full.ingest}` },
    parameters: {
      flags: {
        ...storeFlags(words),
        format: { ...choiceFlag('--format', FORMATS, flag.format, 'FORMAT'), optional: true },
        clusterName: textFlag(flag.clusterName, 'NAME'),
        nodeName: textFlag(flag.nodeName, 'NAME'),
        year: { ...textFlag(flag.year, 'YEAR'), parse: number('--year') },
        output: plainOutputFlag(words),
      },
      aliases: { o: 'output' },
      positional: pathsFor({ placeholder: 'FILE', brief: argument.file }),
    },
    async func(flags, ...files) {
      const { ingest } = await import('../../audit/ingest.ts');
      this.exitCode = await ingest(this, flags, files);
    },
  });
}
