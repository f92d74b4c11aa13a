import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { outputFlag } from '../../flags.ts';
import { limitFlag, type StoreFlags, storeFlags } from './store-flags.ts';

export interface SqlFlags extends StoreFlags {
  readonly limit: number;
  readonly output?: 'terminal' | 'json' | 'csv';
}

export function sqlCommand(words: CliWords) {
  const { argument, brief, full, flag } = words.recording;
  return buildCommand<SqlFlags, [string], Context>({
    docs: { brief: brief.sql, fullDescription: `${brief.sql}\n\n${full.sql}` },
    parameters: {
      flags: {
        ...storeFlags(words),
        limit: limitFlag(words),
        output: outputFlag(['terminal', 'json', 'csv'], flag.tableOutput),
      },
      aliases: { o: 'output' },
      positional: {
        kind: 'tuple',
        parameters: [{ placeholder: 'SELECT', brief: argument.statement, parse: (input: string) => input }],
      },
    },
    async func(flags, statement) {
      const { askSql } = await import('../../audit/sql.ts');
      this.exitCode = await askSql(this, flags, statement);
    },
  });
}
