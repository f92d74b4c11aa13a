import type { KubernetesObject } from './object.ts';

/**
 * Keys by which labels and annotations name people: `owner`, `team`, `example.com/contact`, `team-name`, `on-call` … Also what
 * kube-linter's required-label-owner and required-annotation-email ask for.
 */
const PERSON =
  /^(?:[a-z0-9]+[-_.])*(?:owners?|owned-by|teams?|squad|contacts?|maintainers?|responsible|on-?call|email)(?:[-_.](?:email|mail|slack|contact|team|group))?$|^team[-_.]name$/i;

/** Conventions in which every key is about people: the annotations of Ambassador's a8r.io, and Backstage's links to its catalogue of owners. */
const CONVENTIONS = /^(?:a8r\.io|backstage\.io)\//;

/** Owners in these domains are other objects. */
const OBJECT_OWNERS = /(?:^|[.-])(?:k8s\.io|kubernetes\.io|cattle\.io)\/|^olm\./;

/** Whether a label or annotation key names who is responsible, judged by its name alone. */
export function namesPeople(key: string): boolean {
  if (CONVENTIONS.test(key)) return true;
  if (key.length > 317 || OBJECT_OWNERS.test(key)) return false;
  return PERSON.test(key.slice(key.lastIndexOf('/') + 1));
}

/** The first label or annotation in the maps that names somebody; empty values name nobody. */
export function ownerKey(...maps: readonly Readonly<Record<string, string>>[]): string | undefined {
  for (const map of maps) {
    for (const key in map) if (map[key]!.trim() !== '' && namesPeople(key)) return key;
  }
  return undefined;
}

/** Labels and annotations of an object, for `ownerKey`. */
export function metadataMaps(
  object: KubernetesObject,
): [Readonly<Record<string, string>>, Readonly<Record<string, string>>] {
  return [object.labels, object.annotations];
}
