import { buildRouteMap } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { connectionsCommand } from './connections.ts';
import { networkDiffCommand } from './diff.ts';
import { exposureCommand } from './exposure.ts';
import { generatePoliciesCommand } from './generate.ts';
import { queryCommand } from './query.ts';
import { unusedPoliciesCommand } from './unused.ts';

/** `kubestride network …`: what can reach what. */
export function networkCommands(words: CliWords) {
  const routes = {
    connections: connectionsCommand(words),
    query: queryCommand(words),
    diff: networkDiffCommand(words),
    exposure: exposureCommand(words),
    unused: unusedPoliciesCommand(words),
    generate: generatePoliciesCommand(words),
  };
  return buildRouteMap<keyof typeof routes, Context>({ routes, docs: { brief: words.brief.network } });
}
