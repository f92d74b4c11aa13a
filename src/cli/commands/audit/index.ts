import { buildRouteMap } from '@stricli/core';
import type { CliWords } from '../../../locales/cli.en.ts';
import type { Context } from '../../context.ts';
import { askCommand } from './ask.ts';
import { completenessCommand } from './completeness.ts';
import { decideCommand } from './decide.ts';
import { eventsCommand } from './events.ts';
import { generatePolicyCommand } from './generate.ts';
import { ingestCommand } from './ingest.ts';
import { lintCommand } from './lint.ts';
import { recordCommand } from './record.ts';
import { sqlCommand } from './sql.ts';
import { storeCommands } from './store.ts';
import { storyCommand } from './story.ts';
import { usageCommands } from './usage.ts';

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
    record: recordCommand(words),
    ingest: ingestCommand(words),
    ask: askCommand(words),
    story: storyCommand(words),
    events: eventsCommand(words),
    sql: sqlCommand(words),
    usage: usageCommands(words),
    completeness: completenessCommand(words),
    store: storeCommands(words),
  };
  return buildRouteMap<keyof typeof routes, Context>({ routes, docs: { brief: words.audit.brief.audit } });
}
