import { controllerOf, GARBAGE_COLLECTOR, NAMESPACE_CONTROLLER, nodeOf } from '../controllers.ts';
import type { Entry, EntryObject } from '../entry.ts';
import type { Investigation } from '../investigation.ts';
import { writingsOf } from '../object-history.ts';
import { isAbout, type ObjectReference, referenceTo } from '../object-reference.ts';
import { ownersIn, ownersOf } from '../owners.ts';
import { type Link, link } from './link.ts';

/** Clocks of several API servers differ: what the garbage collector follows may be recorded a little later than what it does. */
const SKEW = 1_000_000;

/** For whom a controller or a kubelet did something. */
export async function causes(investigation: Investigation, entry: Entry): Promise<Link[]> {
  const { object } = entry;
  if (object === undefined || entry.outcome !== 'done' || entry.source !== 'audit') return [];
  const controller = controllerOf(entry);
  if (controller === NAMESPACE_CONTROLLER) return namespaceDeleted(investigation, entry, object);
  if (nodeOf(entry.user) !== undefined) return finished(investigation, entry, object);
  if (controller === undefined || object.subresource === 'status') return [];
  return controller === GARBAGE_COLLECTOR && entry.verb === 'delete'
    ? collected(investigation, entry, object)
    : forOwner(investigation, entry, object);
}

async function namespaceDeleted(
  investigation: Investigation,
  entry: Entry,
  { namespace }: EntryObject,
): Promise<Link[]> {
  if (namespace === '') return [];
  const deletion = await deletionOf(investigation, entry, namespaceReference(namespace));
  // The controller empties namespaces that are being deleted, and no others.
  return deletion === undefined
    ? []
    : [link('namespace-deleted', deletion, entry, 'proven', ['same-namespace', namespace])];
}

export function namespaceReference(name: string): ObjectReference {
  return { group: '', resources: ['namespaces'], namespace: undefined, name, subresource: undefined };
}

async function collected(investigation: Investigation, entry: Entry, object: EntryObject): Promise<Link[]> {
  const links: Link[] = [];
  for (const { reference, certainty, evidence } of await ownersOf(
    investigation,
    entry.cluster,
    object,
    entry.time + SKEW,
  )) {
    const deletion = await deletionOf(investigation, entry, reference);
    if (deletion !== undefined) links.push(link('garbage-collected', deletion, entry, certainty, evidence));
  }
  return links;
}

async function deletionOf(
  investigation: Investigation,
  { cluster, time, id }: Entry,
  reference: ObjectReference,
): Promise<Entry | undefined> {
  const found = await investigation.done(
    cluster,
    time + SKEW,
    [...isAbout({ ...reference, subresource: '' }), { column: 'verb', is: 'delete' }],
    2,
  );
  return found.find((deletion) => deletion.id !== id);
}

/** The kubelet removes a pod whose containers have ended; that they should end somebody else had said. */
async function finished(investigation: Investigation, entry: Entry, object: EntryObject): Promise<Link[]> {
  if (entry.verb !== 'delete' || object.resource !== 'pods' || object.name === '') return [];
  const before = await investigation.done(
    entry.cluster,
    entry.time,
    [
      ...isAbout(referenceTo(object)),
      {
        any: [
          { column: 'verb', is: 'delete' },
          { column: 'subresource', is: ['eviction', 'binding'] },
        ],
      },
    ],
    4,
  );
  const begun = before.find(({ id, user }) => id !== entry.id && user !== entry.user);
  // What was bound to a node since then is another pod of the same name.
  if (begun === undefined || begun.object?.subresource === 'binding') return [];
  return [
    link('deletion-finished', begun, entry, 'proven', ['pod-name', `${object.namespace}/${object.name}`]),
  ];
}

async function forOwner(investigation: Investigation, entry: Entry, object: EntryObject): Promise<Link[]> {
  const links: Link[] = [];
  const owners =
    (await ownersIn(investigation, entry, object)) ??
    (await ownersOf(investigation, entry.cluster, object, entry.time));
  for (const { reference, certainty, evidence } of owners) {
    const writings = await writingsOf(investigation, entry.cluster, reference, entry.time);
    const scalings = await investigation.done(
      entry.cluster,
      entry.time,
      [...isAbout({ ...reference, subresource: 'scale' }), { column: 'verb', is: ['update', 'patch'] }],
      1,
    );
    const [last] = [...writings.slice(0, 1), ...scalings]
      .filter(({ id }) => id !== entry.id)
      .sort((a, b) => b.time - a.time);
    if (last !== undefined) links.push(link('owner-written', last, entry, certainty, evidence));
  }
  return links;
}
