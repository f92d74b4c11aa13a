import table from './known-vulnerabilities.json' with { type: 'json' };
import {
  compareKubernetesVersions,
  type KubernetesVersion,
  parseKubernetesVersion,
} from './kubernetes-version.ts';

export type Rating = 'critical' | 'high' | 'medium' | 'low';

/** A published vulnerability of Kubernetes itself that a newer version fixes. */
interface Vulnerability {
  readonly id: string;
  /** Number of the announcement among the issues of kubernetes/kubernetes. */
  readonly issue: number;
  readonly components: readonly string[];
  /** Only where the program runs on this system; undefined for all. */
  readonly os?: string;
  readonly rating: Rating;
  readonly ranges: readonly { readonly introduced: KubernetesVersion; readonly fixed: KubernetesVersion }[];
}

const ZERO: KubernetesVersion = { major: 0, minor: 0, patch: 0, preRelease: undefined, suffix: '' };

let parsed: readonly Vulnerability[] | undefined;

/** Written from the announcements; scripts/known-vulnerabilities.mjs compares the table with golang/vulndb. */
function vulnerabilities(): readonly Vulnerability[] {
  parsed ??= table.vulnerabilities.map(({ ranges, ...rest }) => ({
    ...rest,
    rating: rest.rating as Rating,
    ranges: ranges.map(([introduced = '', fixed = '']) => ({
      introduced: parseKubernetesVersion(introduced) ?? ZERO,
      fixed: parseKubernetesVersion(fixed) ?? ZERO,
    })),
  }));
  return parsed;
}

/** Day until which the list holds everything that its source knew. */
export const VULNERABILITIES_UNTIL: string = table.until;

/** Days after which the list says nothing any more about a version of which it knows no vulnerability. */
const MAX_AGE_DAYS = 90;

export interface KnownVulnerability {
  readonly id: string;
  readonly issue: number;
  readonly rating: Rating;
  /** The version that fixes it for whoever runs the version that was asked about. */
  readonly fixed: KubernetesVersion;
}

/**
 * The listed vulnerabilities of one version of a program of Kubernetes, such as `kube-apiserver`.
 * @param os operating system as a node names it; undefined where it is not known, which counts as Linux
 */
export function knownVulnerabilities(
  component: string,
  version: KubernetesVersion,
  os?: string,
): readonly KnownVulnerability[] {
  return vulnerabilities().flatMap((vulnerability) => {
    const { id, issue, rating } = vulnerability;
    if (!vulnerability.components.includes(component)) return [];
    if (vulnerability.os !== undefined && vulnerability.os !== os) return [];
    const range = vulnerability.ranges.find(
      ({ introduced, fixed }) =>
        compareKubernetesVersions(version, introduced) >= 0 && compareKubernetesVersions(version, fixed) < 0,
    );
    return range === undefined ? [] : [{ id, issue, rating, fixed: range.fixed }];
  });
}

const WORST_FIRST: readonly Rating[] = ['critical', 'high', 'medium', 'low'];

export interface VulnerabilitySummary {
  /** From the worst on, separated by commas. */
  readonly ids: string;
  /** Of the worst. */
  readonly rating: Rating;
  /** The version that fixes them all. */
  readonly fixed: string;
}

/** All that is known of one version in one line; undefined where nothing is. */
export function vulnerabilitySummary(
  component: string,
  version: KubernetesVersion,
  os?: string,
): VulnerabilitySummary | undefined {
  const found = [...knownVulnerabilities(component, version, os)];
  found.sort((a, b) => WORST_FIRST.indexOf(a.rating) - WORST_FIRST.indexOf(b.rating));
  const [worst] = found;
  if (worst === undefined) return undefined;
  let last = worst.fixed;
  for (const { fixed } of found) if (compareKubernetesVersions(fixed, last) > 0) last = fixed;
  const ids = found.map(({ id }) => id).join(', ');
  return { ids, rating: worst.rating, fixed: `${last.major}.${last.minor}.${last.patch}` };
}

/** Whether the list is too old at a time for its silence to mean anything. */
export function isListOutdated(now: Date): boolean {
  return now.getTime() - Date.parse(VULNERABILITIES_UNTIL) > MAX_AGE_DAYS * 86_400_000;
}
