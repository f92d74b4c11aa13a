import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { paths } from '../../positionals.ts';
import { namespaceFlag } from '../../source-flags.ts';
import { auditFlag } from './audit-flag.ts';
import { type AccessFlags, accessFlags } from './flags.ts';

export interface UnusedFlags extends AccessFlags {
  readonly audit: readonly string[];
  readonly subject?: readonly string[];
  readonly all: boolean;
}

export function unusedCommand(words: CliWords) {
  const { brief, full, flag } = words.auditLog;
  return buildCommand<UnusedFlags, string[], Context>({
    docs: { brief: brief.unused, fullDescription: `${brief.unused}\n\n${full.unused}` },
    parameters: {
      flags: {
        audit: auditFlag(words),
        subject: {
          kind: 'parsed',
          parse: (input: string) => input,
          brief: flag.onlySubject,
          placeholder: 'SUBJECT',
          variadic: true,
          optional: true,
        },
        all: { kind: 'boolean', default: false, withNegated: false, brief: flag.allGrants },
        ...accessFlags(words),
        namespace: namespaceFlag(flag.onlyBoundIn),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: paths(words),
    },
    async func(flags, ...paths) {
      const { unused } = await import('../../access/unused.ts');
      this.exitCode = await unused(this, flags, paths);
    },
  });
}
