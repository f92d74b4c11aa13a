import { configSources } from '../../../kubernetes/config-volumes.ts';
import { child } from '../../../kubernetes/field-path.ts';
import { asObject, asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';
import type { Container, Workload } from '../../../kubernetes/workload.ts';

/** A text that tells a workload what to do. */
export interface Setting {
  /** Name of the variable, flag or key; undefined for a text of its own. */
  readonly key: string | undefined;
  readonly text: string;
  /** A file has several lines, each with settings; a command is all of its words, which stand for themselves as well. */
  readonly form: 'value' | 'file' | 'command';
  readonly raw: JsonObject;
  readonly path: string;
  /** The settings beside it, by name. */
  readonly siblings: ReadonlyMap<string, string>;
}

/** A setting whose value is in a Secret, or all variables out of one. */
export interface HiddenSetting {
  /** Name of the variable; undefined where the names are in the Secret as well. */
  readonly key: string | undefined;
  readonly secret: string;
  readonly raw: JsonObject;
  readonly path: string;
}

export interface WorkloadSettings {
  readonly settings: readonly Setting[];
  readonly hidden: readonly HiddenSetting[];
}

const NONE: ReadonlyMap<string, string> = new Map();

/** Reads what workloads are told by variables, arguments and ConfigMaps. */
export class Settings {
  readonly #configMaps = new Map<string, KubernetesObject>();

  constructor(objects: readonly KubernetesObject[]) {
    for (const object of objects) {
      if (object.kind !== 'ConfigMap' || object.apiVersion !== 'v1') continue;
      this.#configMaps.set(`${object.namespace ?? 'default'}/${object.name}`, object);
    }
  }

  of(workload: Workload): WorkloadSettings {
    const settings: Setting[] = [];
    const hidden: HiddenSetting[] = [];
    for (const container of workload.containers) this.#ofContainer(container, settings, hidden);
    const files = new Set<string>();
    for (const volume of workload.volumes) {
      for (const { kind, name, items } of configSources(volume)) {
        const map = kind === 'ConfigMap' ? this.#map(workload, name) : undefined;
        if (map === undefined || files.has(name)) continue;
        if (items === undefined) files.add(name);
        const keys = items === undefined ? undefined : new Set(items.map(({ key }) => key));
        for (const [key, text] of dataOf(map)) {
          if (keys !== undefined && !keys.has(key)) continue;
          const { raw } = map;
          settings.push({ key, text, form: 'file', raw, path: child('data', key), siblings: NONE });
        }
      }
    }
    return { settings, hidden };
  }

  #map(workload: Workload, name: string): KubernetesObject | undefined {
    return this.#configMaps.get(`${workload.namespace}/${name}`);
  }

  #ofContainer(container: Container, settings: Setting[], hidden: HiddenSetting[]): void {
    const { workload, object } = container;
    /** What `$(NAME)` stands for; later variables win over those of ConfigMaps. */
    const values = new Map<string, string>();
    const own: (Omit<Setting, 'text' | 'siblings' | 'form'> & { readonly key: string })[] = [];
    for (const { raw, path } of container.environmentSources) {
      const secret = asString(asObject(raw['secretRef'])?.['name']);
      if (secret !== undefined) hidden.push({ key: undefined, secret, raw: object.raw, path });
      const prefix = asString(raw['prefix']) ?? '';
      const name = asString(asObject(raw['configMapRef'])?.['name']);
      const map = name === undefined ? undefined : this.#map(workload, name);
      if (map === undefined) continue;
      for (const [key, text] of dataOf(map)) {
        values.set(`${prefix}${key}`, text);
        own.push({ key: `${prefix}${key}`, raw: map.raw, path: child('data', key) });
      }
    }
    for (const { name, value, valueFrom, path } of container.environment) {
      const reference = asObject(valueFrom?.['configMapKeyRef']);
      const key = asString(reference?.['key']);
      const map = this.#map(workload, asString(reference?.['name']) ?? '');
      const fromMap = map === undefined || key === undefined ? undefined : stringOf(map, key);
      if (value !== undefined) {
        values.set(name, expand(value, values));
        own.push({ key: name, raw: object.raw, path: `${path}.value` });
      } else if (fromMap !== undefined) {
        values.set(name, fromMap);
        own.push({ key: name, raw: map!.raw, path: child('data', key!) });
      } else if (valueFrom?.['secretKeyRef'] !== undefined) {
        const secret = asString(asObject(valueFrom['secretKeyRef'])?.['name']) ?? '';
        hidden.push({ key: name, secret, raw: object.raw, path });
      }
    }
    const seen = new Set<string>();
    for (const each of own.reverse()) {
      if (seen.has(each.key)) continue;
      seen.add(each.key);
      settings.push({ ...each, text: values.get(each.key) ?? '', form: 'value', siblings: values });
    }
    this.#arguments(container, values, settings);
  }

  #arguments(container: Container, values: ReadonlyMap<string, string>, settings: Setting[]): void {
    const { raw } = container.object;
    const words = container.commandLine.map(({ text, path }) => ({ text: expand(text, values), path }));
    words.forEach(({ text, path }, index) => {
      // The name of the program.
      if (path.endsWith('.command[0]') && !/\s/.test(text)) return;
      const [, flag, value] = /^-{0,2}([A-Za-z][\w.-]*)=(.*)$/s.exec(text) ?? [];
      const before = words[index - 1]?.text;
      // What has spaces is a script for a shell, and stands for itself.
      const isWord = !/\s/.test(text);
      const ofFlag =
        isWord && before !== undefined && /^--?[A-Za-z][\w.-]*$/.test(before) && !text.startsWith('-');
      const base = { form: 'value', raw, path, siblings: NONE } as const;
      if (flag !== undefined && isWord) settings.push({ ...base, key: flag, text: value! });
      else if (ofFlag) settings.push({ ...base, key: before.replace(/^-+/, ''), text });
      else settings.push({ ...base, key: undefined, text });
    });
    // `nc -z db 5432` may be one word or several.
    if (words.length > 1) {
      const text = words.map((word) => word.text).join(' ');
      settings.push({ key: undefined, text, form: 'command', raw, path: words[0]!.path, siblings: NONE });
    }
  }
}

function* dataOf({ raw }: KubernetesObject): Generator<readonly [string, string]> {
  for (const [key, value] of Object.entries(asObject(raw['data']) ?? {})) {
    if (typeof value === 'string') yield [key, value];
  }
}

function stringOf({ raw }: KubernetesObject, key: string): string | undefined {
  return asString(asObject(raw['data'])?.[key]);
}

/** Of texts in which variables are looked for, and of their values. */
const LONGEST = 2000;

/** `$(NAME)` as the kubelet expands it, and `${NAME}` and `$NAME` as a shell would; what is not known stays. */
function expand(text: string, values: ReadonlyMap<string, string>): string {
  if (!text.includes('$') || text.length > LONGEST) return text;
  return text.replace(/\$\(([A-Za-z_]\w*)\)|\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (whole, a, b, c) => {
    const value = values.get((a ?? b ?? c) as string);
    return value === undefined || value.length > LONGEST ? whole : value;
  });
}
