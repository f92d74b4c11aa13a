import { type Gap, resourceName } from '../../kubernetes/gaps.ts';
import { EVIDENCE_API_VERSION, type KubernetesObject } from '../../kubernetes/object.ts';
import { compareText } from '../order.ts';
import { compareFields } from './compare-fields.ts';
import {
  counts,
  type LoneObject,
  type NotCompared,
  type NotComparedReason,
  type ObjectChange,
  type ObjectComparison,
  type Side,
} from './comparison.ts';
import { CustomDefaults } from './custom-defaults.ts';
import { explanationOf } from './explanation.ts';
import { groupOf, Identities, kindOf } from './identity.ts';

/** What one side does not show of itself. */
export interface Sight {
  readonly gaps: readonly Gap[];
  /** The one namespace that was asked for. */
  readonly onlyNamespace?: string;
  /** Documents that could not be read; `subject` such as `Deployment shop/web`. */
  readonly unread: readonly {
    readonly file: string;
    readonly line?: number;
    readonly subject?: string;
    readonly reason: string;
  }[];
  /** The kinds that are asked for, as `group/Kind`; undefined where everything is. */
  readonly kinds?: ReadonlySet<string>;
}

type SeenSide = Side & Sight;

/**
 * Compares two states of a system object by object. What a side does not show (a list that was refused, a document that does
 * not parse) is neither added nor removed but not compared. The order of the answer does not depend on the order of reading.
 */
export function compareObjects(
  before: SeenSide,
  after: SeenSide,
  identities = new Identities([before, after]),
): ObjectComparison {
  const notCompared = new NotComparedList();
  const left = indexed(before, identities, notCompared);
  const right = indexed(after, identities, notCompared);
  const live = { before: before.isLive, after: after.isLive };
  const custom = new CustomDefaults([...before.objects, ...after.objects]);
  const changed: ObjectChange[] = [];
  const removed: LoneObject[] = [];
  const added: LoneObject[] = [];
  const both: KubernetesObject[] = [];
  let same = 0;
  for (const [id, object] of left) {
    const other = right.get(id);
    if (other === undefined) {
      lone(object, before, after, identities, removed, notCompared);
      continue;
    }
    const { fields, isWithoutValues } = compareFields(object, other, live, custom);
    if (isWithoutValues) notCompared.add('Secret.data', 'values-not-read');
    else both.push(object);
    if (!fields.some(counts)) same++;
    if (fields.length > 0) changed.push({ before: object, after: other, fields });
  }
  for (const [id, object] of right) {
    if (!left.has(id)) lone(object, after, before, identities, added, notCompared);
  }
  for (const { file, line, subject } of [...before.unread, ...after.unread]) {
    const place = `${file}${line === undefined ? '' : `:${line}`}`;
    notCompared.add(subject === undefined ? place : `${subject} (${place})`, 'unread', undefined, 0);
  }
  const unexplained = [...removed, ...added].filter(({ explanation }) => explanation === undefined);
  const compared = [...both, ...unexplained.map(({ object }) => object)];
  return {
    added,
    removed,
    changed,
    same,
    notCompared: notCompared.sorted(),
    compared: new Set(compared.map((object) => identities.of(object))),
  };
}

function indexed(
  { objects, isLive }: Side,
  identities: Identities,
  notCompared: NotComparedList,
): Map<string, KubernetesObject> {
  const found: [string, KubernetesObject][] = [];
  for (const object of objects) {
    if (object.apiVersion === EVIDENCE_API_VERSION) continue;
    if (!isLive && object.metadata['name'] === undefined) {
      notCompared.add(`${object.kind} ${object.name}`, 'generated-name');
    } else found.push([identities.of(object), object]);
  }
  return new Map(found.sort(([a], [b]) => compareText(a, b)));
}

/** An object that one side has and the other does not show. */
function lone(
  object: KubernetesObject,
  side: Side,
  other: SeenSide,
  identities: Identities,
  found: LoneObject[],
  notCompared: NotComparedList,
): void {
  const unseen = whyUnseen(object, other, identities);
  if (unseen !== undefined) {
    notCompared.add(unseen.subject, unseen.reason, unseen.detail);
    return;
  }
  const explanation = side.isLive ? explanationOf(object) : undefined;
  found.push(explanation === undefined ? { object } : { object, explanation });
}

/** Why the other side may have an object without showing it. */
function whyUnseen(
  object: KubernetesObject,
  { gaps, unread, onlyNamespace, kinds }: SeenSide,
  identities: Identities,
): Omit<NotCompared, 'objects'> | undefined {
  const group = groupOf(object);
  const namespace = identities.namespaceOf(object);
  const gap = gaps.find(
    (each) =>
      each.group === group &&
      each.kind === object.kind &&
      (each.namespace === undefined || each.namespace === namespace),
  );
  if (gap !== undefined) {
    const { reason, detail } = gap;
    return { subject: resourceName(gap), reason, ...(detail === undefined ? {} : { detail }) };
  }
  const kind = group === '' ? object.kind : `${object.kind}.${group}`;
  if (kinds !== undefined && !kinds.has(kindOf(object))) return { subject: kind, reason: 'kind-not-listed' };
  // A namespace is in none, but is only asked for where its objects are.
  const within = kindOf(object) === '/Namespace' ? object.name : namespace;
  if (onlyNamespace !== undefined && within !== '' && within !== onlyNamespace) {
    return { subject: `${kind} (${within})`, reason: 'not-asked' };
  }
  const names = [`${object.kind} ${object.name}`, `${object.kind} ${namespace}/${object.name}`].flatMap(
    (name) => [name, name.replace(' ', '/')],
  );
  const broken = unread.find(({ subject }) => subject !== undefined && names.includes(subject));
  return broken === undefined ? undefined : { subject: names[0]!, reason: 'unread', detail: broken.file };
}

/** One entry for each reason, however many objects it concerns. */
class NotComparedList {
  readonly #entries = new Map<string, NotCompared>();

  add(subject: string, reason: NotComparedReason, detail?: string, objects = 1): void {
    const key = JSON.stringify([reason, subject]);
    const known = this.#entries.get(key);
    this.#entries.set(key, {
      subject,
      reason,
      ...(detail === undefined ? {} : { detail }),
      objects: (known?.objects ?? 0) + objects,
    });
  }

  sorted(): NotCompared[] {
    return [...this.#entries.entries()].sort(([a], [b]) => compareText(a, b)).map(([, entry]) => entry);
  }
}
