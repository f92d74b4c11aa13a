import { buildRouteMap } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { canCommand } from './can.ts';
import { accessDiffCommand } from './diff.ts';
import { escalateCommand } from './escalate.ts';
import { generateCommand } from './generate.ts';
import { ofCommand } from './of.ts';
import { reviewCommand } from './review.ts';
import { unusedCommand } from './unused.ts';
import { whoCanCommand } from './who-can.ts';

/** `kubestride access …`: who can do what. */
export function accessCommands(words: CliWords) {
  const routes = {
    can: canCommand(words),
    'who-can': whoCanCommand(words),
    of: ofCommand(words),
    review: reviewCommand(words),
    diff: accessDiffCommand(words),
    generate: generateCommand(words),
    unused: unusedCommand(words),
    escalate: escalateCommand(words),
  };
  return buildRouteMap<keyof typeof routes, Context>({ routes, docs: { brief: words.brief.access } });
}
