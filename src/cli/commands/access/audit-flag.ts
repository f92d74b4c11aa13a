import type { CliWords } from '../../../locales/cli.en.ts';
import { path } from '../../parsers.ts';

/** The audit logs to read. */
export function auditFlag(words: CliWords) {
  return {
    kind: 'parsed',
    parse: path,
    brief: words.auditLog.flag.audit,
    placeholder: 'LOG',
    variadic: true,
  } as const;
}
