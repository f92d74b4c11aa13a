import type { ApiResources } from '../../kubernetes/api-resources.ts';
import { parseObjectReference } from '../../records/questions/object-reference.ts';
import type { About, Question, Scope } from '../../records/questions/question.ts';
import { parseSubject } from '../../records/questions/subject.ts';
import type { AskFlags } from '../commands/audit/ask.ts';
import { splitLeading } from '../positionals.ts';
import { UsageError } from '../usage-error.ts';
import { filtersOf, periodOf } from './filters.ts';

const KINDS = ['who', 'what', 'where', 'why', 'how'] as const;
type Kind = (typeof KINDS)[number];

/** Prefixes by which subjects are told from objects. */
const SUBJECT = /^(?:user|group|sa|serviceaccount|ip|credential|node|pod|agent):/i;

/** What the words of the command line ask; undefined where the first is no question, and may be a saved one. */
export function questionOf(
  flags: AskFlags,
  given: readonly string[],
  resources: ApiResources,
): Question | undefined {
  const ask = KINDS.find((kind) => kind === given[0]);
  if (ask === undefined) return undefined;
  const { leading, paths: more } = splitLeading(`audit ask ${ask}`, ['QUESTION', placeholder(ask)], given);
  const [next] = more;
  if (next !== undefined) {
    throw new UsageError((words) =>
      words.usage.tooManyArguments({ input: next, command: `audit ask ${ask}` }),
    );
  }
  const [, text] = leading;
  const scope = scopeOf(flags, resources);
  switch (ask) {
    case 'who':
      return { ...scope, ask, object: objectOf(text, resources, flags.namespace), reads: flags.reads };
    case 'what':
      return { ...scope, ask, subject: subjectOf(text), reads: flags.reads };
    default:
      return { ...scope, ask, about: aboutOf(text, resources, flags.namespace) };
  }
}

export function scopeOf(flags: AskFlags, resources: ApiResources): Scope {
  // The namespace of an object is a part of what is asked, not what narrows it.
  return { ...periodOf(flags), filters: filtersOf(flags, resources), limit: limitOf(flags.limit) };
}

/** More than a person reads, and what a store answers within its memory. */
const ALL = 1_000_000;

/** 0 stands for all. */
export function limitOf(limit: number): number {
  return limit === 0 ? ALL : limit;
}

/** An event, a subject by its prefix or by a name that is no kind, or an object. */
export function aboutOf(text: string, resources: ApiResources, namespace?: string): About {
  if (text.startsWith('event:') && text.length > 'event:'.length)
    return { event: text.slice('event:'.length) };
  if (SUBJECT.test(text) || text.startsWith('system:')) return { subject: subjectOf(text) };
  const object = objectOf(text, resources, namespace);
  // Of a kind that is known there is one plural; `joe` and `joe@example.com` are none.
  if (!text.includes('/') && object.resources.length > 1) return { subject: subjectOf(text) };
  return { object };
}

function objectOf(value: string, resources: ApiResources, namespace: string | undefined) {
  const object = SUBJECT.test(value) ? undefined : parseObjectReference(value, resources, namespace);
  if (object === undefined) throw new UsageError((words) => words.recording.notAnObject({ value }));
  return object;
}

function subjectOf(value: string) {
  const subject = parseSubject(value);
  if (subject === undefined) throw new UsageError((words) => words.recording.notASubject({ value }));
  return subject;
}

function placeholder(ask: Kind): string {
  if (ask === 'who') return 'OBJECT';
  return ask === 'what' ? 'SUBJECT' : 'OBJECT|SUBJECT|event:AUDIT-ID';
}
