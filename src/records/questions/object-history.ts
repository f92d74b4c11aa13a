import { asObject, asString, type JsonObject } from '../../kubernetes/json.ts';
import type { Entry } from './entry.ts';
import type { Investigation } from './investigation.ts';
import { isAbout, type ObjectReference } from './object-reference.ts';
import type { UnknownReason } from './unknown.ts';

/** How many changes are looked back through for one that tells the object. */
const LOOK_BACK = 20;

/**
 * What an object was at a time.
 * `stood`: as the API server answered the last change before it. `asked`: as the last change asked for it, which admission may have
 * altered. `deleted`: the last change removed it. `snapshot`: as a snapshot of another time has it. `unknown`: only that it is named.
 */
export type ObjectState =
  | { readonly known: 'stood' | 'asked'; readonly object: JsonObject; readonly writing: Entry }
  | { readonly known: 'deleted'; readonly writing: Entry }
  | {
      readonly known: 'snapshot';
      readonly object: JsonObject;
      /** Microseconds since the epoch. */
      readonly asOf: number;
      readonly writing: Entry | undefined;
    }
  | { readonly known: 'unknown'; readonly reason: UnknownReason; readonly writing: Entry | undefined };

/** What the audit events before a time tell of an object, and the last change of it. */
export async function stateAt(
  investigation: Investigation,
  cluster: string,
  object: ObjectReference,
  time: number,
): Promise<ObjectState> {
  const writings = await writingsOf(investigation, cluster, object, time);
  const [last] = writings;
  if (last === undefined)
    return (
      fromSnapshot(investigation, cluster, object, undefined) ?? {
        known: 'unknown',
        reason: await whyNoWriting(investigation, cluster, time),
        writing: undefined,
      }
    );
  if (last.verb === 'delete') return { known: 'deleted', writing: last };
  const body = await investigation.body(last);
  const answered = whole(body?.response);
  if (answered !== undefined) return { known: 'stood', object: answered, writing: last };
  const asked = whole(body?.request);
  if (asked !== undefined) return { known: 'asked', object: asked, writing: last };
  const reason = body?.request === undefined ? 'level-metadata-no-body' : 'changed-without-body';
  return fromSnapshot(investigation, cluster, object, last) ?? { known: 'unknown', reason, writing: last };
}

/** Changes of an object that took effect before a time, the newest first. */
export function writingsOf(
  investigation: Investigation,
  cluster: string,
  object: ObjectReference,
  time: number,
): Promise<Entry[]> {
  return investigation.done(
    cluster,
    time,
    [
      ...isAbout({ ...object, subresource: '' }),
      { column: 'verb', is: ['create', 'update', 'patch', 'delete'] },
    ],
    LOOK_BACK,
  );
}

/** A body that is an object and no Status, patch or part of one: applied patches are whole as far as they say anything. */
function whole(body: JsonObject | undefined): JsonObject | undefined {
  if (body === undefined || asString(body['kind']) === 'Status') return undefined;
  const metadata = asObject(body['metadata']);
  return asString(body['kind']) !== undefined && metadata !== undefined ? body : undefined;
}

function fromSnapshot(
  { snapshot, resources }: Investigation,
  cluster: string,
  object: ObjectReference,
  writing: Entry | undefined,
): ObjectState | undefined {
  if (snapshot === undefined || (snapshot.cluster !== '' && snapshot.cluster !== cluster)) return undefined;
  const found = snapshot.objects.find(
    ({ kind, group, name, namespace }) =>
      name === object.name &&
      (object.namespace === undefined || (namespace ?? 'default') === object.namespace) &&
      object.resources.includes(resources.find(kind, group)?.resource ?? ''),
  );
  return found && { known: 'snapshot', object: found.raw, asOf: snapshot.time, writing };
}

/** Why no change of something is known that was there at a time. */
async function whyNoWriting(
  investigation: Investigation,
  cluster: string,
  time: number,
): Promise<UnknownReason> {
  if (investigation.damage.length > 0) return 'damage';
  const held = await investigation.holding('audit', cluster);
  return held === undefined || held.first > time ? 'no-audit-of-period' : 'before-first-record';
}
