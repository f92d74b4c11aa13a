import type { Damage } from '../store/event-store.ts';
import type { Entry } from './entry.ts';
import type { Filters } from './filters.ts';
import type { Chain } from './how.ts';
import type { Certainty, Link } from './links/link.ts';
import type { Life } from './lives.ts';
import type { ObjectReference } from './object-reference.ts';
import type { Origin } from './origins.ts';
import type { Subject } from './subject.ts';
import type { Unknown } from './unknown.ts';
import type { Grounds } from './why.ts';

/** What narrows any question. */
export interface Scope {
  /** Microseconds since the epoch, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly filters?: Filters;
  /** Entries that are told at most, the newest of them; 100 without it. */
  readonly limit?: number;
}

/** An event by its Audit-ID, or by the key of its record. */
export interface EventReference {
  readonly event: string;
}

export type About = { readonly object: ObjectReference } | { readonly subject: Subject } | EventReference;

export type Question = Scope &
  (
    | {
        /** Who did what to an object, and when. */
        readonly ask: 'who';
        readonly object: ObjectReference;
        /** Also those who only looked at it. */
        readonly reads?: boolean;
      }
    /** What somebody did, also in another's name, and what he was refused; of reads, without `reads`, those of Secrets and what was refused. */
    | { readonly ask: 'what'; readonly subject: Subject; readonly reads?: boolean }
    | { readonly ask: 'where'; readonly about: About }
    | { readonly ask: 'why'; readonly about: About }
    | { readonly ask: 'how'; readonly about: About }
    /** Whatever the filters let through. */
    | { readonly ask: 'find' }
  );

/** How an entry has to do with what was asked about. */
export type Relation =
  | 'direct'
  /** A deletecollection: it names no object. */
  | 'collection'
  /** A list or a watch of many, which may have shown the object. */
  | 'list'
  /** The deletion of the namespace that the object is in. */
  | 'namespace';

export interface Told {
  readonly entry: Entry;
  readonly relation: Relation;
  readonly certainty: Certainty;
  /** Entries that were alike and are not told one by one; 1 for an entry alone. */
  readonly times: number;
  /** Time of the last of them. */
  readonly until: number;
  readonly unknown: readonly Unknown[];
}

/** Parts are there where the question asks for them. Everything is told by ids and values; words are chosen where it is shown. */
export interface Answer {
  readonly question: Question;
  /** By time, the oldest first. */
  readonly told: readonly Told[];
  /** True where older ones were left out. */
  readonly more: boolean;
  /** Why controllers did what they did. */
  readonly links?: readonly Link[];
  /** Entries that links lead to and that are not among those told. */
  readonly behind?: readonly Entry[];
  readonly lives?: readonly Life[];
  readonly origins?: readonly Origin[];
  readonly grounds?: readonly Grounds[];
  readonly chain?: Chain;
  readonly unknown: readonly Unknown[];
  readonly damage: readonly Damage[];
}
