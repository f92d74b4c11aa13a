import { buildCommand } from '@stricli/core';
import type { NameChoice } from '../../../engines/authorization/index.ts';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { choiceFlag } from '../../flags.ts';
import { pathsFor } from '../../positionals.ts';
import { namespaceFlag, textFlag } from '../../source-flags.ts';
import { auditFlag } from './audit-flag.ts';
import { type AccessFlags, accessFlags, groupFlag } from './flags.ts';

export interface GenerateFlags extends Omit<AccessFlags, 'output'> {
  readonly audit: readonly string[];
  readonly subject: readonly string[];
  readonly asGroup?: readonly string[];
  readonly names: NameChoice;
  readonly expandNamespaces: boolean;
  readonly expandVerbs: boolean;
  readonly includeRefused: boolean;
  readonly namePrefix?: string;
  readonly output: 'yaml' | 'json';
}

const NAMES = ['stable', 'single', 'all', 'none'] as const;
const FORMATS = ['yaml', 'json'] as const;

export function generateCommand(words: CliWords) {
  const { argument, brief, full, flag } = words.auditLog;
  return buildCommand<GenerateFlags, string[], Context>({
    docs: { brief: brief.generate, fullDescription: `${brief.generate}\n\n${full.generate}` },
    parameters: {
      flags: {
        audit: auditFlag(words),
        subject: {
          kind: 'parsed',
          parse: (input: string) => input,
          brief: flag.subject,
          placeholder: 'SUBJECT',
          variadic: true,
        },
        names: { ...choiceFlag('--names', NAMES, flag.names, 'WHICH'), default: 'stable' },
        expandNamespaces: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: flag.expandNamespaces,
        },
        expandVerbs: { kind: 'boolean', default: false, withNegated: false, brief: flag.expandVerbs },
        includeRefused: { kind: 'boolean', default: false, withNegated: false, brief: flag.includeRefused },
        namePrefix: textFlag(flag.namePrefix, 'PREFIX'),
        asGroup: groupFlag(words),
        ...accessFlags(words),
        noBootstrap: { kind: 'boolean', default: false, withNegated: false, brief: flag.noBootstrapGenerate },
        namespace: namespaceFlag(flag.onlyNamespace),
        output: { ...choiceFlag('-o', FORMATS, flag.generateOutput, 'FORMAT'), default: 'yaml' },
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: pathsFor({ placeholder: 'PATH', brief: argument.granted }),
    },
    async func(flags, ...paths) {
      const { generate } = await import('../../access/generate.ts');
      this.exitCode = await generate(this, flags, paths);
    },
  });
}
