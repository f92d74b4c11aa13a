import { buildCommand } from '@stricli/core';
import type { Version } from '../../engines/pod-security/version.ts';
import { parseVersion } from '../../engines/pod-security/version.ts';
import type { CliWords } from '../../locales/cli.en.ts';
import type { Context } from '../context.ts';
import { type CommonFlags, langFlag, plainOutputFlag } from '../flags.ts';
import { paths } from '../positionals.ts';
import { type SourceFlags, sourceFlags } from '../source-flags.ts';
import { UsageError } from '../usage-error.ts';

export interface PodSecurityFlags extends CommonFlags, SourceFlags {
  readonly output?: 'terminal' | 'json';
  readonly version: Version | 'latest';
}

function policyVersion(input: string): Version | 'latest' {
  const version = parseVersion(input) ?? parseVersion(`v${input}`);
  if (version !== undefined) return version;
  throw new UsageError((words) => words.usage.notAVersion({ flag: '--version', value: input }));
}

export function podSecurityCommand(words: CliWords) {
  return buildCommand<PodSecurityFlags, string[], Context>({
    docs: {
      brief: words.brief.podSecurity,
      fullDescription: `${words.brief.podSecurity}\n\n${words.full.podSecurity}`,
    },
    parameters: {
      flags: {
        output: plainOutputFlag(words),
        version: {
          kind: 'parsed',
          parse: policyVersion,
          brief: words.flag.version,
          placeholder: 'VERSION',
          default: 'latest',
        },
        ...sourceFlags(words),
        lang: langFlag(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: paths(words),
    },
    async func(flags, ...paths) {
      const { podSecurity } = await import('../pod-security.ts');
      this.exitCode = await podSecurity(this, flags, paths);
    },
  });
}
