import type { Component } from './component.ts';
import type { KubernetesObject } from './object.ts';

/** Why the authorizers of an API server are not known. */
export type AuthorizersHidden =
  | { readonly reason: 'hidden' }
  | { readonly reason: 'configured-in-file'; readonly file: string };

/**
 * What states the authorizers of an API server: its flags, or a structured configuration (KEP-3221, `apiserver.config.k8s.io`
 * AuthorizationConfiguration).
 */
export interface AuthorizationSetup {
  readonly object: KubernetesObject;
  /** What makes the statement: the container of an API server, or the whole of a configuration. */
  readonly path: string;
  /** The API server whose flags these are; undefined for a configuration by itself, which `object` is. */
  readonly component: Component | undefined;
  /** Set where the list of authorizers could not be seen. */
  readonly hidden: AuthorizersHidden | undefined;
}

/** What states the authorizers of all API servers that were seen, each once. */
export function authorizationSetups(
  components: readonly Component[],
  objects: readonly KubernetesObject[],
): AuthorizationSetup[] {
  const documents = objects.filter(
    ({ group, kind }) => group === 'apiserver.config.k8s.io' && kind === 'AuthorizationConfiguration',
  );
  const files = new Set(documents.map(({ origin }) => fileName(origin.file.path)));
  const servers = components
    .filter(({ name }) => name === 'kube-apiserver')
    .map((component) => ({
      object: component.object,
      path: component.path,
      component,
      hidden: hidden(component),
    }))
    // A file that is at hand speaks for itself.
    .filter(({ hidden: why }) => why?.reason !== 'configured-in-file' || !files.has(fileName(why.file)));
  return [
    ...servers,
    ...documents.map((object) => ({ object, path: '', component: undefined, hidden: undefined })),
  ];
}

function hidden(component: Component): AuthorizersHidden | undefined {
  const file = component.flag('authorization-config') ?? '';
  if (file !== '') return { reason: 'configured-in-file', file };
  return component.flag('authorization-mode')?.includes('$(') ? { reason: 'hidden' } : undefined;
}

/** The last part of a path of a file, which on a node begins with the node's name. */
export function fileName(path: string): string {
  return path.slice(path.search(/[^/\\:]*$/));
}
