import { asNumber, asObject, asString, type JsonObject, objectsIn } from '../../kubernetes/json.ts';
import { microseconds } from '../audit/index.ts';
import { oneLine } from '../node/text.ts';
import type { PodRecords } from './pod-records.ts';

/** A container as a Pod's spec and status show it. */
export interface ContainerState {
  readonly isEphemeral: boolean;
  readonly image: string;
  readonly target: string;
  readonly restarts: number;
  readonly running: JsonObject | undefined;
  /** How it ended, now or before it was started anew. */
  readonly ended: JsonObject | undefined;
  readonly waiting: JsonObject | undefined;
}

const LISTS = [
  ['initContainers', 'initContainerStatuses'],
  ['containers', 'containerStatuses'],
  ['ephemeralContainers', 'ephemeralContainerStatuses'],
] as const;

export function containersOf(pod: JsonObject | undefined): ReadonlyMap<string, ContainerState> {
  const spec = asObject(pod?.['spec']);
  const status = asObject(pod?.['status']);
  const containers = new Map<string, ContainerState>();
  for (const [specs, statuses] of LISTS) {
    const shown = new Map(objectsIn(status?.[statuses]).map((each) => [each['name'], each]));
    for (const container of objectsIn(spec?.[specs])) {
      const name = text(container, 'name');
      if (name === '') continue;
      const current = shown.get(name);
      const state = asObject(current?.['state']);
      const last = asObject(current?.['lastState']);
      containers.set(name, {
        isEphemeral: specs === 'ephemeralContainers',
        image: text(container, 'image'),
        target: text(container, 'targetContainerName'),
        restarts: asNumber(current?.['restartCount']) ?? 0,
        running: asObject(state?.['running']),
        ended: asObject(state?.['terminated']) ?? asObject(last?.['terminated']),
        waiting: asObject(state?.['waiting']),
      });
    }
  }
  return containers;
}

/** Reasons of waiting that are no trouble. */
const USUAL = new Set(['', 'ContainerCreating', 'PodInitializing']);

export function containerChanges(
  records: PodRecords,
  before: ReadonlyMap<string, ContainerState>,
  after: ReadonlyMap<string, ContainerState>,
): void {
  for (const [container, now] of after) {
    const was = before.get(container);
    if (now.isEphemeral && was === undefined) {
      const message = now.target === '' ? now.image : `${now.image} → ${now.target}`;
      records.add('ephemeral-container-added', { id: '', container, message });
    }
    if (was !== undefined && was.image !== now.image) {
      records.add('image-changed', {
        id: `${now.image} ${records.version}`,
        container,
        message: `${was.image} → ${now.image}`,
      });
    }
    end(records, container, was, now);
    start(records, container, was, now);
    const reason = text(now.waiting, 'reason');
    if (!USUAL.has(reason) && text(was?.waiting, 'reason') !== reason) {
      const message = text(now.waiting, 'message');
      records.add('waiting', {
        id: `${reason} ${now.restarts}`,
        container,
        reason,
        message,
        shown: now.waiting,
      });
    }
  }
}

function end(
  records: PodRecords,
  container: string,
  was: ContainerState | undefined,
  now: ContainerState,
): void {
  const { ended } = now;
  if (ended === undefined || identity(ended) === identity(was?.ended)) return;
  const reason = text(ended, 'reason');
  records.add(reason === 'OOMKilled' ? 'oom-killed' : 'terminated', {
    id: identity(ended),
    time: timeOf(ended, 'finishedAt') ?? timeOf(ended, 'startedAt'),
    container,
    code: asNumber(ended['exitCode']) ?? -1,
    reason,
    message: text(ended, 'message'),
    shown: ended,
  });
}

function start(
  records: PodRecords,
  container: string,
  was: ContainerState | undefined,
  now: ContainerState,
): void {
  const isAgain = now.restarts > 0;
  const hasCounted = now.restarts > (was?.restarts ?? 0);
  const isRunningAnew =
    now.running !== undefined && text(now.running, 'startedAt') !== text(was?.running, 'startedAt');
  if (!isRunningAnew && !hasCounted) return;
  // A count may rise before the container runs; then its start is told by that it runs.
  if (isAgain && !hasCounted && was !== undefined) return;
  records.add(isAgain ? 'restarted' : 'started', {
    id: String(now.restarts),
    time: timeOf(now.running, 'startedAt'),
    container,
    message: !isAgain
      ? now.image
      : was === undefined
        ? String(now.restarts)
        : `${was.restarts} → ${now.restarts}`,
    shown: now.running,
  });
}

function identity(ended: JsonObject | undefined): string {
  if (ended === undefined) return '';
  return [text(ended, 'containerID'), text(ended, 'finishedAt'), String(ended['exitCode'])].join(' ');
}

function timeOf(object: JsonObject | undefined, key: string): number | undefined {
  const value = asString(object?.[key]);
  const time = value === undefined ? undefined : microseconds(value);
  return time !== undefined && time > 0 ? time : undefined;
}

function text(object: JsonObject | undefined, key: string): string {
  return oneLine(asString(object?.[key]) ?? '');
}
