import type { Entry } from './entry.ts';
import type { Certainty } from './links/link.ts';
import type { Relation, Told } from './question.ts';
import { unknownOf } from './six.ts';
import { isRead } from './tests.ts';

/** What clusters do all the time: heartbeats, elections, reports, questions about rights. */
const NOISE: ReadonlySet<string> = new Set([
  'leases',
  'events',
  'endpoints',
  'endpointslices',
  'tokenreviews',
  'subjectaccessreviews',
  'selfsubjectaccessreviews',
  'selfsubjectrulesreviews',
  'localsubjectaccessreviews',
]);

/** Whether an entry says little by itself, so that many of them are told as one. */
export function isNoise({ verb, object, source, outcome }: Entry): boolean {
  if (source === 'log' || source === 'runtime' || source === 'kubelet') return true;
  if (source !== 'audit') return false;
  if (object === undefined) return isRead(verb);
  if (NOISE.has(object.resource)) return true;
  if (object.subresource === 'status') return true;
  // What goes into a container by `get` is no look (WebSocket).
  const isLook = isRead(verb) && !['exec', 'attach', 'portforward', 'proxy'].includes(object.subresource);
  return isLook || outcome === 'refused';
}

export function tell(entry: Entry, relation: Relation = 'direct', certainty: Certainty = 'proven'): Told {
  return { entry, relation, certainty, times: 1, until: entry.time, unknown: unknownOf(entry) };
}

/** Entries that say little and are alike are told as one, at the place of the first. */
export function folded(told: readonly Told[]): Told[] {
  const kept: Told[] = [];
  const alike = new Map<string, number>();
  for (const each of told) {
    const { entry } = each;
    const key = isNoise(entry) ? likeness(entry) : undefined;
    const at = key === undefined ? undefined : alike.get(key);
    if (at === undefined) {
      if (key !== undefined) alike.set(key, kept.length);
      kept.push(each);
    } else {
      const first = kept[at]!;
      kept[at] = { ...first, times: first.times + each.times, until: Math.max(first.until, each.until) };
    }
  }
  return kept;
}

function likeness(entry: Entry): string {
  const {
    source,
    cluster,
    user,
    impersonated,
    verb,
    object,
    uri,
    outcome,
    refusedBy,
    code,
    ip,
    agent,
    node,
    pod,
    container,
  } = entry;
  const target = object ?? uri.split('?')[0];
  return JSON.stringify([
    source,
    cluster,
    user,
    impersonated,
    verb,
    target,
    outcome,
    refusedBy,
    code,
    ip,
    agent,
    node,
    pod,
    container,
  ]);
}
