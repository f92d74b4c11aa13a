import { isObject, type Json } from '../../kubernetes/json.ts';

/** What the message of a record of a request says that the API server only tried. */
export const DRY_RUN = 'dryRun=All';

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
/** Of these nothing reads `dryRun`: streams, and tokens, which are issued all the same (k8s.io/kubernetes pkg/registry/core/serviceaccount/storage/token.go). */
const REGARDLESS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy', 'token']);

/** Whether the query of a request asks for a dry run, where the request is of a kind that has one. */
export function asksForDryRun(verb: string, subresource: string, uri: string): boolean {
  const query = uri.indexOf('?');
  return (
    query >= 0 &&
    WRITES.has(verb) &&
    !REGARDLESS.has(subresource) &&
    new URLSearchParams(uri.slice(query + 1)).getAll('dryRun').includes('All')
  );
}

/** A deletion reads its options from the body, and the query only where there is none (k8s.io/apiserver pkg/endpoints/handlers/delete.go). */
export function isDeletion(verb: string): boolean {
  return verb === 'delete' || verb === 'deletecollection';
}

/**
 * Whether a request was a dry run for certain: the API server did all but keep what came of it.
 * @param body the request's body; undefined where there is none or the audit level leaves it out
 */
export function isDryRun(
  verb: string,
  subresource: string,
  uri: string,
  level: string,
  body: Json | undefined,
): boolean {
  const asked = asksForDryRun(verb, subresource, uri);
  if (isDeletion(verb)) return body === undefined ? asked && level !== 'Metadata' : isSaidBy(body);
  // An eviction may say it in the DeleteOptions that it holds.
  const isEviction = verb === 'create' && subresource === 'eviction' && isObject(body);
  return asked || (isEviction && isSaidBy(body['deleteOptions']));
}

function isSaidBy(options: Json | undefined): boolean {
  const dryRun = isObject(options) ? options['dryRun'] : undefined;
  return Array.isArray(dryRun) && dryRun.includes('All');
}
