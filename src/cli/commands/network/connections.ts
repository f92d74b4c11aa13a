import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { choiceFlag } from '../../flags.ts';
import type { FocusFlags } from '../../network/focus.ts';
import { paths } from '../../positionals.ts';
import { textFlag } from '../../source-flags.ts';
import { type NetworkFlags, networkFlags } from './flags.ts';

export const CONNECTION_FORMATS = ['txt', 'json', 'csv', 'md', 'dot', 'svg', 'mermaid'] as const;

export interface ConnectionsFlags extends NetworkFlags, FocusFlags {
  readonly output: (typeof CONNECTION_FORMATS)[number];
}

export function connectionsCommand(words: CliWords) {
  const { brief, flag, full } = words.network;
  return buildCommand<ConnectionsFlags, string[], Context>({
    docs: { brief: brief.connections, fullDescription: `${brief.connections}\n\n${full.connections}` },
    parameters: {
      flags: {
        output: { ...choiceFlag('-o', CONNECTION_FORMATS, flag.format, 'FORMAT'), default: 'txt' },
        focus: textFlag(flag.focus, 'WORKLOAD'),
        from: textFlag(flag.from, 'WORKLOAD'),
        to: textFlag(flag.to, 'WORKLOAD'),
        port: textFlag(flag.port, 'PORT'),
        ...networkFlags(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: paths(words),
    },
    async func(flags, ...paths) {
      const { connections } = await import('../../network/connections.ts');
      this.exitCode = await connections(this, flags, paths);
    },
  });
}
