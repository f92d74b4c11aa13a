import type { Gap } from '../../../kubernetes/gaps.ts';
import { asObject, asString } from '../../../kubernetes/json.ts';
import type { ResourceList } from '../../snapshot.ts';
import type { WatchEvent } from './events.ts';

/** A reader that builds what it is told, and notes where it is told what makes no sense. */
export class Picture<Watch extends AsyncIterable<readonly WatchEvent[]>> {
  readonly events: Exclude<WatchEvent, { type: 'lists' }>[] = [];
  readonly faults: string[] = [];
  /** Plural names of what is watched. */
  lists: readonly string[] = [];
  gaps: readonly Gap[] = [];
  readonly synced = new Set<ResourceList>();
  readonly watch: Watch;
  readonly #controller = new AbortController();
  readonly #objects = new Map<ResourceList, Map<string, string>>();
  readonly #done: Promise<void>;
  /** The reader is busy until this resolves. */
  busy: Promise<void> | undefined;

  constructor(start: (signal: AbortSignal) => Watch) {
    this.watch = start(this.#controller.signal);
    this.#done = this.#read();
    // `stop` gives it to whoever waits.
    this.#done.catch(() => {});
  }

  /** `namespace/name` to `uid@resourceVersion`. */
  contents(list: ResourceList): Map<string, string> {
    return this.#objects.get(list) ?? new Map();
  }

  byResource(resource: string): Map<string, string> {
    const all = [...this.#objects].flatMap(([list, objects]) =>
      list.resource === resource ? [...objects] : [],
    );
    return new Map(all);
  }

  /** What was said of a list since the last call, in short words. */
  said(list: ResourceList): string[] {
    const words = this.events.filter((event) => event.list === list).map(wordsOf);
    this.events.splice(0, this.events.length, ...this.events.filter((event) => event.list !== list));
    return words;
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#done;
  }

  async #read(): Promise<void> {
    for await (const events of this.watch) {
      for (const event of events) this.#apply(event);
      if (this.busy) await this.busy;
    }
  }

  #apply(event: WatchEvent): void {
    if (event.type === 'lists') {
      this.lists = event.lists.map(({ resource }) => resource);
      this.gaps = event.gaps;
      return;
    }
    this.events.push(event);
    let objects = this.#objects.get(event.list);
    if (objects === undefined) {
      objects = new Map();
      this.#objects.set(event.list, objects);
    }
    if (event.type === 'synced') this.synced.add(event.list);
    else if (event.type === 'gap') this.synced.delete(event.list);
    else if (event.type === 'removed') {
      const key = `${event.object.namespace}/${event.object.name}`;
      if (!objects.get(key)?.startsWith(`${event.object.uid}@`))
        this.faults.push(`removed what was not there: ${key}`);
      objects.delete(key);
    } else if (event.type === 'set') {
      const [key, version] = [keyOf(event.object), versionOf(event.object)];
      const known = objects.get(key);
      if (known === version) this.faults.push(`set again: ${key} ${version}`);
      if (known !== undefined && known.split('@')[0] !== version.split('@')[0]) {
        this.faults.push(`replaced without a word: ${key} ${known} by ${version}`);
      }
      objects.set(key, version);
    }
  }
}

function keyOf(object: Record<string, unknown>): string {
  const metadata = asObject(object['metadata'] as never);
  return `${asString(metadata?.['namespace']) ?? ''}/${asString(metadata?.['name'])}`;
}

function versionOf(object: Record<string, unknown>): string {
  const metadata = asObject(object['metadata'] as never);
  return `${asString(metadata?.['uid'])}@${asString(metadata?.['resourceVersion'])}`;
}

function wordsOf(event: Exclude<WatchEvent, { type: 'lists' }>): string {
  switch (event.type) {
    case 'set':
      return `set ${keyOf(event.object)} ${versionOf(event.object)}`;
    case 'removed':
      return `removed ${event.object.namespace}/${event.object.name} ${event.object.uid}`;
    case 'gap':
      return `gap ${event.gap.reason}`;
    case 'degraded':
      return `degraded ${event.reason}`;
    default:
      return event.type;
  }
}
