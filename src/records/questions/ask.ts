import type { EventReader, Query, Test } from '../store/event-store.ts';
import type { Entry } from './entry.ts';
import { queryOf } from './filters.ts';
import { folded, isNoise, tell } from './fold.ts';
import { CAUSES, chainTo } from './how.ts';
import { Investigation, type InvestigationOptions } from './investigation.ts';
import { type Life, livesOf } from './lives.ts';
import type { ObjectReference } from './object-reference.ts';
import { originsOf } from './origins.ts';
import type { About, Answer, Question, Told } from './question.ts';
import { isDeedOf } from './subject.ts';
import { READS } from './tests.ts';
import type { SixQuestion, Unknown } from './unknown.ts';
import { deedsTo, isToldByLists } from './who.ts';
import { groundsOf } from './why.ts';

export const DEFAULT_LIMIT = 100;
/** Entries whose grounds or chain are looked into, where a question is about more than one. */
const DEEP = 5;
/** Bodies that are read for uids. */
const UIDS = 30;

/**
 * Answers a question out of records. What cannot be known is told as unknown with the reason, never guessed.
 * Throws KubeStrideError with a RecordsErrorCode where the store cannot be read.
 */
export async function ask(
  reader: EventReader,
  question: Question,
  options: InvestigationOptions = {},
): Promise<Answer> {
  const investigation = new Investigation(reader, options);
  const parts = await answer(investigation, question);
  const unknown = [...(parts.unknown ?? []), ...(await unknownOfAll(investigation, question, parts.told))];
  const asked = ASKED[question.ask];
  return {
    question,
    ...parts,
    unknown: distinct(unknown).filter((each) => asked.includes(each.question)),
    damage: investigation.damage,
  };
}

/** What a question wants to know: that something else is not known does not matter to it. */
const ASKED: Readonly<Record<Question['ask'], readonly SixQuestion[]>> = {
  who: ['who', 'what', 'when'],
  what: ['who', 'what', 'when'],
  where: ['who', 'what', 'where'],
  why: ['what', 'why'],
  how: ['what', 'how'],
  find: ['who', 'what', 'when'],
};

type Parts = Omit<Answer, 'question' | 'unknown' | 'damage'> & { readonly unknown?: readonly Unknown[] };

async function answer(investigation: Investigation, question: Question): Promise<Parts> {
  const query = scopeOf(question);
  switch (question.ask) {
    case 'who':
      return who(investigation, question, query);
    case 'what': {
      const where = [...(query.where ?? []), isDeedOf(question.subject)];
      if (question.reads !== true) where.push(NO_QUIET_LOOK);
      return found(investigation, { ...query, where });
    }
    case 'find':
      return found(investigation, query);
    case 'where': {
      const { told, more } = await about(investigation, question.about, query, true);
      return { told: folded(told), more, origins: await originsOf(investigation, entriesIn(told)) };
    }
    case 'why': {
      const { told, more } = await about(investigation, question.about, query, false);
      const all = decided(told);
      const asked = all.slice(-DEEP);
      const grounds = await Promise.all(asked.map(({ entry }) => groundsOf(investigation, entry)));
      return { told: asked, more: more || asked.length < all.length, grounds };
    }
    case 'how': {
      const { told, more } = await about(investigation, question.about, query, false);
      const all = ended(told);
      const ends = all.slice(-DEEP);
      const chain = await chainTo(investigation, entriesIn(ends));
      const unknown: Unknown[] = chain.cut ? [{ question: 'how', reason: 'cut' }] : [];
      return { told: ends, more: more || ends.length < all.length, chain, unknown };
    }
  }
}

/** Of what was only looked at, refusals are told: somebody tried. */
const NO_QUIET_LOOK: Test = {
  any: [
    { column: 'verb', not: READS },
    { column: 'decision', is: 'forbid' },
    { column: 'code', is: [401, 403] },
    { column: 'resource', is: 'secrets' },
    { column: 'subresource', is: ['exec', 'attach', 'portforward', 'proxy', 'log'] },
  ],
};

export function scopeOf({ from, to, filters, limit }: Question): Query & { limit: number } {
  const { query } = queryOf(filters ?? {});
  return {
    ...query,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    // Most policies leave out one of the stages of a request, but not all of them do.
    limit: (limit ?? DEFAULT_LIMIT) * 2,
  };
}

async function who(
  investigation: Investigation,
  question: Question & { ask: 'who' },
  query: Query,
): Promise<Parts> {
  const reads = question.reads === true;
  const { told, more } = await deedsTo(investigation, question.object, query, reads, reads);
  const all = folded(told);
  const shown = all.slice(-(question.limit ?? DEFAULT_LIMIT));
  const chain = await chainTo(investigation, entriesIn(shown.slice(-DEEP * 2)), { finders: CAUSES });
  const ids = new Set(shown.map(({ entry }) => entry.id));
  return {
    told: shown,
    more: more || shown.length < all.length,
    links: chain.links,
    behind: chain.steps.filter(({ id }) => !ids.has(id)),
    lives: question.object.name === undefined ? [] : await lives(investigation, shown),
    unknown: chain.cut ? [{ question: 'who', reason: 'cut' }] : [],
  };
}

