import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import { SEVERITIES } from '../../threats/define-check.ts';
import type { Context } from '../context.ts';
import type { FailOn } from '../exit-code.ts';
import { type CommonFlags, choiceFlag, langFlag } from '../flags.ts';
import { namespaceFlag, textFlag } from '../source-flags.ts';
import { UsageError } from '../usage-error.ts';

export interface WatchFlags extends CommonFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** The cluster is what is watched; the flag is taken because every command takes it. */
  readonly cluster: boolean;
  readonly secrets: boolean;
  readonly kubeletConfig: boolean;
  readonly output: 'text' | 'json';
  readonly for?: number;
  readonly failOn: FailOn;
}

const FORMATS = ['text', 'json'] as const;
const FAIL_ON = [...SEVERITIES, 'never'] as const;

function seconds(input: string): number {
  const value = Number(input);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError((words) => words.usage.notANumber({ flag: '--for', value: input }));
}

export function watchCommand(words: CliWords) {
  return buildCommand<WatchFlags, [], Context>({
    docs: { brief: words.brief.watch, fullDescription: `${words.brief.watch}\n\n${words.full.watch}` },
    parameters: {
      flags: {
        kubeconfig: textFlag(words.flag.kubeconfig, 'FILE'),
        context: textFlag(words.flag.context, 'NAME'),
        namespace: namespaceFlag(words.flag.namespace),
        cluster: { kind: 'boolean', default: true, withNegated: false, brief: words.flag.cluster },
        secrets: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.secrets },
        kubeletConfig: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: words.flag.kubeletConfig,
        },
        output: { ...choiceFlag('-o', FORMATS, words.flag.watchOutput, 'FORMAT'), default: 'text' },
        for: {
          kind: 'parsed',
          parse: seconds,
          brief: words.flag.watchFor,
          placeholder: 'SECONDS',
          optional: true,
        },
        failOn: { ...choiceFlag('--fail-on', FAIL_ON, words.flag.failOn, 'SEVERITY'), default: 'high' },
        lang: langFlag(words),
      },
      aliases: { n: 'namespace', o: 'output' },
    },
    async func(flags) {
      const { watch } = await import('../watch.ts');
      this.exitCode = await watch(this, flags);
    },
  });
}
