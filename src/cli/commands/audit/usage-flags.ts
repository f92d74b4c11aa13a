import type { CliWords } from '../../../locales/cli.en.ts';
import { outputFlag } from '../../flags.ts';
import { type SourceFlags, textFlag } from '../../source-flags.ts';
import { type StoreFlags, storeFlags, timeFlags } from './store-flags.ts';

/** Flags of every question about usage. */
export interface UsageFlags extends StoreFlags {
  readonly since?: string;
  readonly until?: string;
  readonly clusterName?: string;
  readonly output?: 'terminal' | 'json' | 'csv';
}

export interface UsedRightsFlags extends UsageFlags {
  readonly subject?: string;
  readonly limit: number;
}

export interface UnusedFlags extends UsageFlags, SourceFlags {
  readonly all: boolean;
}

export interface EdgesFlags extends UsageFlags {
  readonly edges: string;
}

export interface ManualFlags extends UsageFlags, SourceFlags {
  readonly all: boolean;
  readonly limit: number;
}

export interface SeenFlags extends UsageFlags {
  readonly limit: number;
}

export function usageFlags(words: CliWords) {
  const { flag } = words.recording;
  return {
    ...storeFlags(words),
    ...timeFlags(words),
    clusterName: textFlag(words.inUse.flag.clusterName, 'NAME'),
    output: outputFlag(['terminal', 'json', 'csv'], flag.tableOutput),
  } as const;
}
