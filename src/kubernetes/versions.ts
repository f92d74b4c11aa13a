/** A Kubernetes release, for example 1.37. */
export interface Release {
  readonly major: number;
  readonly minor: number;
}

export interface GroupVersion {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
}

const API_VERSION = /^v([0-9]+)(?:(alpha|beta)([0-9]+))?$/;
const STABILITY = { alpha: 0, beta: 1, '': 2 } as const;

/**
 * Orders API versions by stability, then by number: v2 > v1 > v1beta2 > v1beta1 > v1alpha1 > anything else.
 * Source: apimachinery pkg/version CompareKubeAwareVersionStrings (its sign).
 */
export function compareApiVersions(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  const left = parseApiVersion(a);
  const right = parseApiVersion(b);
  if (left === undefined && right === undefined) return a < b ? 1 : -1;
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  for (let i = 0; i < 3; i++) {
    if (left[i] !== right[i]) return left[i]! < right[i]! ? -1 : 1;
  }
  return 0;
}

function parseApiVersion(text: string): [number, bigint, bigint] | undefined {
  const parts = API_VERSION.exec(text);
  if (parts === null) return undefined;
  const major = BigInt(parts[1]!);
  const minor = BigInt(parts[3] ?? 0);
  const maxInt = 2n ** 63n - 1n;
  if (major > maxInt || minor > maxInt) return undefined;
  return [STABILITY[(parts[2] ?? '') as keyof typeof STABILITY], major, minor];
}

/**
 * Reads the release out of a server's or a flag's version: `v1.37`, `1.25.3-gke.100`, `v1.30+`; undefined where it is none.
 * Source: apimachinery pkg/util/version ParseGeneric.
 */
export function parseRelease(text: string): Release | undefined {
  const parts = /^[\t\n\f\r ]*v?((?:0|[1-9][0-9]*)(?:\.[0-9]+)+)/.exec(text);
  if (parts === null || /\n/.test(text.slice(parts[0].length))) return undefined;
  const components = parts[1]!.split('.');
  if (components.some((component) => BigInt(component) > 2n ** 64n - 1n)) return undefined;
  return { major: Number(components[0]), minor: Number(components[1]) };
}

/** Negative, zero or positive as `a` is older than, the same as or newer than `b`. */
export function compareReleases(a: Release, b: Release): number {
  return a.major - b.major || a.minor - b.minor;
}

/** Splits an apiVersion; undefined where it has more than one slash. Source: apimachinery schema.ParseGroupVersion. */
export function parseGroupVersion(apiVersion: string): GroupVersion | undefined {
  if (apiVersion === '' || apiVersion === '/') return { group: '', version: '' };
  const slash = apiVersion.indexOf('/');
  if (slash < 0) return { group: '', version: apiVersion };
  if (apiVersion.indexOf('/', slash + 1) >= 0) return undefined;
  return { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** The API group of an apiVersion, empty for the core group: `apps/v1` → `apps`. */
export function apiGroup(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The version of an apiVersion: `apps/v1` → `v1`. */
export function apiVersionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}
