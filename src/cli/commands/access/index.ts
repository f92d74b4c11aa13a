import { buildRouteMap } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { canCommand } from './can.ts';
import { reviewCommand } from './review.ts';
import { whoCanCommand } from './who-can.ts';

/** `kubestride access …`: who can do what. */
export function accessCommands(words: CliWords) {
  const routes = { can: canCommand(words), 'who-can': whoCanCommand(words), review: reviewCommand(words) };
  return buildRouteMap<keyof typeof routes, Context>({ routes, docs: { brief: words.brief.access } });
}
