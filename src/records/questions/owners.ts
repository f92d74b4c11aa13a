import { asObject, asString, type JsonObject, objectsIn } from '../../kubernetes/json.ts';
import type { Entry, EntryObject } from './entry.ts';
import type { Investigation } from './investigation.ts';
import type { Certainty, EvidenceId } from './links/link.ts';
import { writingsOf } from './object-history.ts';
import { type ObjectReference, referenceTo } from './object-reference.ts';

export interface Owner {
  readonly reference: ObjectReference;
  readonly certainty: Certainty;
  readonly evidence: readonly [EvidenceId, string];
}

/** Changes whose bodies are looked at for owner references. */
const BODIES = 4;

/** What an object belonged to at a time: by its owner references where a body tells them, else by what Events or its name say. */
export async function ownersOf(
  investigation: Investigation,
  cluster: string,
  object: EntryObject,
  time: number,
): Promise<Owner[]> {
  if (object.name === '') return [];
  const stated = await statedOwners(investigation, cluster, object, time);
  if (stated !== undefined) return stated;
  const told = await byEvents(investigation, cluster, object, time);
  return told.length > 0 ? told : byName(investigation, cluster, object, time);
}

/** Undefined where no body tells. */
async function statedOwners(
  investigation: Investigation,
  cluster: string,
  object: EntryObject,
  time: number,
): Promise<Owner[] | undefined> {
  const reference = referenceTo(object);
  const written = (await writingsOf(investigation, cluster, reference, time))
    .filter(hasBody)
    .slice(0, BODIES);
  for (const entry of written) {
    const owners = await ownersIn(investigation, entry, object);
    if (owners !== undefined) return owners;
  }
  return undefined;
}

/** What the bodies of a request say; undefined where they do not show the object. */
export async function ownersIn(
  investigation: Investigation,
  entry: Entry,
  object: EntryObject,
): Promise<Owner[] | undefined> {
  if (!hasBody(entry)) return undefined;
  const body = await investigation.body(entry);
  for (const part of [body?.response, body?.request]) {
    const metadata = asObject(part?.['metadata']);
    if (part === undefined || asString(part['kind']) === 'Status' || metadata === undefined) continue;
    const name = asString(metadata['name']);
    if (object.name !== '' && name !== undefined && name !== object.name) continue;
    return objectsIn(metadata['ownerReferences']).flatMap(
      (owner) => stating(investigation, owner, object) ?? [],
    );
  }
  return undefined;
}

function hasBody({ level }: Entry): boolean {
  return level === 'Request' || level === 'RequestResponse';
}

function stating({ resources }: Investigation, owner: JsonObject, object: EntryObject): Owner | undefined {
  const kind = asString(owner['kind']) ?? '';
  const name = asString(owner['name']);
  const version = asString(owner['apiVersion']) ?? '';
  const slash = version.indexOf('/');
  const group = slash < 0 ? '' : version.slice(0, slash);
  const known = resources.find(kind, group);
  if (name === undefined || known === undefined) return undefined;
  return {
    reference: {
      group,
      resources: [known.resource],
      namespace: known.namespaced ? object.namespace : undefined,
      name,
      subresource: undefined,
    },
    certainty: 'proven',
    evidence: ['owner-reference', asString(owner['uid']) ?? `${known.resource}/${name}`],
  };
}

/** `Created pod: web-abc-x1`, which an owner's controller writes. */
async function byEvents(
  investigation: Investigation,
  cluster: string,
  object: EntryObject,
  time: number,
): Promise<Owner[]> {
  if (object.resource !== 'pods') return [];
  const { entries } = await investigation.entries({
    to: time,
    where: [
      { column: 'cluster', is: cluster },
      { column: 'source', is: 'event' },
      { column: 'namespace', is: object.namespace },
      { column: 'message', is: [`Created pod: ${object.name}`, `create Pod ${object.name} successful`] },
    ],
    order: 'newest',
    limit: 2,
  });
  return entries.flatMap(({ object: owner, message }): Owner[] =>
    owner === undefined || owner.name === ''
      ? []
      : [{ reference: referenceTo(owner), certainty: 'possible', evidence: ['event-told', message] }],
  );
}

/** The alphabet of generated names (k8s.io/apimachinery/pkg/util/rand). */
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]';
const GENERATED = new RegExp(`^(.+)-${RANDOM}{5}$`);
const TEMPLATE_HASH = new RegExp(`^(.+)-${RANDOM}{5,10}$`);
const ORDINAL = /^(.+)-\d+$/;

/** What kinds of owners give names of which shape to what. */
const PATTERNS: readonly { resource: string; pattern: RegExp; group: string; owners: readonly string[] }[] = [
  { resource: 'pods', pattern: GENERATED, group: 'apps', owners: ['replicasets', 'daemonsets'] },
  { resource: 'pods', pattern: GENERATED, group: 'batch', owners: ['jobs'] },
  { resource: 'pods', pattern: GENERATED, group: '', owners: ['replicationcontrollers'] },
  { resource: 'pods', pattern: ORDINAL, group: 'apps', owners: ['statefulsets'] },
  { resource: 'replicasets', pattern: TEMPLATE_HASH, group: 'apps', owners: ['deployments'] },
  { resource: 'jobs', pattern: ORDINAL, group: 'batch', owners: ['cronjobs'] },
];

/** Whether an object of this name may be one that an owner of that kind and name made. */
export function mayBelong(resource: string, name: string, owner: ObjectReference): boolean {
  return PATTERNS.some(
    (each) =>
      each.resource === resource &&
      each.owners.some((kind) => owner.resources.includes(kind)) &&
      each.pattern.exec(name)?.[1] === owner.name,
  );
}

/** Owners that the records know of and whose name fits. */
async function byName(
  investigation: Investigation,
  cluster: string,
  { resource, name, namespace }: EntryObject,
  time: number,
): Promise<Owner[]> {
  const fitting = PATTERNS.flatMap((each) => {
    const owner = each.resource === resource ? each.pattern.exec(name)?.[1] : undefined;
    return owner === undefined
      ? []
      : each.owners.map((kind) => ({
          group: each.group,
          resources: [kind],
          namespace,
          name: owner,
          subresource: undefined,
        }));
  });
  const owners: Owner[] = [];
  for (const reference of fitting) {
    const [known] = await writingsOf(investigation, cluster, reference, time);
    if (known !== undefined)
      owners.push({
        reference,
        certainty: 'possible',
        evidence: ['name-pattern', `${reference.resources[0]}/${reference.name}`],
      });
  }
  return owners;
}
