import type { AuditedObject } from './event.ts';

/** Subresources of `namespaces`: what stands behind any other word of such a path is an object in that namespace. */
const OF_NAMESPACES: ReadonlySet<string> = new Set(['status', 'finalize']);

/** The path of a request without query and percent-encoding, as RequestInfo.Path has it. */
export function pathOf(requestURI: string): string {
  const query = requestURI.indexOf('?');
  const path = query < 0 ? requestURI : requestURI.slice(0, query);
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * The object that a path of the API names, as RequestInfoFactory.NewRequestInfo of k8s.io/apiserver pkg/endpoints/request reads it;
 * undefined for a path that is no resource's.
 */
export function objectOfPath(path: string): AuditedObject | undefined {
  const [, root, ...parts] = path.split('/');
  if (root === 'api' && parts.length >= 2) return objectOfParts('', parts[0]!, parts.slice(1));
  if (root === 'apis' && parts.length >= 3) return objectOfParts(parts[0]!, parts[1]!, parts.slice(2));
  return undefined;
}

/** @param parts what stands behind the version; the deprecated first words `watch` and `proxy` are left out */
export function objectOfParts(
  apiGroup: string,
  apiVersion: string,
  parts: readonly string[],
): AuditedObject | undefined {
  let rest = parts.filter((part) => part !== '');
  if (rest.length > 1 && (rest[0] === 'watch' || rest[0] === 'proxy')) rest = rest.slice(1);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest[1] !== undefined) {
    namespace = rest[1];
    if (rest[2] !== undefined && !OF_NAMESPACES.has(rest[2])) rest = rest.slice(2);
  }
  const [resource, name = '', subresource = ''] = rest;
  if (resource === undefined) return undefined;
  return { apiGroup, apiVersion, resource, subresource, namespace, name };
}
