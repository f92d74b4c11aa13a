/** A minor version of the Pod Security Standards, e.g. "v1.37". */
export type Version = `v1.${number}`;

const VERSION = /^v1\.([0-9]|[1-9][0-9]*)$/;
const MAX_INT64 = 9223372036854775807n;

/**
 * Reads a policy version as `api.ParseVersion` of k8s.io/pod-security-admission does: "latest" or "v1.x".
 * Undefined means the text is neither (upstream: `must be "latest" or "v1.x"`, and goes on with latest).
 */
export function parseVersion(text: string): Version | 'latest' | undefined {
  if (text === 'latest') return 'latest';
  const digits = VERSION.exec(text)?.[1];
  if (digits === undefined || BigInt(digits) > MAX_INT64) return undefined;
  return text as Version;
}

/** The minor number; Infinity for latest, which is newer than every version. */
export function minorOf(version: Version | 'latest'): number {
  if (version === 'latest') return Number.POSITIVE_INFINITY;
  const digits = VERSION.exec(version)?.[1];
  if (digits === undefined)
    throw new RangeError(`policy version ${JSON.stringify(version)} must be "latest" or "v1.x"`);
  return Number(digits);
}
