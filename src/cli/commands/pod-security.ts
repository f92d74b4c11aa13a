import { buildCommand } from '@stricli/core';
import type { Version } from '../../engines/pod-security/version.ts';
import { parseVersion } from '../../engines/pod-security/version.ts';
import type { CliWords } from '../../locales/cli.en.ts';
import { escapeText } from '../../reports/escape.ts';
import { type Context, EXIT, say } from '../context.ts';
import { type CommonFlags, langFlag } from '../flags.ts';
import { oneOf, path } from '../parsers.ts';
import { ProgressLine } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

interface Flags extends CommonFlags {
  readonly output?: 'terminal' | 'json';
  readonly version: Version | 'latest';
}

function policyVersion(input: string): Version | 'latest' {
  const version = parseVersion(input) ?? parseVersion(`v${input}`);
  if (version !== undefined) return version;
  throw new UsageError((words) => words.usage.notAVersion({ flag: '--version', value: input }));
}

export function podSecurityCommand(words: CliWords) {
  return buildCommand<Flags, string[], Context>({
    docs: {
      brief: words.brief.podSecurity,
      fullDescription: `${words.brief.podSecurity}\n\n${words.full.podSecurity}`,
    },
    parameters: {
      flags: {
        output: {
          kind: 'parsed',
          parse: oneOf('-o', ['terminal', 'json']),
          proposeCompletions: () => ['terminal', 'json'],
          brief: words.flag.outputPlain,
          placeholder: 'FORMAT',
          optional: true,
        },
        version: {
          kind: 'parsed',
          parse: policyVersion,
          brief: words.flag.version,
          placeholder: 'VERSION',
          default: 'latest',
        },
        lang: langFlag(words),
      },
      aliases: { o: 'output' },
      positional: {
        kind: 'array',
        parameter: { placeholder: 'PATH', brief: words.argument.path, parse: path },
      },
    },
    async func({ output, version }, ...paths) {
      const [{ readManifests }, { podSecurityLevels }] = await Promise.all([
        import('../../evidence/manifests/index.ts'),
        import('../pod-security-levels.ts'),
      ]);
      const progress = new ProgressLine(this.terminal, this.words);
      const evidence = await readManifests(paths.length === 0 ? ['.'] : paths, {
        cwd: this.terminal.cwd,
        stdin: this.terminal.stdin,
        onProgress: progress.reading,
      });
      progress.done();
      const answers = podSecurityLevels(evidence.objects, version);
      if (output === 'json') {
        await this.terminal.stdout.write(`${JSON.stringify(answers, null, 2)}\n`);
      } else {
        for (const { object, source, level, violations } of answers) {
          const name = [object.kind, [object.namespace, object.name].filter(Boolean).join('/')].join(' ');
          await this.terminal.stdout.write(
            `${escapeText(`${level.padEnd(10)}  ${name}  ${source.file}:${source.line}`)}\n`,
          );
          for (const violation of violations) {
            const line = `${violation.level}: ${violation.reason} (${violation.detail})`;
            await this.terminal.stdout.write(`            ${escapeText(line)}\n`);
          }
        }
      }
      if (evidence.unread.length > 0)
        say(this, this.words.warning.notRead({ count: evidence.unread.length }));
      if (evidence.objects.length === 0) {
        say(this, this.words.warning.nothingFound());
        this.exitCode = EXIT.notEvaluated;
      }
    },
  });
}
