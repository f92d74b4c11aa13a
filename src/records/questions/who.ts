import { asObject, asString, objectsIn } from '../../kubernetes/json.ts';
import type { Query, Test } from '../store/event-store.ts';
import type { Entry } from './entry.ts';
import { tell } from './fold.ts';
import type { Investigation } from './investigation.ts';
import { isAbout, isOfKind, type ObjectReference } from './object-reference.ts';
import type { Told } from './question.ts';
import { READS } from './tests.ts';

/** Bodies of deletions of collections that are read for the names in them. */
const COLLECTIONS = 10;

/**
 * Everything that was done to an object: also what names no object and may have meant it.
 * @param reads also who looked at it
 * @param lists also who listed or watched all of its kind, and saw it so
 */
export async function deedsTo(
  investigation: Investigation,
  object: ObjectReference,
  query: Query,
  reads: boolean,
  lists: boolean,
): Promise<{ told: Told[]; more: boolean }> {
  const own: Test[] = [...isAbout(object), ...(reads ? [] : [NO_LOOK])];
  const { entries, more } = await investigation.entries({
    ...query,
    where: [
      ...(query.where ?? []),
      { column: 'source', is: 'audit' },
      { any: [{ all: own }, ...removals(object)] },
    ],
    order: 'newest',
  });
  const told: Told[] = [];
  let looked = 0;
  for (const entry of entries) {
    const relation = relationOf(entry, object);
    if (relation === 'collection') {
      const verdict = looked++ < COLLECTIONS ? await coveredBy(investigation, entry, object) : 'possible';
      if (verdict !== undefined) told.push(tell(entry, relation, verdict));
    } else if (relation === 'namespace') {
      if (entry.outcome === 'done') told.push(tell(entry, relation, 'possible'));
    } else told.push(tell(entry));
  }
  const listed = lists ? await listsOf(investigation, object, query) : { told: [], more: false };
  return {
    told: [...told, ...listed.told].sort(
      (a, b) => a.entry.time - b.entry.time || (a.entry.id < b.entry.id ? -1 : 1),
    ),
    more: more || listed.more,
  };
}

/** Lists and watches that may have shown an object. They are asked for by themselves: clusters list all the time, and deeds would be lost among them. */
async function listsOf(
  investigation: Investigation,
  object: ObjectReference,
  query: Query,
): Promise<{ told: Told[]; more: boolean }> {
  const { namespace, subresource, name } = object;
  if (name === undefined || (subresource !== undefined && subresource !== ''))
    return { told: [], more: false };
  const { entries, more } = await investigation.entries({
    ...query,
    where: [
      ...(query.where ?? []),
      { column: 'source', is: 'audit' },
      ...isOfKind({ ...object, namespace: undefined }),
      ...(namespace === undefined ? [] : [{ column: 'namespace', is: [namespace, ''] } as const]),
      { column: 'verb', is: ['list', 'watch'] },
      { column: 'name', is: '' },
      { column: 'subresource', is: '' },
    ],
    order: 'newest',
  });
  const told: Told[] = [];
  let looked = 0;
  for (const entry of entries) {
    // What was refused showed nothing.
    if (entry.outcome === 'refused' || entry.outcome === 'failed') continue;
    const verdict = looked++ < COLLECTIONS ? await coveredBy(investigation, entry, object) : 'possible';
    if (verdict !== undefined) told.push(tell(entry, 'list', verdict));
  }
  return { told, more };
}

/** A look is a read, but not what goes into a container or a service by `get`. */
const NO_LOOK: Test = {
  any: [
    { column: 'verb', not: READS },
    {
      all: [
        { column: 'verb', is: 'get' },
        { column: 'subresource', is: ['exec', 'attach', 'portforward', 'proxy', 'log'] },
      ],
    },
  ],
};

/** Of Secrets a list tells all that is in them; of others it says little. */
export function isToldByLists({ resources }: ObjectReference): boolean {
  return resources.includes('secrets');
}

/** Requests that remove an object without naming it. */
function removals(object: ObjectReference): Test[] {
  const { namespace, subresource, name } = object;
  if (name === undefined || (subresource !== undefined && subresource !== '')) return [];
  const collection: Test = {
    all: [...isOfKind(object), { column: 'verb', is: 'deletecollection' }],
  };
  if (namespace === undefined) return [collection];
  return [
    collection,
    {
      all: [
        { column: 'resource', is: 'namespaces' },
        { column: 'api_group', is: '' },
        { column: 'name', is: namespace },
        { column: 'verb', is: 'delete' },
      ],
    },
  ];
}

function relationOf({ verb, object }: Entry, reference: ObjectReference): Told['relation'] {
  if (verb === 'deletecollection' && reference.name !== undefined) return 'collection';
  const isNamespace = object?.resource === 'namespaces' && !reference.resources.includes('namespaces');
  return isNamespace ? 'namespace' : 'direct';
}

/** Whether a deletion or a list of a collection meant the object; undefined where it cannot have. */
async function coveredBy(
  investigation: Investigation,
  entry: Entry,
  { name }: ObjectReference,
): Promise<Told['certainty'] | undefined> {
  const query = entry.uri.indexOf('?');
  const fields = query < 0 ? null : new URLSearchParams(entry.uri.slice(query + 1)).get('fieldSelector');
  const asked = fields === null ? null : /(?:^|,)metadata\.name==?([^,]*)/.exec(fields);
  if (asked !== null && asked[1] !== name) return undefined;
  const response = (await investigation.body(entry))?.response;
  const items = response?.['items'];
  if (!Array.isArray(items)) return 'possible';
  const names = objectsIn(items).map((item) => asString(asObject(item['metadata'])?.['name']));
  return names.includes(name) ? 'proven' : undefined;
}
