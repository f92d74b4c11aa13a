import { item as itemPath } from '../../kubernetes/field-path.ts';
import { isObject, type Json, type JsonObject } from '../../kubernetes/json.ts';
import {
  type DuplicateField,
  KubernetesObject,
  type Origin,
  type SourceFile,
} from '../../kubernetes/object.ts';
import { BUILT_IN_SCHEMA, refusal } from '../../kubernetes/schema/index.ts';
import { prune } from '../prune.ts';
import { classify, isManifestText, looksLikeObject } from './classify.ts';
import { embeddedObjects } from './embedded-objects.ts';
import { type NotKubernetes, oneLine, type Unread, type UnreadReason } from './evidence.ts';

/** Where a document or an item lies; the part of an Origin that a reader knows. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  readonly format: Origin['format'];
  /** The first line that is no comment, where it is not `line`. */
  readonly contentLine?: number;
}

/** An item of a List, or why there is none. */
export type ListItem =
  | {
      readonly place: Place;
      readonly within: string;
      readonly value: Json;
      readonly duplicates: readonly DuplicateField[];
    }
  | { readonly place: Place; readonly problem: UnreadReason; readonly detail?: string | undefined };

/** Where the documents of all files end up. */
export interface Gathered {
  readonly objects: KubernetesObject[];
  readonly notKubernetes: NotKubernetes[];
  readonly unread: Unread[];
  /** What is known by its path in an object only; lines are found when all is read. */
  readonly located: Located[];
  documents: number;
}

/**
 * An object of a built-in kind with a field at `path` that the API server does not take, so that it could never be
 * created; or an object that stands at `path` inside another.
 */
export interface Located {
  readonly origin: Origin;
  readonly reason: 'refused' | 'embedded-object';
  readonly path: string;
  readonly subject: string | undefined;
  readonly detail?: string;
}

/** Lists in lists deeper than this are nobody's manifests. */
const MAX_LIST_NESTING = 100;

interface Other {
  readonly line: number;
  readonly path: string;
  readonly reason: 'missing-kind' | 'not-an-object';
}

/** Sorts the documents of one file into objects, things that are no Kubernetes objects, and things that could not be read. */
export class FileDocuments {
  readonly #file: SourceFile;
  readonly #gathered: Gathered;
  readonly #prune: (object: JsonObject) => JsonObject;
  #nextObject = 0;
  /** Something here is Kubernetes' or looks like it, so the rest of the file is expected to be. */
  #isManifest = false;
  readonly #others: Other[] = [];
  readonly #toolConfigurations: number[] = [];

  /** @param whole keeps what prune.ts drops */
  constructor(file: SourceFile, gathered: Gathered, whole = false) {
    this.#file = file;
    this.#prune = whole ? (object) => object : prune;
    this.#gathered = gathered;
  }

  /** A document that was parsed and is not empty. */
  document(value: Json, place: Place, duplicates: readonly DuplicateField[]): void {
    switch (classify(value)) {
      case 'list':
        this.#list(value as JsonObject, place, '', duplicates, 0);
        return;
      case 'other':
        if (isObject(value) && Array.isArray(value['items']) && value['items'].some(looksLikeObject)) {
          this.#isManifest = true;
          this.#gathered.documents++;
          this.#unread(place, 'missing-kind');
        } else if (Array.isArray(value)) this.array(value.some(looksLikeObject), place);
        else this.#entry(value, place, '', duplicates);
        return;
      default:
        this.#entry(value, place, '', duplicates);
    }
  }

  /** A sequence at the top of a document, which kubectl refuses whatever it holds. */
  array(holdsObjects: boolean, place: Place): void {
    if (!holdsObjects) {
      this.other(place);
      return;
    }
    this.#gathered.documents++;
    this.#isManifest = true;
    this.#unread(place, 'top-level-array');
  }

  /** A document that cannot be a Kubernetes object. */
  other(place: { readonly line: number; readonly contentLine?: number }): void {
    this.#gathered.documents++;
    this.#others.push({ line: lineOf(place), path: '', reason: 'not-an-object' });
  }

