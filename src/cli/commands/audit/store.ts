import { buildCommand, buildRouteMap } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { plainOutputFlag } from '../../flags.ts';
import { textFlag } from '../../source-flags.ts';
import { type StoreFlags, storeFlags } from './store-flags.ts';

export interface StoreOutputFlags extends StoreFlags {
  readonly output?: 'terminal' | 'json';
}

export interface RetainFlags extends StoreOutputFlags {
  readonly before: string;
}

/** `kubestride audit store …` */
export function storeCommands(words: CliWords) {
  const { brief } = words.recording;
  const routes = {
    info: plainCommand(words, 'info'),
    verify: plainCommand(words, 'verify'),
    compact: plainCommand(words, 'compact'),
    retain: retainCommand(words),
  };
  return buildRouteMap<keyof typeof routes, Context>({ routes, docs: { brief: brief.store } });
}

function plainCommand(words: CliWords, name: 'info' | 'verify' | 'compact') {
  return buildCommand<StoreOutputFlags, [], Context>({
    docs: { brief: words.recording.brief[name] },
    parameters: {
      flags: { ...storeFlags(words), output: plainOutputFlag(words) },
      aliases: { o: 'output' },
    },
    async func(flags) {
      const commands = await import('../../audit/store.ts');
      this.exitCode = await commands[name](this, flags);
    },
  });
}

function retainCommand(words: CliWords) {
  return buildCommand<RetainFlags, [], Context>({
    docs: { brief: words.recording.brief.retain },
    parameters: {
      flags: {
        ...storeFlags(words),
        before: { ...textFlag(words.recording.flag.before, 'TIME'), optional: false },
        output: plainOutputFlag(words),
      },
      aliases: { o: 'output' },
    },
    async func(flags) {
      const { retain } = await import('../../audit/store.ts');
      this.exitCode = await retain(this, flags);
    },
  });
}
