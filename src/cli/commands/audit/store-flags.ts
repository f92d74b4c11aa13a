import type { CliWords } from '../../../locales/cli.en.ts';
import { SOURCES, type Source } from '../../../records/record.ts';
import { type CommonFlags, choiceFlag, langFlag } from '../../flags.ts';
import { textFlag } from '../../source-flags.ts';
import { UsageError } from '../../usage-error.ts';

/** Flags of every command over a store. */
export interface StoreFlags extends CommonFlags {
  readonly store?: string;
}

/** Which records; each is left out where all are meant. */
export interface FilterFlags {
  readonly since?: string;
  readonly until?: string;
  readonly user?: readonly string[];
  readonly group?: readonly string[];
  readonly verb?: readonly string[];
  readonly resource?: readonly string[];
  readonly name?: readonly string[];
  readonly namespace?: string;
  readonly ip?: readonly string[];
  readonly code?: readonly string[];
  readonly decision?: 'allow' | 'forbid';
  readonly source?: readonly Source[];
  readonly clusterName?: string;
  readonly text?: readonly string[];
}

export function storeFlags(words: CliWords) {
  return { store: textFlag(words.recording.flag.store, 'DIR'), lang: langFlag(words) } as const;
}

export function timeFlags(words: CliWords) {
  const { flag } = words.recording;
  return { since: textFlag(flag.since, 'TIME'), until: textFlag(flag.until, 'TIME') } as const;
}

export function filterFlags(words: CliWords) {
  const { flag } = words.recording;
  return {
    ...timeFlags(words),
    user: textsFlag(flag.user, 'NAME'),
    group: textsFlag(flag.group, 'NAME'),
    verb: textsFlag(flag.verb, 'VERB'),
    resource: textsFlag(flag.resource, 'RESOURCE'),
    name: textsFlag(flag.name, 'NAME'),
    namespace: textFlag(flag.namespace, 'NAMESPACE'),
    ip: textsFlag(flag.ip, 'ADDRESS'),
    code: textsFlag(flag.code, 'STATUS'),
    decision: {
      ...choiceFlag('--decision', ['allow', 'forbid'], flag.decision, 'DECISION'),
      optional: true,
    },
    source: {
      ...choiceFlag('--source', SOURCES, flag.source, 'SOURCE'),
      variadic: true,
      optional: true,
    },
    clusterName: textFlag(flag.clusterName, 'NAME'),
    text: textsFlag(flag.text, 'WORDS'),
  } as const;
}

export function textsFlag(brief: string, placeholder: string) {
  return { ...textFlag(brief, placeholder), variadic: true } as const;
}

/** A whole number that is not negative. */
export function number(flag: string): (input: string) => number {
  return (input) => {
    if (/^\d{1,15}$/.test(input)) return Number(input);
    throw new UsageError((words) => words.usage.notANumber({ flag, value: input }));
  };
}

export function limitFlag(words: CliWords) {
  return {
    kind: 'parsed',
    parse: number('--limit'),
    brief: words.recording.flag.limit,
    placeholder: 'COUNT',
    default: '100',
  } as const;
}