/** Objects of one name that came one after the other, in each cluster. */
export async function lives(investigation: Investigation, told: readonly Told[]): Promise<Life[]> {
  const direct = told
    .filter(({ relation, entry }) => relation === 'direct' && entry.source === 'audit')
    .map(({ entry }) => entry);
  const uids = new Map<string, string>();
  const changing = direct.filter(
    ({ verb, outcome }) => outcome === 'done' && (verb === 'create' || verb === 'delete'),
  );
  // One creation is one life, whatever its uid.
  const isTold = changing.filter(({ verb }) => verb === 'create').length > 1;
  for (const entry of isTold ? changing.slice(-UIDS) : []) {
    const body = await investigation.body(entry);
    const response = body?.response as
      | { metadata?: { uid?: unknown }; details?: { uid?: unknown } }
      | undefined;
    // The answer to a deletion is a Status that tells the uid in its details.
    const uid = response?.metadata?.uid ?? response?.details?.uid;
    if (typeof uid === 'string' && entry.object?.subresource === '') uids.set(entry.id, uid);
  }
  const objects = new Map<string, Entry[]>();
  for (const entry of direct) {
    const { resource, namespace } = entry.object ?? {};
    // Requests for a namespace name it as their namespace too, but that which creates it does not.
    const inside = resource === 'namespaces' ? '' : namespace;
    const key = JSON.stringify([entry.cluster, resource, inside]);
    objects.set(key, [...(objects.get(key) ?? []), entry]);
  }
  return [...objects.values()].flatMap((entries) =>
    livesOf(entries, (entry) => uids.get(entry.id) ?? (entry.object?.uid || undefined)),
  );
}

async function found(investigation: Investigation, query: Query & { limit: number }): Promise<Parts> {
  const { entries, more } = await investigation.entries({ ...query, order: 'newest' });
  const all = folded(entries.map((entry) => tell(entry)));
  const shown = all.slice(-query.limit / 2);
  return { told: shown, more: more || shown.length < all.length };
}

async function about(
  investigation: Investigation,
  asked: About,
  query: Query,
  reads: boolean,
): Promise<{ told: Told[]; more: boolean }> {
  if ('object' in asked) {
    const { object } = asked;
    return deedsTo(investigation, object, query, reads, reads && isToldByLists(object));
  }
  const test: Test =
    'event' in asked
      ? {
          any: [
            { column: 'audit_id', is: asked.event },
            { column: 'key', is: asked.event },
          ],
        }
      : isDeedOf(asked.subject);
  const { entries, more } = await investigation.entries({
    ...query,
    where: [...(query.where ?? []), test, ...(reads || 'event' in asked ? [] : [NO_QUIET_LOOK])],
    order: 'newest',
  });
  return { told: entries.map((entry) => tell(entry)), more };
}

/** What changed something, where anything did; else what was done at all, else what was tried: that led nowhere. */
function ended(told: readonly Told[]): readonly Told[] {
  const done = told.filter(({ entry }) => entry.outcome === 'done' || entry.outcome === 'told');
  return firstOf(
    done.filter(({ entry }) => !isNoise(entry)),
    done,
    told,
  );
}

function decided(told: readonly Told[]): readonly Told[] {
  const by = told.filter(({ entry }) => entry.source === 'audit' && entry.decision !== '');
  return firstOf(
    by.filter(({ entry }) => !isNoise(entry)),
    by,
    told,
  );
}

function firstOf(...choices: readonly (readonly Told[])[]): readonly Told[] {
  return choices.find(({ length }) => length > 0) ?? [];
}

export function entriesIn(told: readonly Told[]): Entry[] {
  return told.map(({ entry }) => entry);
}

/** What the whole answer leaves open. */
async function unknownOfAll(
  investigation: Investigation,
  question: Question,
  told: readonly Told[],
): Promise<Unknown[]> {
  const { from, to } = question;
  const all: Unknown[] = told.flatMap(({ unknown }) => unknown);
  if (investigation.damage.length > 0) all.push({ question: 'what', reason: 'damage' });
  if (told.length > 0) return all;
  const facts = await investigation.reader.facts();
  const audit = facts.holdings.filter(({ source }) => source === 'audit');
  const covers = audit.some(({ first, last }) => (from ?? first) <= last && (to ?? last) >= first);
  all.push({ question: 'what', reason: covers ? 'no-record-found' : 'no-audit-of-period' });
  const object = objectAsked(question);
  // Of a kind that is known there is one plural.
  if (object !== undefined && object.resources.length > 1)
    all.push({ question: 'what', reason: 'kind-not-known' });
  return all;
}

function objectAsked(question: Question): ObjectReference | undefined {
  if ('object' in question) return question.object;
  return 'about' in question && 'object' in question.about ? question.about.object : undefined;
}

export function distinct(unknown: readonly Unknown[]): Unknown[] {
  const kept = new Map(unknown.map((each) => [`${each.question} ${each.reason}`, each]));
  return [...kept.values()];
}
