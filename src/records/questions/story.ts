import type { Source } from '../record.ts';
import type { Damage, EventReader, Query, Test } from '../store/event-store.ts';
import { DEFAULT_LIMIT, distinct, entriesIn, lives, scopeOf } from './ask.ts';
import { isMachinery } from './controllers.ts';
import type { Entry } from './entry.ts';
import { folded, isNoise, tell } from './fold.ts';
import { type Chain, chainTo } from './how.ts';
import { Investigation, type InvestigationOptions } from './investigation.ts';
import type { Life } from './lives.ts';
import type { ObjectReference } from './object-reference.ts';
import { type Origin, originsOf } from './origins.ts';
import type { Scope, Told } from './question.ts';
import { kinship, sightings, usedBy } from './sightings.ts';
import { isDeedOf, type Subject } from './subject.ts';
import type { Unknown } from './unknown.ts';
import { deedsTo, isToldByLists } from './who.ts';
import { type Grounds, groundsOf } from './why.ts';

/** What a story is about. A finding is an object that a check found fault with. */
export type StoryAbout =
  | { readonly object: ObjectReference }
  | { readonly subject: Subject }
  | {
      readonly finding: {
        readonly check: string;
        readonly fingerprint: string;
        readonly object: ObjectReference;
      };
    };

export interface StoryQuestion extends Scope {
  readonly about: StoryAbout;
}

/** How often something was done. */
export interface Tally<T> {
  readonly of: T;
  readonly times: number;
}

/** The six questions, answered by what the records tell. */
export interface SixAnswers {
  readonly who: readonly Tally<{ readonly user: string; readonly impersonated: string }>[];
  readonly what: readonly Tally<{
    readonly verb: string;
    readonly resource: string;
    readonly subresource: string;
    readonly outcome: Entry['outcome'];
  }>[];
  /** Microseconds since the epoch; undefined where nothing is told. */
  readonly when: { readonly first: number; readonly last: number } | undefined;
  readonly where: readonly Origin[];
  readonly why: readonly Grounds[];
  readonly how: Chain;
}

/** Lines of logs, which are counted and not told one by one. */
export interface Lines {
  readonly source: Source;
  readonly node: string;
  readonly pod: string;
  readonly container: string;
  readonly lines: number;
  readonly first: number;
  readonly last: number;
}

/** Everything that is recorded about something, on one time line, with its sources put together. */
export interface Story {
  readonly about: StoryAbout;
  readonly told: readonly Told[];
  readonly more: boolean;
  readonly lives: readonly Life[];
  readonly lines: readonly Lines[];
  readonly six: SixAnswers;
  readonly unknown: readonly Unknown[];
  readonly damage: readonly Damage[];
}

/** Entries whose grounds and chain are looked into: what changed things, the newest. */
const DEEP = 5;
const LOGS: readonly Source[] = ['log', 'runtime', 'kubelet'];
const MOST_TALLIES = 12;

/** Throws KubeStrideError with a RecordsErrorCode where the store cannot be read. */
export async function story(
  reader: EventReader,
  question: StoryQuestion,
  options: InvestigationOptions = {},
): Promise<Story> {
  const investigation = new Investigation(reader, options);
  const query = scopeOf({ ask: 'find', ...question });
  const { about } = question;
  const audited =
    'subject' in about
      ? await deeds(investigation, query, isDeedOf(about.subject))
      : await aroundObject(investigation, objectOf(about), query);
  const others = await elsewhere(investigation, about, query);
  const all = unique([...audited.told, ...others.told]);
  const line = folded(all);
  const told = line.slice(-(question.limit ?? DEFAULT_LIMIT));
  const telling = all.filter(({ entry }) => tookEffect(entry)).slice(-DEEP);
  const chain = await chainTo(investigation, entriesIn(telling));
  // Why controllers may do what they do says nothing: what somebody did for whom they work does.
  const wanted = chain.steps.filter(
    (entry) => tookEffect(entry) && entry.source === 'audit' && !isMachinery(entry),
  );
  const why = await Promise.all(wanted.slice(-DEEP).map((entry) => groundsOf(investigation, entry)));
  const lines = await linesOf(investigation, about, query);
  const ofObject =
    'subject' in about || objectOf(about).name === undefined ? [] : await lives(investigation, all);
  const answers: SixAnswers = {
    who: tallies(all, ({ entry: { user, impersonated } }) => ({ user, impersonated })),
    what: tallies(all, ({ entry: { verb, object, outcome } }) => ({
      verb,
      resource: object?.resource ?? '',
      subresource: object?.subresource ?? '',
      outcome,
    })),
    when: all.length === 0 ? undefined : { first: all[0]!.entry.time, last: all.at(-1)!.until },
    where: (await originsOf(investigation, entriesIn(all))).slice(0, MOST_TALLIES),
    why,
    how: chain,
  };
  return {
    about,
    told,
    more: audited.more || others.more || told.length < line.length,
    lives: ofObject,
    lines,
    six: answers,
    unknown: await unknownOfStory(investigation, all, answers, ofObject),
    damage: investigation.damage,
  };
}

