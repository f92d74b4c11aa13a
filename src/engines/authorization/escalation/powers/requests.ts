import type { Command, Use } from '../power.ts';

const TOKEN = "-H 'Authorization: Bearer <token>'";
const PATCHES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/** Those of Kubernetes that powers need. */
const OWN_GROUPS: ReadonlySet<string> = new Set(['apps', 'batch', 'rbac.authorization.k8s.io']);

/** Where no right is known. */
export const NONE: Use = { verb: '', group: '', resource: '' };

/** The path of objects in a namespace. */
export function pathIn(group: string, resource: string, name: string): string {
  const version = OWN_GROUPS.has(group) ? 'v1' : '<version>';
  return `${group === '' ? '/api/v1' : `/apis/${group}/${version}`}/namespaces/$NAMESPACE/${resource}/${name}`;
}

/** The path of objects in no namespace. */
export function pathOf(group: string, resource: string, name: string): string {
  return `/apis/${group}/v1/${resource}/${name}`;
}

/** One request without the GET that kubectl sends before: reading is another right. */
export function patch(path: string, type: keyof typeof PATCHES, body: string): Command {
  return `curl -X PATCH ${TOKEN} -H 'Content-Type: ${PATCHES[type]}' 'https://<server>${path}' -d '${body}'`;
}

export function put(path: string, body: string): Command {
  return `kubectl replace --raw '${path}' -f - <<< '${body}'`;
}

/** An object is read by the verb that is held: a PATCH answers with the whole of it as well. */
export function read(
  { verb }: Pick<Use, 'verb'>,
  { list, path, get }: { readonly list: string; readonly path: string; readonly get: Command },
): Command {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const lists = path.slice(0, path.lastIndexOf('/'));
  switch (verb) {
    case 'list':
      return list;
    case 'watch':
      return `kubectl get --raw '${lists}?watch=true' # until ${name} comes`;
    case 'patch':
      return patch(path, 'merge', '{}');
    default:
      return get;
  }
}

/** A first object is created, or one that exists is changed, by the verb that is held. */
export function write(
  { verb }: Pick<Use, 'verb'>,
  { create, path, what }: { readonly create: Command; readonly path: string; readonly what: string },
): Command {
  switch (verb) {
    case 'patch':
      return patch(path, 'merge', `<${what}>`);
    case 'update':
      return put(path, `<the whole object with ${what}>`);
    default:
      return create;
  }
}
