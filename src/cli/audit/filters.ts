import type { ApiResources } from '../../kubernetes/api-resources.ts';
import { type Filters, queryOf } from '../../records/questions/filters.ts';
import { parseWhen } from '../../records/questions/when.ts';
import type { Query } from '../../records/store/event-store.ts';
import type { FilterFlags } from '../commands/audit/store-flags.ts';
import { UsageError } from '../usage-error.ts';

/** Microseconds since the epoch that a flag means; without an offset, by the clock of this machine. */
export function timeOfFlag(flag: string, value: string): number {
  const now = new Date();
  const time = parseWhen(value, now.getTime(), localOffset);
  if (time === undefined) throw new UsageError((words) => words.recording.notATime({ flag, value }));
  return time;
}

/** Minutes that the clock of this machine is ahead of UTC when it shows a time: not the same in summer and winter. */
export function localOffset(wall: number): number {
  const ahead = (time: number) => -new Date(time).getTimezoneOffset();
  return ahead(wall - ahead(wall) * 60_000);
}

/** The period of `--since` and `--until`. */
export function periodOf({ since, until }: Pick<FilterFlags, 'since' | 'until'>): Pick<Query, 'from' | 'to'> {
  return {
    ...(since === undefined ? {} : { from: timeOfFlag('--since', since) }),
    ...(until === undefined ? {} : { to: timeOfFlag('--until', until) }),
  };
}

const FLAG_OF: Readonly<Partial<Record<keyof Filters, string>>> = {
  addresses: '--ip',
  codes: '--code',
  resources: '--resource',
};

/** What the flags let through. Throws UsageError for a filter that means nothing. */
export function filtersOf(flags: FilterFlags, resources: ApiResources): Filters {
  const filters: Filters = {
    ...(flags.clusterName === undefined ? {} : { clusters: [flags.clusterName] }),
    ...(flags.namespace === undefined ? {} : { namespaces: [flags.namespace] }),
    ...(flags.verb === undefined ? {} : { verbs: flags.verb }),
    ...(flags.resource === undefined
      ? {}
      : { resources: flags.resource.map((text) => resourceOf(text, resources)) }),
    ...(flags.name === undefined ? {} : { names: flags.name }),
    ...(flags.user === undefined ? {} : { users: flags.user }),
    ...(flags.group === undefined ? {} : { groups: flags.group }),
    ...(flags.ip === undefined ? {} : { addresses: flags.ip }),
    ...(flags.code === undefined ? {} : { codes: flags.code }),
    ...(flags.decision === undefined ? {} : { decisions: [flags.decision] }),
    ...(flags.source === undefined ? {} : { sources: flags.source }),
    ...(flags.text === undefined ? {} : { text: flags.text }),
  };
  const [problem] = queryOf(filters).problems;
  if (problem !== undefined) {
    const { filter, value } = problem;
    throw new UsageError((words) => words.recording.notAFilter({ flag: FLAG_OF[filter] ?? filter, value }));
  }
  return filters;
}

/** Kinds and short names as the plural that events have; what is not known stays as it is. */
function resourceOf(text: string, resources: ApiResources): string {
  const slash = text.indexOf('/');
  const type = slash < 0 ? text : text.slice(0, slash);
  const dot = type.indexOf('.');
  const known = dot < 0 ? resources.find(type) : resources.find(type.slice(0, dot), type.slice(dot + 1));
  if (known === undefined) return text;
  const group = dot < 0 ? '' : type.slice(dot);
  return `${known.resource}${group}${slash < 0 ? '' : text.slice(slash)}`;
}
