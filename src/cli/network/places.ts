import type { JsonObject } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { places } from '../sources.ts';
import type { ExposureReport } from './exposure.ts';
import type { NetworkSource } from './source.ts';

/** Where something was read: objects of a cluster have a path of the API, and no line. */
export interface Place {
  readonly file: string;
  readonly line?: number;
}

/** Where the objects of a report stand, looked up together so that each document is read again but once. */
export class Places {
  readonly #found = new Map<string, Place>();
  readonly #numbers = new Map<JsonObject, number>();

  static async of(source: NetworkSource, { workloads, loose, notRead }: ExposureReport): Promise<Places> {
    const found = new Places();
    const wanted = new Map<string, { object: KubernetesObject; path: string }>();
    const want = (raw: JsonObject, path: string) => {
      const object = source.objectOf(raw);
      if (object !== undefined) wanted.set(found.#key(raw, path), { object, path });
    };
    for (const { ways } of workloads) for (const { way } of ways) want(way.object, way.path);
    for (const { object, path } of loose) want(object, path);
    for (const { raw } of notRead) want(raw, '');
    const requests = [...wanted.values()].map(({ object, path }) => ({ origin: object.origin, path }));
    const ranges = await places.locate(requests);
    [...wanted.keys()].forEach((key, index) => {
      const { origin } = requests[index]!;
      const file = origin.file.path;
      found.#found.set(key, origin.isApi ? { file } : { file, line: ranges[index]?.line ?? origin.line });
    });
    return found;
  }

  at(raw: JsonObject, path: string): Place {
    return this.#found.get(this.#key(raw, path)) ?? { file: '' };
  }

  text(raw: JsonObject, path: string): string {
    const { file, line } = this.at(raw, path);
    return line === undefined ? file : `${file}:${line}`;
  }

  #key(raw: JsonObject, path: string): string {
    const number = this.#numbers.get(raw) ?? this.#numbers.size;
    this.#numbers.set(raw, number);
    return `${number} ${path}`;
  }
}
