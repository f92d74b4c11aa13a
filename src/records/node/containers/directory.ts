import { asObject, asString, type JsonObject, objectsIn } from '../../../kubernetes/json.ts';

/** A Pod, or a container of it. */
export interface PodContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly podUid: string;
  /** Name of the container; empty where only the Pod is known. */
  readonly container: string;
}

/** Tells whose a container is. Undefined for what it does not know. */
export interface PodDirectory {
  container(id: string): PodContainer | undefined;
  pod(uid: string): PodContainer | undefined;
}

const MOST_CONTAINERS = 200_000;
const STATUSES = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];

/** A directory that is filled with what is seen; what came first is forgotten first. */
export class SeenPods implements PodDirectory {
  readonly #containers = new Map<string, PodContainer>();
  readonly #pods = new Map<string, PodContainer>();

  container(id: string): PodContainer | undefined {
    return this.#containers.get(id);
  }

  pod(uid: string): PodContainer | undefined {
    return this.#pods.get(uid);
  }

  add(place: PodContainer, containerId = ''): void {
    if (place.podUid !== '') keep(this.#pods, place.podUid, { ...place, container: '' });
    if (containerId !== '') keep(this.#containers, containerId, place);
  }

  /** A Pod as the API shows it: the ids of its containers, the last ended ones included. */
  addPod(pod: JsonObject): void {
    const metadata = asObject(pod['metadata']);
    const status = asObject(pod['status']);
    const place = {
      namespace: asString(metadata?.['namespace']) ?? '',
      pod: asString(metadata?.['name']) ?? '',
      podUid: asString(metadata?.['uid']) ?? '',
      container: '',
    };
    if (place.pod === '') return;
    this.add(place);
    // Cgroups of a static Pod have the hash of its manifest, the API has another UID for its mirror.
    const hash = asString(asObject(metadata?.['annotations'])?.['kubernetes.io/config.hash']);
    if (hash !== undefined && hash !== '') keep(this.#pods, hash, place);
    for (const list of STATUSES)
      for (const entry of objectsIn(status?.[list])) {
        const container = asString(entry['name']) ?? '';
        for (const id of containerIds(entry)) this.add({ ...place, container }, id);
      }
  }
}

/** `containerd://ID` of a container status, of its state and of the one before it. */
function containerIds(status: JsonObject): string[] {
  const states = [asObject(status['state']), asObject(status['lastState'])];
  const ended = states.map((state) => asObject(state?.['terminated'])?.['containerID']);
  return [status['containerID'], ...ended].flatMap((value) => {
    const id = asString(value) ?? '';
    return id === '' ? [] : [id.slice(id.lastIndexOf('/') + 1)];
  });
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST_CONTAINERS) map.delete(map.keys().next().value!);
}
