import type { JsonObject } from '../kubernetes/json.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { places } from './sources.ts';

/** Where something was read: objects of a cluster have a path of the API, and no line. */
export interface Place {
  readonly file: string;
  readonly line?: number;
}

/** A field of an object as it was read. */
export interface Field {
  readonly raw: JsonObject;
  readonly path: string;
}

/** Where fields stand. They are asked for together, so that each document is read again but once, and never twice. */
export class Places {
  readonly #objectOf: (raw: JsonObject) => KubernetesObject | undefined;
  readonly #found = new Map<JsonObject, Map<string, Place>>();

  constructor(objectOf: (raw: JsonObject) => KubernetesObject | undefined) {
    this.#objectOf = objectOf;
  }

  /** Looks up those that are not known yet. */
  async know(fields: Iterable<Field>): Promise<void> {
    const wanted: { readonly object: KubernetesObject; readonly path: string }[] = [];
    for (const { raw, path } of fields) {
      const object = this.#objectOf(raw);
      if (object === undefined || this.#found.get(raw)?.has(path)) continue;
      // What a cluster shows has no lines, and of a file the document's own stands in until it is looked up.
      const { origin } = object;
      const file = origin.file.path;
      this.#put(raw, path, origin.isApi ? { file } : { file, line: origin.line });
      if (!origin.isApi) wanted.push({ object, path });
    }
    if (wanted.length === 0) return;
    const ranges = await places.locate(wanted.map(({ object, path }) => ({ origin: object.origin, path })));
    wanted.forEach(({ object: { raw, origin }, path }, index) => {
      const line = ranges[index]?.line;
      if (line !== undefined) this.#put(raw, path, { file: origin.file.path, line });
    });
  }

  #put(raw: JsonObject, path: string, place: Place): void {
    const ofObject = this.#found.get(raw);
    if (ofObject === undefined) this.#found.set(raw, new Map([[path, place]]));
    else ofObject.set(path, place);
  }

  at(raw: JsonObject, path: string): Place {
    return this.#found.get(raw)?.get(path) ?? { file: '' };
  }

  text(raw: JsonObject, path: string): string {
    const { file, line } = this.at(raw, path);
    return line === undefined ? file : `${file}:${line}`;
  }
}
