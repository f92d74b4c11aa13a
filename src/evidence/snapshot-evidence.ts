import { Readable } from 'node:stream';
import type { Gap } from '../kubernetes/gaps.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../kubernetes/json.ts';
import { KubernetesObject, type Origin, type SourceFile } from '../kubernetes/object.ts';
import { type ManifestEvidence, readManifests, type Unread } from './manifests/index.ts';
import { canHoldObjects, unreadOnNode } from './node-files.ts';
import { PRUNED_FIELDS, prune } from './prune.ts';
import type { ResourceList, Snapshot, SnapshotSource } from './snapshot.ts';

/** Everything that a snapshot shows, ready for the checks. */
export interface SnapshotEvidence {
  /** The cluster, or the nodes, or both. */
  readonly sources: readonly SnapshotSource[];
  readonly objects: readonly KubernetesObject[];
  readonly documents: number;
  readonly notKubernetes: ManifestEvidence['notKubernetes'];
  readonly unread: readonly Unread[];
  readonly passedOver: readonly string[];
  readonly isComplete: boolean;
  readonly onlyNamespace?: string;
  /** Present where an API was read. */
  readonly lists?: number;
  readonly gaps: readonly Gap[];
}

export interface EvidenceOptions {
  /** Keeps objects as the server sent them, for comparing them; the checks need less. */
  readonly whole?: boolean;
}

/** What is left out of a cluster's objects besides PRUNED_FIELDS. */
const ENDED = 'Job, Pod[ended]';

/** Reads a snapshot to its end. Throws what the snapshot throws. */
export async function evidenceOf(
  snapshot: Snapshot,
  options: EvidenceOptions = {},
): Promise<SnapshotEvidence> {
  const sources: SnapshotSource[] = [];
  const lists = new Map<string, KubernetesObject[]>();
  const facts: KubernetesObject[] = [];
  const gaps: Gap[] = [];
  const files: { shown: string; content: Readable }[] = [];
  const refused: Unread[] = [];
  let listed = 0;
  for await (const event of snapshot) {
    switch (event.type) {
      case 'source':
        sources.push(event.source);
        break;
      case 'restart':
        lists.set(keyOf(event.list), []);
        break;
      case 'page': {
        const key = keyOf(event.list);
        const objects = lists.get(key) ?? [];
        lists.set(key, objects);
        for (const raw of event.items) {
          if (options.whole) objects.push(new KubernetesObject(raw, new ApiOrigin(event.list, raw)));
          else if (!hasEnded(event.list, raw)) objects.push(apiObject(event.list, raw));
        }
        break;
      }
      case 'listed':
        listed++;
        break;
      case 'gap':
        gaps.push(event.gap);
        break;
      case 'facts':
        facts.push(factsObject(event.facts));
        refused.push(...unreadOnNode(event.facts));
        break;
      case 'file':
        if (!canHoldObjects(event.path, event.content)) break;
        files.push({
          shown: `${event.node}:${event.path}`,
          content: Readable.from([Buffer.from(event.content)]),
        });
        break;
    }
  }
  const read = files.length === 0 ? undefined : await readManifests([], { contents: files });
  const cluster = sources.find(({ kind }) => kind === 'cluster');
  const ofApi = [...lists.entries()].sort(byKey).flatMap(([, objects]) => objects.sort(byIdentity));
  return {
    sources,
    objects: [...ofApi, ...(read?.objects ?? []), ...facts],
    documents: ofApi.length + (read?.documents ?? 0) + refused.length,
    notKubernetes: read?.notKubernetes ?? [],
    unread: [...(read?.unread ?? []), ...refused],
    passedOver: [...PRUNED_FIELDS.map(({ path }) => path), ...(cluster === undefined ? [] : [ENDED])],
    isComplete: cluster !== undefined,
    ...(cluster?.namespace === undefined ? {} : { onlyNamespace: cluster.namespace }),
    ...(cluster === undefined ? {} : { lists: listed }),
    gaps,
  };
}

function keyOf({ group, resource }: ResourceList): string {
  return `${group}/${resource}`;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** An order that does not depend on how a list was read. */
export function byIdentity(a: KubernetesObject, b: KubernetesObject): number {
  const left = a.namespace ?? '';
  const right = b.namespace ?? '';
  if (left !== right) return left < right ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** An object as the checks see it. */
export function apiObject(list: ResourceList, raw: JsonObject): KubernetesObject {
  const pruned = prune(raw);
  return new KubernetesObject(pruned, new ApiOrigin(list, pruned));
}

/**
 * A pod that its controller keeps for its record, and a Job that is over: nothing of them runs any more. What makes them anew, a
 * controller or a CronJob, is judged.
 */
export function hasEnded({ group, resource }: ResourceList, raw: JsonObject): boolean {
  if (group === 'batch' && resource === 'jobs') return isOver(raw);
  if (group !== '' || resource !== 'pods') return false;
  const phase = asObject(raw['status'])?.['phase'];
  if (phase !== 'Succeeded' && phase !== 'Failed') return false;
  const owners = asArray(asObject(raw['metadata'])?.['ownerReferences']) ?? [];
  return owners.some((owner) => isObject(owner) && owner['controller'] === true);
}

/** Whether a Job has one of its terminal conditions (k8s.io/api batch/v1, JobConditionType); it does not run again. */
function isOver(job: JsonObject): boolean {
  return (asArray(asObject(job['status'])?.['conditions']) ?? []).some((condition) => {
    const { type, status } = asObject(condition) ?? {};
    return status === 'True' && (type === 'Complete' || type === 'Failed');
  });
}

/** Where an object is found in the API. Worded on demand: few of tens of thousands are spoken of. */
class ApiOrigin implements Origin {
  readonly document = 0;
  readonly start = 0;
  readonly end = 0;
  readonly line = 0;
  readonly column = 0;
  readonly format = 'json';
  readonly isApi = true;
  readonly within = '';
  readonly #list: ResourceList;
  readonly #metadata: JsonObject | undefined;

  constructor(list: ResourceList, raw: JsonObject) {
    this.#list = list;
    this.#metadata = asObject(raw['metadata']);
  }

  get file(): SourceFile {
    const { group, version, resource, namespaced } = this.#list;
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const namespace = namespaced ? `/namespaces/${asString(this.#metadata?.['namespace'])}` : '';
    return { path: `${root}${namespace}/${resource}/${asString(this.#metadata?.['name'])}` };
  }
}

/** A document that KubeStride itself wrote about a cluster or a node. */
export function factsObject(facts: JsonObject): KubernetesObject {
  return new KubernetesObject(facts, new FactsOrigin(facts));
}

/** What KubeStride itself wrote down about a cluster or a node. */
class FactsOrigin implements Origin {
  readonly document = 0;
  readonly start = 0;
  readonly end = 0;
  readonly line = 0;
  readonly column = 0;
  readonly format = 'json';
  readonly isApi = true;
  readonly within = '';
  readonly file: SourceFile;

  constructor(facts: JsonObject) {
    const name = asString(asObject(facts['metadata'])?.['name']) ?? '';
    this.file = { path: `${asString(facts['kind'])}/${name}` };
  }
}
