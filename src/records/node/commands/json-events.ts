import { isObject, type JsonObject } from '../../../kubernetes/json.ts';
import { type Decoded, NOTHING, type Origin, refused } from '../../decoded.ts';
import { type EventRecord, record } from '../../record.ts';
import type { PodDirectory } from '../containers/directory.ts';
import type { Line, LineDecoder } from '../line-decoder.ts';
import { redactedJson } from '../redacted.ts';
import { falcoFields } from './falco.ts';
import { teleportFields } from './teleport.ts';
import { tetragonFields } from './tetragon.ts';

/** Columns that an event of another product fills, its time and what tells it from others. */
export interface JsonEventFields extends Partial<EventRecord> {
  readonly time: number;
  readonly verb: string;
  /** Without what a line's place adds. */
  readonly key: string;
}

export type JsonEventReader = (
  event: JsonObject,
  pods: PodDirectory | undefined,
) => JsonEventFields | undefined;

const READERS: readonly JsonEventReader[] = [teleportFields, tetragonFields, falcoFields];

/** Reads events that are a line of JSON each: Teleport's audit log, Tetragon's export, Falco's alerts. */
export class JsonEventDecoder implements LineDecoder {
  readonly #origin: Origin;
  readonly #pods: PodDirectory | undefined;
  readonly held = undefined;

  constructor(origin: Origin, pods?: PodDirectory) {
    this.#origin = origin;
    this.#pods = pods;
  }

  decode({ text, at }: Line): Decoded {
    if (text.trim() === '') return NOTHING;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return { records: [], refused: [refused('not-json', `byte ${at}`, text)] };
    }
    const redacted = isObject(value) ? redactedJson(text, value) : undefined;
    if (redacted === undefined) {
      const reason = isObject(value) ? 'too-deep' : 'not-an-event';
      return { records: [], refused: [refused(reason, `byte ${at}`, text)] };
    }
    for (const read of READERS) {
      const fields = read(redacted.value, this.#pods);
      if (fields !== undefined) return { records: [this.#record(fields, redacted)], refused: [] };
    }
    return { records: [], refused: [refused('not-an-event', `byte ${at}`, text)] };
  }

  flush(): Decoded {
    return NOTHING;
  }

  #record(
    fields: JsonEventFields,
    { raw, count }: { readonly raw: string; readonly count: number },
  ): EventRecord {
    const { cluster, inlet, node } = this.#origin;
    return record({
      source: 'command',
      ...fields,
      key: `${fields.key.split(' ', 1)[0]} ${cluster} ${fields.key.slice(fields.key.indexOf(' ') + 1)}`,
      cluster,
      inlet,
      node: fields.node || node || '',
      redactions: count,
      raw,
    });
  }
}
