import { asString, type JsonObject } from '../../../kubernetes/json.ts';
import type { KubernetesObject } from '../../../kubernetes/object.ts';

/** A place in an object that decides something. */
export interface Statement {
  readonly object: JsonObject;
  /** Field path in it. */
  readonly path: string;
}

/** In milliseconds; undefined in manifests, which do not say when they were applied. */
export function createdAt({ metadata }: KubernetesObject): number | undefined {
  const time = Date.parse(asString(metadata['creationTimestamp']) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** The oldest object; several where it is not known which of them is. */
export function oldestOf<T extends { readonly createdAt: number | undefined }>(
  all: readonly T[],
): readonly T[] {
  if (all.length < 2 || all.some((each) => each.createdAt === undefined)) return all;
  const first = Math.min(...all.map((each) => each.createdAt!));
  return all.filter((each) => each.createdAt === first);
}