function tookEffect(entry: Entry): boolean {
  const { source, outcome } = entry;
  return (source === 'command' && outcome !== 'refused') || (outcome === 'done' && !isNoise(entry));
}

function objectOf(about: Exclude<StoryAbout, { subject: Subject }>): ObjectReference {
  return 'object' in about ? about.object : about.finding.object;
}

/** What was done to an object, and what a role or a binding that it is let others do. */
async function aroundObject(
  investigation: Investigation,
  object: ObjectReference,
  query: Query,
): Promise<{ told: Told[]; more: boolean }> {
  const direct = await deedsTo(investigation, object, query, true, isToldByLists(object));
  const used = usedBy(object);
  if (used === undefined) return direct;
  const uses = await deeds(investigation, query, used);
  return { told: [...direct.told, ...uses.told], more: direct.more || uses.more };
}

async function deeds(
  investigation: Investigation,
  query: Query,
  test: Test,
): Promise<{ told: Told[]; more: boolean }> {
  const { entries, more } = await investigation.entries({
    ...query,
    where: [...(query.where ?? []), { column: 'source', is: 'audit' }, test],
    order: 'newest',
  });
  return { told: entries.map((entry) => tell(entry)), more };
}

/** What other sources tell of it: Events, lifecycles, commands. */
async function elsewhere(
  investigation: Investigation,
  about: StoryAbout,
  query: Query,
): Promise<{ told: Told[]; more: boolean }> {
  const { entries, more } = await investigation.entries({
    ...query,
    where: [
      ...(query.where ?? []),
      { column: 'source', not: ['audit', ...LOGS] },
      { any: 'subject' in about ? [isDeedOf(about.subject)] : sightings(objectOf(about)) },
    ],
    order: 'newest',
  });
  const told = entries.flatMap((entry) => {
    const kind = 'subject' in about ? 'direct' : kinship(entry, objectOf(about));
    return kind === undefined ? [] : [tell(entry, 'direct', kind === 'named' ? 'possible' : 'proven')];
  });
  return { told, more };
}

async function linesOf(investigation: Investigation, about: StoryAbout, query: Query): Promise<Lines[]> {
  const tests = 'subject' in about ? [isDeedOf(about.subject)] : sightings(objectOf(about));
  const { order: _, limit: __, ...counted } = query;
  const { rows } = await investigation.count(
    {
      ...counted,
      where: [...(query.where ?? []), { column: 'source', is: LOGS }, { any: tests }],
      limit: 50,
    },
    ['source', 'node', 'pod', 'container'],
  );
  return rows.map(({ by, events, first, last }) => ({
    source: by[0] as Source,
    node: String(by[1]),
    pod: String(by[2]),
    container: String(by[3]),
    lines: events,
    first,
    last,
  }));
}

function unique(told: readonly Told[]): Told[] {
  const kept = new Map(told.map((each) => [each.entry.id, each]));
  return [...kept.values()].sort((a, b) => a.entry.time - b.entry.time || (a.entry.id < b.entry.id ? -1 : 1));
}

function tallies<T>(told: readonly Told[], of: (each: Told) => T): Tally<T>[] {
  const counts = new Map<string, { of: T; times: number }>();
  for (const each of told) {
    const value = of(each);
    const key = JSON.stringify(value);
    const count = counts.get(key);
    if (count === undefined) counts.set(key, { of: value, times: 1 });
    else count.times++;
  }
  return [...counts.values()].sort((a, b) => b.times - a.times).slice(0, MOST_TALLIES);
}

async function unknownOfStory(
  investigation: Investigation,
  told: readonly Told[],
  { why, how }: SixAnswers,
  ofObject: readonly Life[],
): Promise<Unknown[]> {
  const all: Unknown[] = told.flatMap(({ unknown }) => unknown);
  for (const { unknown } of why) all.push(...unknown.map((reason) => ({ question: 'why', reason }) as const));
  if (investigation.damage.length > 0) all.push({ question: 'what', reason: 'damage' });
  if (how.cut) all.push({ question: 'how', reason: 'cut' });
  if (ofObject[0] !== undefined && ofObject[0].from === undefined)
    all.push({ question: 'who', reason: 'before-first-record' });
  const facts = await investigation.reader.facts();
  const holds = (source: Source) => facts.holdings.some((holding) => holding.source === source);
  const goesIn = told.some(({ entry }) => ['exec', 'attach'].includes(entry.object?.subresource ?? ''));
  if (goesIn && !holds('command')) all.push({ question: 'how', reason: 'no-node-records' });
  if (!holds('audit')) all.push({ question: 'who', reason: 'no-audit-of-period' });
  else if (told.length === 0) all.push({ question: 'what', reason: 'no-record-found' });
  return distinct(all);
}
