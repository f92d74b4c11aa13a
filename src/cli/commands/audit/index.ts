import { buildRouteMap } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { decideCommand } from './decide.ts';
import { generatePolicyCommand } from './generate.ts';
import { lintCommand } from './lint.ts';

/** `kubestride audit …`: what happened, and what is written down of it. */
export function auditCommands(words: CliWords) {
  const policy = {
    decide: decideCommand(words),
    lint: lintCommand(words),
    generate: generatePolicyCommand(words),
  };
  const routes = {
    policy: buildRouteMap<keyof typeof policy, Context>({
      routes: policy,
      docs: { brief: words.audit.brief.policy },
    }),
  };
  return buildRouteMap<keyof typeof routes, Context>({ routes, docs: { brief: words.audit.brief.audit } });
}
