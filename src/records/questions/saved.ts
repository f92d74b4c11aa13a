import type { ApiResources } from '../../kubernetes/api-resources.ts';
import {
  asBoolean,
  asNumber,
  asObject,
  asString,
  type Json,
  type JsonObject,
} from '../../kubernetes/json.ts';
import type { Source } from '../record.ts';
import { type Filters, queryOf } from './filters.ts';
import { parseObjectReference } from './object-reference.ts';
import type { About, Question, Scope } from './question.ts';
import { parseSubject } from './subject.ts';
import { type Offset, parseWhen } from './when.ts';

export interface SavedQuestion {
  readonly name: string;
  readonly question: Question;
  /** What its writer says of it. */
  readonly description?: string;
}

/** Why an entry of a file of saved questions cannot be asked; `path` is a field such as `questions.mine.since`. */
export interface SavedProblem {
  readonly path: string;
  readonly problem:
    | 'no-questions'
    | 'wrong-type'
    | 'unknown-field'
    | 'unknown-question'
    | 'missing'
    | 'no-object'
    | 'no-subject'
    | 'no-time'
    | 'matches-nothing';
  readonly value: string;
}

export interface SavedOptions {
  readonly resources: ApiResources;
  /** Milliseconds since the epoch, for times such as `2h`. */
  readonly now: number;
  /** Minutes that the clock on the wall is ahead of UTC, as parseWhen takes them. */
  readonly offset?: Offset;
}

/** What people ask again and again. */
export const SHIPPED = {
  'exec-into-pods': {
    resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/ephemeralcontainers', 'pods/proxy'],
  },
  'secret-reads': { resources: ['secrets'], verbs: ['get', 'list', 'watch'] },
  'rbac-changes': {
    resources: [
      'roles.rbac.authorization.k8s.io',
      'clusterroles.rbac.authorization.k8s.io',
      'rolebindings.rbac.authorization.k8s.io',
      'clusterrolebindings.rbac.authorization.k8s.io',
    ],
    verbs: ['write'],
  },
  denied: { decisions: ['forbid'] },
  anonymous: { users: ['system:anonymous'] },
  deletions: { verbs: ['delete', 'deletecollection'], sources: ['audit'] },
  evictions: { resources: ['pods/eviction'], verbs: ['create'] },
  'token-requests': { resources: ['serviceaccounts/token'], verbs: ['create'] },
  impersonations: { impersonated: true, sources: ['audit'] },
  'webhook-changes': {
    resources: [
      'mutatingwebhookconfigurations',
      'validatingwebhookconfigurations',
      'mutatingadmissionpolicies',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'mutatingadmissionpolicybindings',
    ],
    verbs: ['write'],
  },
  'certificate-requests': { resources: ['certificatesigningrequests'], verbs: ['write'] },
  'node-commands': { sources: ['command'] },
  'pod-endings': { sources: ['lifecycle'], verbs: ['oom-killed', 'evicted', 'deleted', 'restarted'] },
  failures: { codes: ['4xx', '5xx'], sources: ['audit'] },
} as const satisfies Record<string, Filters>;
export type ShippedId = keyof typeof SHIPPED;
export const SHIPPED_IDS = Object.keys(SHIPPED) as ShippedId[];

export function shippedQuestion(id: ShippedId): Question {
  return { ask: 'find', filters: SHIPPED[id] };
}

/** Lists of texts among the filters; the field of the same name in a file. */
const LISTS = [
  'clusters',
  'namespaces',
  'verbs',
  'resources',
  'names',
  'users',
  'groups',
  'addresses',
  'agents',
  'codes',
  'decisions',
  'sources',
  'text',
] as const;
const OTHERS = [
  'ask',
  'object',
  'subject',
  'event',
  'reads',
  'since',
  'until',
  'limit',
  'impersonated',
  'description',
];
const FIELDS: ReadonlySet<string> = new Set([...LISTS, ...OTHERS]);

/**
 * The questions of a file: `questions`, a map of names to filters (`verbs: [delete]`), a period (`since: 7d`) and what is asked (`ask`,
 * with `object`, `subject` or `event`; find without it). An entry with a problem is left out, the others can be asked.
 */
export function readSaved(
  document: Json | undefined,
  options: SavedOptions,
): { questions: SavedQuestion[]; problems: SavedProblem[] } {
  const questions: SavedQuestion[] = [];
  const problems: SavedProblem[] = [];
  const map = asObject(asObject(document)?.['questions']);
  if (map === undefined)
    return { questions, problems: [{ path: 'questions', problem: 'no-questions', value: '' }] };
  for (const [name, value] of Object.entries(map)) {
    const entry = new Entry(`questions.${name}`, asObject(value) ?? {}, options);
    if (asObject(value) === undefined) entry.complain('', 'wrong-type', typeName(value));
    const question = entry.question();
    const description = entry.description();
    problems.push(...entry.problems);
    if (entry.problems.length === 0 && question !== undefined) {
      questions.push({ name, question, ...(description === undefined ? {} : { description }) });
    }
  }
  return { questions, problems };
}

