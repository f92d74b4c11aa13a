import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import { loadUiWords } from '../../locales/load.ts';
import { THREATS, type Threat } from '../../threats/define-check.ts';
import { loadChecks, loadCheckWords, selectChecks } from '../catalogue.ts';
import type { Context } from '../context.ts';
import { type CommonFlags, choiceFlag, langFlag, plainOutputFlag } from '../flags.ts';

interface Flags extends CommonFlags {
  readonly output?: 'terminal' | 'json';
  readonly threat?: readonly Threat[];
}

export function checksCommand(words: CliWords) {
  return buildCommand<Flags, [], Context>({
    docs: { brief: words.brief.checks },
    parameters: {
      flags: {
        output: plainOutputFlag(words),
        threat: {
          ...choiceFlag('--threat', THREATS, words.flag.threat, 'THREAT'),
          variadic: ',',
          optional: true,
        },
        lang: langFlag(words),
      },
      aliases: { o: 'output' },
    },
    async func({ output, threat }) {
      const [all, checkWords] = await Promise.all([loadChecks(), loadCheckWords(this.language)]);
      const list = selectChecks(all, { threat }).map((check) => ({
        id: check.id,
        threat: check.threat,
        severity: check.severity,
        title: checkWords[check.id]?.title ?? check.id,
        subject: check.subject,
        equivalents: check.equivalents,
        frameworks: check.frameworks,
        fix: check.fix,
      }));
      if (output === 'json') {
        await this.terminal.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
        return;
      }
      const ui = await loadUiWords(this.language);
      const idWidth = Math.max(...list.map(({ id }) => id.length));
      const severityWidth = Math.max(...list.map(({ severity }) => severity.length));
      for (const threatId of THREATS) {
        const own = list.filter((check) => check.threat === threatId);
        if (own.length === 0) continue;
        await this.terminal.stdout.write(`${ui.threats[threatId]} (${own.length})\n`);
        for (const { id, severity, title } of own) {
          await this.terminal.stdout.write(
            `  ${id.padEnd(idWidth)}  ${severity.padEnd(severityWidth)}  ${title}\n`,
          );
        }
      }
    },
  });
}