  /**
   * A List whose items were read one by one.
   * @param envelope the List without its items, undefined where the text ended before it was whole
   */
  list(envelope: JsonObject | undefined, items: readonly ListItem[], place: Place): void {
    const kind = typeof envelope?.['kind'] === 'string' ? envelope['kind'] : '';
    const apiVersion = typeof envelope?.['apiVersion'] === 'string' ? envelope['apiVersion'] : '';
    if (envelope && (kind === '' || apiVersion === '')) {
      this.#gathered.documents++;
      const holdsObjects =
        kind !== '' || apiVersion !== '' || items.some((i) => 'problem' in i || looksLikeObject(i.value));
      this.#isManifest ||= holdsObjects;
      if (holdsObjects) this.#unread(place, kind === '' ? 'missing-kind' : 'missing-api-version');
      else this.#others.push({ line: lineOf(place), path: '', reason: 'missing-kind' });
      return;
    }
    if (envelope) this.#checkListKind(envelope, place, '');
    for (const entry of items) {
      if ('problem' in entry) this.broken(entry.place, entry.problem, entry.detail);
      else this.#listItem(entry.value, kind, apiVersion, entry.place, entry.within, entry.duplicates, 1);
    }
  }

  /** A document or item that could not be parsed. */
  broken(place: { readonly line?: number }, reason: UnreadReason, detail?: string, subject?: string): void {
    this.#gathered.documents++;
    this.#unread(place, reason, { detail, subject });
  }

  /** To be called once, after the last document of the file. */
  finish(): void {
    const { notKubernetes } = this.#gathered;
    if (!this.#isManifest) {
      const documents = this.#others.length + this.#toolConfigurations.length;
      if (documents > 0) notKubernetes.push({ file: this.#file.path, documents });
      return;
    }
    for (const line of this.#toolConfigurations)
      notKubernetes.push({ file: this.#file.path, line, documents: 1 });
    for (const { line, path, reason } of this.#others) this.#unread({ line }, reason, { path });
  }

  #list(
    list: JsonObject,
    place: Place,
    within: string,
    duplicates: readonly DuplicateField[],
    nesting: number,
  ): void {
    const { items, kind, apiVersion } = list;
    if (nesting > MAX_LIST_NESTING) {
      this.#gathered.documents++;
      this.#unread(place, 'too-deep', { path: within });
      return;
    }
    this.#checkListKind(list, place, within);
    const prefix = within === '' ? 'items' : `${within}.items`;
    (items as Json[]).forEach((value, index) => {
      const path = itemPath(prefix, index);
      const own =
        duplicates.length === 0 ? duplicates : duplicatesWithin(duplicates, itemPath('items', index));
      this.#listItem(value, kind as string, apiVersion as string, place, path, own, nesting + 1);
    });
  }

  #listItem(
    value: Json,
    listKind: string,
    listApiVersion: string,
    place: Place,
    within: string,
    duplicates: readonly DuplicateField[],
    nesting: number,
  ): void {
    this.#isManifest = true;
    if (!isObject(value)) {
      this.#gathered.documents++;
      this.#unread(place, 'not-an-object', { path: within });
      return;
    }
    const typed = inherit(value, listKind, listApiVersion);
    if (classify(typed) === 'list') this.#list(typed, place, within, duplicates, nesting);
    else this.#entry(typed, place, within, duplicates);
  }

  /** kubectl reads every object with `items` as a list and forgets its other fields. */
  #checkListKind(list: JsonObject, place: Place, within: string): void {
    this.#isManifest = true;
    if ((list['kind'] as string).endsWith('List')) return;
    this.#gathered.documents++;
    this.#unread(place, 'ambiguous-list', { path: within, subject: subjectOf(list) });
  }

  #entry(value: Json, place: Place, within: string, duplicates: readonly DuplicateField[]): void {
    this.#gathered.documents++;
    const found = classify(value);
    if (found === 'object') {
      this.#isManifest = true;
      const { start, end, line, column, format } = place;
      const origin: Origin = {
        file: this.#file,
        document: this.#nextObject++,
        start,
        end,
        line,
        column,
        format,
        within,
      };
      this.#admit(value as JsonObject, origin, duplicates);
    } else if (found === 'missing-kind' || found === 'missing-api-version') {
      this.#isManifest = true;
      this.#unread(place, found, { path: within, subject: subjectOf(value as JsonObject) });
    } else if (found === 'kustomization') {
      this.#unread(place, 'kustomization-not-rendered', { path: within });
    } else if (found === 'tool-configuration') {
      this.#toolConfigurations.push(lineOf(place));
    } else {
      this.#isManifest ||= typeof value === 'string' && isManifestText(value);
      this.#others.push({
        line: lineOf(place),
        path: within,
        reason: isObject(value) ? 'missing-kind' : 'not-an-object',
      });
    }
  }

