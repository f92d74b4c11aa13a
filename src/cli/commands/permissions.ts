import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import type { Context } from '../context.ts';
import { type CommonFlags, langFlag } from '../flags.ts';
import { namespaceFlag } from '../source-flags.ts';

export interface PermissionsFlags extends CommonFlags {
  readonly namespace?: string;
  readonly secrets: boolean;
  readonly watch: boolean;
  readonly kubeletConfig: boolean;
}

export function permissionsCommand(words: CliWords) {
  return buildCommand<PermissionsFlags, [], Context>({
    docs: {
      brief: words.brief.permissions,
      fullDescription: `${words.brief.permissions}\n\n${words.full.permissions}`,
    },
    parameters: {
      flags: {
        namespace: namespaceFlag(words.flag.permissionsNamespace),
        secrets: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.secrets },
        watch: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.permissionsWatch },
        kubeletConfig: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: words.flag.kubeletConfig,
        },
        lang: langFlag(words),
      },
      aliases: { n: 'namespace' },
    },
    async func({ namespace, secrets, watch, kubeletConfig }) {
      const { permissions, permissionsYaml } = await import('../../evidence/cluster/permissions.ts');
      const roles = permissions({ namespace, secrets, watch, kubeletConfiguration: kubeletConfig });
      await this.terminal.stdout.write(permissionsYaml(roles, this.words.permissions));
    },
  });
}
