import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { outputFlag } from '../../flags.ts';
import { textFlag } from '../../source-flags.ts';
import { type FilterFlags, filterFlags, number, type StoreFlags, storeFlags } from './store-flags.ts';

export const EVENT_FORMATS = ['terminal', 'json', 'csv', 'markdown', 'ocsf'] as const;

export interface EventsFlags extends StoreFlags, FilterFlags {
  readonly limit?: number;
  readonly oldest: boolean;
  readonly follow: boolean;
  readonly output?: (typeof EVENT_FORMATS)[number];
}

export function eventsCommand(words: CliWords) {
  const { brief, full, flag } = words.recording;
  return buildCommand<EventsFlags, [], Context>({
    docs: { brief: brief.events, fullDescription: `${brief.events}\n\n${full.events}` },
    parameters: {
      flags: {
        ...storeFlags(words),
        ...filterFlags(words),
        limit: { ...textFlag(flag.limitEvents, 'COUNT'), parse: number('--limit') },
        oldest: { kind: 'boolean', default: false, withNegated: false, brief: flag.oldest },
        follow: { kind: 'boolean', default: false, withNegated: false, brief: flag.followEvents },
        output: outputFlag(EVENT_FORMATS, flag.eventsOutput),
      },
      aliases: { o: 'output', n: 'namespace', f: 'follow' },
    },
    async func(flags) {
      const { listEvents } = await import('../../audit/events.ts');
      this.exitCode = await listEvents(this, flags);
    },
  });
}
