import { KubeStrideError } from '../../kubernetes/errors.ts';
import type { Gap, GapReason } from '../../kubernetes/gaps.ts';
import { BUILT_IN_SCHEMA } from '../../kubernetes/schema/index.ts';
import type { ResourceList } from '../snapshot.ts';
import { ApiError } from './client.ts';

const MAX_DETAIL = 300;

/** One line of bounded length out of whatever a server or the system says. */
export function detailOf(error: unknown): string {
  const text =
    error instanceof KubeStrideError
      ? [error.code, error.params['reason'], error.cause instanceof Error ? error.cause.message : undefined]
          .filter((part) => part !== undefined)
          .join(': ')
      : error instanceof Error
        ? error.message
        : String(error);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go.
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  return line.length <= MAX_DETAIL ? line : `${line.slice(0, MAX_DETAIL - 1)}…`;
}

/** The answer has more bytes than were allowed for it. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof KubeStrideError && error.code === 'cluster-answer-too-large';
}

/** Whether the server itself failed, not only one API behind it: if it goes on so, nothing more can be read. */
export function isServerFailure(error: unknown, list: ResourceList): boolean {
  if (error instanceof KubeStrideError) return !isTooLarge(error);
  return error instanceof ApiError && (error.status === 429 || error.status >= 500) && isBuiltIn(list);
}

/** The reason why a list is not, or not wholly, in the evidence. */
export function gapReason(error: unknown, list: ResourceList, hasPages: boolean): GapReason {
  if (!(error instanceof ApiError)) return 'incomplete';
  if (error.status === 401 || error.status === 403) return 'forbidden';
  if (hasPages) return 'incomplete';
  // An aggregated API without its server answers 503; one that is gone since discovery, 404.
  if ([404, 405, 406].includes(error.status)) return 'unavailable';
  return error.status >= 500 && !isBuiltIn(list) ? 'unavailable' : 'incomplete';
}

export function gapOf(list: ResourceList, reason: GapReason, detail?: string, namespace?: string): Gap {
  const { group, resource, kind } = list;
  return {
    group,
    resource,
    kind,
    ...(namespace !== undefined && list.namespaced ? { namespace } : {}),
    reason,
    ...(detail === undefined || detail === '' ? {} : { detail }),
  };
}

function isBuiltIn({ group, version, kind }: ResourceList): boolean {
  return BUILT_IN_SCHEMA.checkObject({ apiVersion: group === '' ? version : `${group}/${version}`, kind })
    .known;
}