  #admit(value: JsonObject, origin: Origin, duplicates: readonly DuplicateField[]): void {
    const raw = this.#prune(value);
    const { known, problems } = BUILT_IN_SCHEMA.checkObject(raw);
    const problem = refusal(problems);
    if (problem !== undefined) {
      const { path, message: detail } = problem;
      this.#gathered.located.push({ origin, reason: 'refused', path, subject: subjectOf(raw), detail });
      return;
    }
    if (!known && BUILT_IN_SCHEMA.isMisplaced(raw)) {
      const detail = `no matches for kind "${raw['kind']}" in version "${raw['apiVersion']}"`;
      this.#gathered.located.push({
        origin,
        reason: 'refused',
        path: 'kind',
        subject: subjectOf(raw),
        detail,
      });
      return;
    }
    this.#gathered.objects.push(new KubernetesObject(raw, origin, duplicates));
    if (known) return;
    for (const { path, value: inner } of embeddedObjects(raw)) {
      this.#gathered.documents++;
      this.#gathered.located.push({ origin, reason: 'embedded-object', path, subject: subjectOf(inner) });
    }
  }

  #unread(
    place: { readonly line?: number; readonly contentLine?: number },
    reason: UnreadReason,
    more: { path?: string | undefined; detail?: string | undefined; subject?: string | undefined } = {},
  ): void {
    const line = place.contentLine ?? place.line;
    this.#gathered.unread.push({
      file: this.#file.path,
      ...(line === undefined ? {} : { line }),
      ...(more.subject ? { subject: more.subject } : {}),
      ...(more.path ? { path: more.path } : {}),
      reason,
      ...(more.detail ? { detail: oneLine(more.detail) } : {}),
    });
  }
}

function lineOf(place: { readonly line: number; readonly contentLine?: number }): number {
  return place.contentLine ?? place.line;
}

/**
 * An item that lacks its kind or its apiVersion gets both from its list, as apimachinery's decodeToList does
 * (apis/meta/v1/unstructured/helpers.go).
 */
function inherit(value: JsonObject, listKind: string, listApiVersion: string): JsonObject {
  const { kind, apiVersion } = value;
  if (typeof kind === 'string' && kind !== '' && typeof apiVersion === 'string' && apiVersion !== '')
    return value;
  const itemKind = listKind.endsWith('List') ? listKind.slice(0, -'List'.length) : listKind;
  if (itemKind === '') return value;
  return { ...value, apiVersion: listApiVersion, kind: itemKind };
}

function duplicatesWithin(duplicates: readonly DuplicateField[], prefix: string): DuplicateField[] {
  return duplicates
    .filter(({ path }) => path.startsWith(prefix) && /^[.[]/.test(path.slice(prefix.length)))
    .map((duplicate) => ({ ...duplicate, path: duplicate.path.slice(prefix.length).replace(/^\./, '') }));
}

/** "Kind namespace/name" of what names itself so far. */
export function subjectOf(value: JsonObject): string | undefined {
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  const kind = typeof value['kind'] === 'string' ? value['kind'] : '';
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const namespace = typeof metadata['namespace'] === 'string' ? `${metadata['namespace']}/` : '';
  if (kind === '' && name === '') return undefined;
  return oneLine(name === '' ? kind : `${kind} ${namespace}${name}`.trim());
}
