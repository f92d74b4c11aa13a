import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { choiceFlag } from '../../flags.ts';
import { paths } from '../../positionals.ts';
import { namespaceFlag } from '../../source-flags.ts';
import { type NetworkFlags, networkFlags } from './flags.ts';

export interface GeneratePoliciesFlags extends NetworkFlags {
  readonly workload?: readonly string[];
  readonly flows?: readonly string[];
  readonly apiServer?: readonly string[];
  readonly includeDropped: boolean;
  readonly includeAmbiguous: boolean;
  readonly output: 'yaml' | 'json';
}

const FORMATS = ['yaml', 'json'] as const;

export function generatePoliciesCommand(words: CliWords) {
  const { brief, full, flag } = words.networkGenerate;
  const many = (text: string, placeholder: string) =>
    ({
      kind: 'parsed',
      parse: (input: string) => input,
      brief: text,
      placeholder,
      variadic: true,
      optional: true,
    }) as const;
  return buildCommand<GeneratePoliciesFlags, string[], Context>({
    docs: { brief, fullDescription: `${brief}\n\n${full}` },
    parameters: {
      flags: {
        workload: many(flag.workload, 'WORKLOAD'),
        flows: many(flag.flows, 'FILE'),
        apiServer: many(flag.apiServer, 'ADDRESS:PORT'),
        includeDropped: { kind: 'boolean', default: false, withNegated: false, brief: flag.includeDropped },
        includeAmbiguous: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: flag.includeAmbiguous,
        },
        output: { ...choiceFlag('-o', FORMATS, flag.output, 'FORMAT'), default: 'yaml' },
        ...networkFlags(words),
        namespace: namespaceFlag(flag.namespace),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: paths(words),
    },
    async func(flags, ...paths) {
      const { generate } = await import('../../network/generate.ts');
      this.exitCode = await generate(this, flags, paths);
    },
  });
}