/** Reads one entry and gathers what is wrong with it. */
class Entry {
  readonly problems: SavedProblem[] = [];
  readonly #path: string;
  readonly #fields: JsonObject;
  readonly #options: SavedOptions;

  constructor(path: string, fields: JsonObject, options: SavedOptions) {
    this.#path = path;
    this.#fields = fields;
    this.#options = options;
  }

  complain(field: string, problem: SavedProblem['problem'], value: string): void {
    this.problems.push({ path: field === '' ? this.#path : `${this.#path}.${field}`, problem, value });
  }

  description(): string | undefined {
    return this.#read('description', asString);
  }

  question(): Question | undefined {
    for (const field of Object.keys(this.#fields)) {
      if (!FIELDS.has(field)) this.complain(field, 'unknown-field', field);
    }
    const scope = this.#scope();
    const reads = this.#read('reads', asBoolean) ?? false;
    const ask = this.#read('ask', asString) ?? 'find';
    switch (ask) {
      case 'find':
        return { ...scope, ask };
      case 'who': {
        const object = this.#object();
        return object && { ...scope, ask, object, reads };
      }
      case 'what': {
        const subject = this.#subject();
        return subject && { ...scope, ask, subject, reads };
      }
      case 'where':
      case 'why':
      case 'how': {
        const about = this.#about();
        return about && { ...scope, ask, about };
      }
      default:
        this.complain('ask', 'unknown-question', ask);
        return undefined;
    }
  }

  #about(): About | undefined {
    const event = this.#read('event', asString);
    if (event !== undefined) return { event };
    if (this.#fields['subject'] !== undefined) {
      const subject = this.#subject();
      return subject && { subject };
    }
    const object = this.#object();
    return object && { object };
  }

  #object() {
    const text = this.#read('object', asString);
    if (text === undefined) {
      if (this.#fields['object'] === undefined) this.complain('object', 'missing', '');
      return undefined;
    }
    const object = parseObjectReference(text, this.#options.resources);
    if (object === undefined) this.complain('object', 'no-object', text);
    return object;
  }

  #subject() {
    const text = this.#read('subject', asString);
    if (text === undefined) {
      if (this.#fields['subject'] === undefined) this.complain('subject', 'missing', '');
      return undefined;
    }
    const subject = parseSubject(text);
    if (subject === undefined) this.complain('subject', 'no-subject', text);
    return subject;
  }

  #scope(): Scope {
    const from = this.#time('since');
    const to = this.#time('until');
    const limit = this.#read('limit', asNumber);
    return {
      filters: this.#filters(),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(limit === undefined ? {} : { limit: Math.max(1, Math.floor(limit)) }),
    };
  }

  #filters(): Filters {
    const filters: { -readonly [K in (typeof LISTS)[number]]?: string[] } = {};
    for (const field of LISTS) {
      const values = this.#list(field);
      if (values !== undefined) filters[field] = values;
    }
    const impersonated = this.#read('impersonated', asBoolean);
    const all: Filters = {
      ...(filters as Omit<typeof filters, 'sources'>),
      ...(filters.sources === undefined ? {} : { sources: filters.sources as Source[] }),
      ...(impersonated === undefined ? {} : { impersonated }),
    };
    for (const { filter, value } of queryOf(all).problems) this.complain(filter, 'matches-nothing', value);
    return all;
  }

  #time(field: 'since' | 'until'): number | undefined {
    const text = this.#read(field, asString);
    if (text === undefined) return undefined;
    const time = parseWhen(text, this.#options.now, this.#options.offset);
    if (time === undefined) this.complain(field, 'no-time', text);
    return time;
  }

  /** A list of texts, or one alone; numbers as they are written (`codes: [403]`). */
  #list(field: string): string[] | undefined {
    const value = this.#fields[field];
    if (value === undefined) return undefined;
    const items = Array.isArray(value) ? value : [value];
    if (items.every((item) => typeof item === 'string' || typeof item === 'number')) return items.map(String);
    this.complain(field, 'wrong-type', typeName(value));
    return undefined;
  }

  #read<T>(field: string, as: (value: Json | undefined) => T | undefined): T | undefined {
    const value = this.#fields[field];
    const read = as(value);
    if (value !== undefined && read === undefined) this.complain(field, 'wrong-type', typeName(value));
    return read;
  }
}

function typeName(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}
