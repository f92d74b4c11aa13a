import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import type { FocusFlags } from '../../network/focus.ts';
import { oneOf, path } from '../../parsers.ts';
import { textFlag } from '../../source-flags.ts';
import { type NetworkFlags, networkFlags } from './flags.ts';

export const CONNECTION_FORMATS = ['txt', 'json', 'csv', 'md', 'dot'] as const;

export interface ConnectionsFlags extends NetworkFlags, FocusFlags {
  readonly output: (typeof CONNECTION_FORMATS)[number];
}

export function connectionsCommand(words: CliWords) {
  const { brief, flag, full } = words.network;
  return buildCommand<ConnectionsFlags, string[], Context>({
    docs: { brief: brief.connections, fullDescription: `${brief.connections}\n\n${full.connections}` },
    parameters: {
      flags: {
        output: {
          kind: 'parsed',
          parse: oneOf('-o', CONNECTION_FORMATS),
          proposeCompletions: () => CONNECTION_FORMATS,
          brief: flag.format,
          placeholder: 'FORMAT',
          default: 'txt',
        },
        focus: textFlag(flag.focus, 'WORKLOAD'),
        from: textFlag(flag.from, 'WORKLOAD'),
        to: textFlag(flag.to, 'WORKLOAD'),
        port: textFlag(flag.port, 'PORT'),
        ...networkFlags(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: {
        kind: 'array',
        parameter: { placeholder: 'PATH', brief: words.argument.path, parse: path },
      },
    },
    async func(flags, ...paths) {
      const { connections } = await import('../../network/connections.ts');
      this.exitCode = await connections(this, flags, paths);
    },
  });
}
