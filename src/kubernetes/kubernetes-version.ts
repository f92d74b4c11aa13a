const KIND_OF_PRE_RELEASE = ['alpha', 'beta', 'rc'] as const;

/** A build of Kubernetes, such as `v1.37.2`, `v1.38.0-rc.1` or `v1.34.4-eks-036c24b`. */
export interface KubernetesVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `alpha`, `beta` or `rc` with its number; undefined for a release and for whatever a vendor made of one. */
  readonly preRelease: readonly [kind: number, number: number] | undefined;
  /** What a vendor appended, such as `-eks-036c24b`, `-gke.100`, `+k3s1`; empty for an upstream build. */
  readonly suffix: string;
}

/**
 * Reads a `gitVersion` or the version of an advisory; undefined where it names no build, as `v0.0.0-master+$Format:%H$`.
 * A vendor's suffix is no pre-release, whatever Semantic Versioning says: `v1.34.4-eks-1` comes after 1.34.4's fixes.
 */
export function parseKubernetesVersion(text: string): KubernetesVersion | undefined {
  const parts = /^v?([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})(?:-(alpha|beta|rc)\.([0-9]{1,9}))?(.*)$/.exec(
    text,
  );
  if (parts === null) return undefined;
  const [, major, minor, patch, kind, number, suffix = ''] = parts;
  if (!/^(?:[-+.].*)?$/.test(suffix) || Number(major) === 0) return undefined;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    preRelease:
      kind === undefined
        ? undefined
        : [KIND_OF_PRE_RELEASE.indexOf(kind as (typeof KIND_OF_PRE_RELEASE)[number]), Number(number)],
    suffix,
  };
}

/** Negative, zero or positive as `a` is older than, the same as or newer than `b`; what vendors append does not count. */
export function compareKubernetesVersions(a: KubernetesVersion, b: KubernetesVersion): number {
  const difference = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (difference !== 0) return difference;
  if (a.preRelease === undefined || b.preRelease === undefined) {
    return Number(a.preRelease === undefined) - Number(b.preRelease === undefined);
  }
  return a.preRelease[0] - b.preRelease[0] || a.preRelease[1] - b.preRelease[1];
}
