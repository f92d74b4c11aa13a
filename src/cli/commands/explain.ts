import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import { loadUiWords } from '../../locales/load.ts';
import { checkIds, findCheck, loadChecks, loadCheckWords, loadPages } from '../catalogue.ts';
import type { Context } from '../context.ts';
import { type ColorChoice, type CommonFlags, colorFlag, langFlag, useColor } from '../flags.ts';

interface Flags extends CommonFlags {
  readonly color?: ColorChoice;
}

export function explainCommand(words: CliWords) {
  return buildCommand<Flags, [string], Context>({
    docs: { brief: words.brief.explain },
    parameters: {
      flags: { color: colorFlag(words), lang: langFlag(words) },
      positional: {
        kind: 'tuple',
        parameters: [
          {
            placeholder: 'CHECK',
            brief: words.argument.check,
            parse: (id) => id,
            proposeCompletions: checkIds,
          },
        ],
      },
    },
    async func({ color }, id) {
      const check = findCheck(await loadChecks(), id, '');
      const [pages, checkWords, { renderMarkdown }, ui] = await Promise.all([
        loadPages(this.language),
        loadCheckWords(this.language),
        import('../render-markdown.ts'),
        loadUiWords(this.language),
      ]);
      const { stdout } = this.terminal;
      const references = Object.entries({ ...check.frameworks, ...check.equivalents });
      const page = [
        `# ${checkWords[check.id]?.title ?? check.id}`,
        '',
        `${check.id} · ${ui.threats[check.threat]} · ${ui.severities[check.severity]} · ${ui.confidences[check.confidence]} · ${ui.fixes[check.fix]}`,
        '',
        pages[check.id] ?? '',
        '',
        ...references.map(([name, ids]) => `- ${name}: ${ids.join(', ')}`),
      ].join('\n');
      const colored = useColor(color, stdout.isTerminal, this.terminal.env);
      await stdout.write(renderMarkdown(page, { color: colored, columns: stdout.columns ?? 100 }));
    },
  });
}
