import { buildCommand } from '@stricli/core';
import type { CliWords } from '../../locales/cli.en.ts';
import { SEVERITIES, THREATS, type Threat } from '../../threats/define-check.ts';
import { checkIds } from '../catalogue.ts';
import type { Context } from '../context.ts';
import type { FailOn } from '../exit-code.ts';
import { type ColorChoice, type CommonFlags, choiceFlag, colorFlag, langFlag } from '../flags.ts';
import { FORMATS, type OutputRequest, outputRequest } from '../outputs.ts';
import { percentage } from '../parsers.ts';
import { paths } from '../positionals.ts';
import { type SourceFlags, sourceFlags } from '../source-flags.ts';
import { auditFlag } from './access/audit-flag.ts';

export interface ScanFlags extends CommonFlags, SourceFlags {
  readonly output?: readonly OutputRequest[];
  readonly failOn: FailOn;
  readonly minCoverage?: number;
  readonly threat?: readonly Threat[];
  readonly check?: readonly string[];
  readonly exclude?: readonly string[];
  readonly audit?: readonly string[];
  readonly allVerdicts: boolean;
  readonly listNotKubernetes: boolean;
  readonly color?: ColorChoice;
}

const FAIL_ON = [...SEVERITIES, 'never'] as const;

/** Ids are looked up in the registry when the command runs: help and errors of the command line need not load it. */
function checkList(brief: string) {
  return {
    kind: 'parsed',
    parse: (id: string) => id,
    proposeCompletions: checkIds,
    brief,
    placeholder: 'CHECK',
    variadic: ',',
    optional: true,
  } as const;
}

export function scanCommand(words: CliWords) {
  return buildCommand<ScanFlags, string[], Context>({
    docs: {
      brief: words.brief.scan,
      fullDescription: `${words.brief.scan}\n\n${words.full.scan}`,
    },
    parameters: {
      flags: {
        output: {
          kind: 'parsed',
          parse: outputRequest,
          proposeCompletions: () => FORMATS,
          brief: words.flag.output,
          placeholder: 'FORMAT[=FILE]',
          variadic: true,
          optional: true,
        },
        failOn: { ...choiceFlag('--fail-on', FAIL_ON, words.flag.failOn, 'SEVERITY'), default: 'high' },
        minCoverage: {
          kind: 'parsed',
          parse: percentage('--min-coverage'),
          brief: words.flag.minCoverage,
          placeholder: 'PERCENT',
          optional: true,
        },
        threat: {
          ...choiceFlag('--threat', THREATS, words.flag.threat, 'THREAT'),
          variadic: ',',
          optional: true,
        },
        check: checkList(words.flag.check),
        exclude: checkList(words.flag.exclude),
        allVerdicts: { kind: 'boolean', default: false, withNegated: false, brief: words.flag.allVerdicts },
        listNotKubernetes: {
          kind: 'boolean',
          default: false,
          withNegated: false,
          brief: words.flag.listNotKubernetes,
        },
        audit: { ...auditFlag(words), brief: words.auditLog.flag.auditScan, optional: true },
        ...sourceFlags(words),
        color: colorFlag(words),
        lang: langFlag(words),
      },
      aliases: { o: 'output', n: 'namespace' },
      positional: paths(words),
    },
    async func(flags, ...paths) {
      const { scan } = await import('../scan.ts');
      this.exitCode = await scan(this, flags, paths);
    },
  });
}
