import { asNumber, asObject, asString, type JsonObject, objectsIn } from '../../kubernetes/json.ts';
import { microseconds } from '../audit/index.ts';
import type { Origin } from '../decoded.ts';
import { oneLine } from '../node/text.ts';
import type { EventRecord } from '../record.ts';
import { type ContainerState, containerChanges, containersOf } from './container-changes.ts';
import { PodRecords, type Seen } from './pod-records.ts';

/**
 * What happened to a Pod between two looks at it, oldest first. Times are those that its status tells; where it tells none, when it was seen,
 * and `raw` has between which two looks. Keys follow from the Pod alone, so that what is told again after a restart is the same record.
 * Who did it is not in the Pod and left empty.
 * @param previous undefined for a Pod that is seen for the first time
 * @param next undefined for one that is gone
 */
export function podChanges(
  previous: JsonObject | undefined,
  next: JsonObject | undefined,
  origin: Origin,
  seen: Seen,
): EventRecord[] {
  const pod = next ?? previous;
  if (pod === undefined) return [];
  const records = new PodRecords(pod, origin, seen);
  if (next === undefined) {
    records.add('deleted', { id: '' });
    return records.all;
  }
  beginning(records, previous, next);
  containerChanges(records, containersOf(previous), containersOf(next));
  conditions(records, previous, next);
  phase(records, previous, next, containersOf(next));
  deletion(records, previous, next);
  return records.all;
}

function beginning(records: PodRecords, previous: JsonObject | undefined, next: JsonObject): void {
  const metadata = asObject(next['metadata']);
  const node = text(asObject(next['spec']), 'nodeName');
  if (previous === undefined) {
    const owners = objectsIn(metadata?.['ownerReferences']);
    const owner = owners.find((each) => each['controller'] === true) ?? owners[0];
    const message = owner === undefined ? '' : `${text(owner, 'kind')}/${text(owner, 'name')}`;
    records.add('created', { id: '', time: timeOf(metadata, 'creationTimestamp'), message });
  }
  if (node !== '' && text(asObject(previous?.['spec']), 'nodeName') !== node) {
    const condition = conditionOf(next, 'PodScheduled');
    const isScheduled = condition?.['status'] === 'True';
    records.add('scheduled', {
      id: node,
      time: isScheduled ? timeOf(condition, 'lastTransitionTime') : undefined,
      message: node,
    });
  }
}

/** Of which the last word counts; a Pod that became ready and unready between two looks shows just that. */
function conditions(records: PodRecords, previous: JsonObject | undefined, next: JsonObject): void {
  const ready = conditionOf(next, 'Ready');
  const before = conditionOf(previous, 'Ready');
  const time = timeOf(ready, 'lastTransitionTime');
  const isNew = ready !== undefined && ready['status'] !== before?.['status'];
  // A new Pod is not ready; that is no event.
  const isNews = ready?.['status'] === 'True' || before?.['status'] === 'True';
  if (isNew && isNews) {
    const verb = ready['status'] === 'True' ? 'ready' : 'unready';
    records.add(verb, {
      id: String(time),
      time,
      reason: text(ready, 'reason'),
      message: text(ready, 'message'),
    });
  }
  const disruption = conditionOf(next, 'DisruptionTarget');
  if (disruption?.['status'] === 'True' && conditionOf(previous, 'DisruptionTarget')?.['status'] !== 'True') {
    const reason = text(disruption, 'reason');
    records.add(DISRUPTIONS.get(reason) ?? 'disrupted', {
      id: reason,
      time: timeOf(disruption, 'lastTransitionTime'),
      reason,
      message: text(disruption, 'message'),
    });
  }
}

/** Reasons of the condition DisruptionTarget (documentation of Kubernetes, "Pod disruption conditions"). */
const DISRUPTIONS = new Map([
  ['PreemptionByScheduler', 'preempted'],
  ['EvictionByEvictionAPI', 'eviction-requested'],
  ['DeletionByTaintManager', 'evicted-by-taint'],
  ['DeletionByPodGC', 'collected'],
  ['TerminationByKubelet', 'terminated-by-kubelet'],
]);

function phase(
  records: PodRecords,
  previous: JsonObject | undefined,
  next: JsonObject,
  containers: ReadonlyMap<string, ContainerState>,
): void {
  const status = asObject(next['status']);
  const now = text(status, 'phase');
  if (now === text(asObject(previous?.['status']), 'phase')) return;
  if (now !== 'Failed' && now !== 'Succeeded') return;
  const reason = text(status, 'reason');
  const ends = [...containers.values()].map(({ ended }) => timeOf(ended, 'finishedAt') ?? 0);
  const last = Math.max(0, ...ends, timeOf(conditionOf(next, 'DisruptionTarget'), 'lastTransitionTime') ?? 0);
  records.add(reason === 'Evicted' ? 'evicted' : now.toLowerCase(), {
    id: reason,
    time: last > 0 ? last : undefined,
    reason,
    message: text(status, 'message'),
  });
}

/** The time is at which the grace period ends; it was asked for that much earlier. */
function deletion(records: PodRecords, previous: JsonObject | undefined, next: JsonObject): void {
  const metadata = asObject(next['metadata']);
  const stamp = text(metadata, 'deletionTimestamp');
  if (stamp === '' || stamp === text(asObject(previous?.['metadata']), 'deletionTimestamp')) return;
  const end = microseconds(stamp);
  const grace = asNumber(metadata?.['deletionGracePeriodSeconds']) ?? 0;
  records.add('deletion-requested', {
    id: stamp,
    time: end === undefined ? undefined : end - grace * 1_000_000,
  });
}

function conditionOf(pod: JsonObject | undefined, type: string): JsonObject | undefined {
  return objectsIn(asObject(pod?.['status'])?.['conditions']).find((condition) => condition['type'] === type);
}

function timeOf(object: JsonObject | undefined, key: string): number | undefined {
  const value = asString(object?.[key]);
  const time = value === undefined ? undefined : microseconds(value);
  return time !== undefined && time > 0 ? time : undefined;
}

function text(object: JsonObject | undefined, key: string): string {
  return oneLine(asString(object?.[key]) ?? '');
}
