import type { Cluster } from '../kubernetes/cluster.ts';
import type { SubjectName, Subjects } from '../kubernetes/subjects.ts';

/** The six threats of STRIDE, in its order. */
export const THREATS = [
  'spoofing',
  'tampering',
  'repudiation',
  'information-disclosure',
  'denial-of-service',
  'elevation-of-privilege',
] as const;
export type Threat = (typeof THREATS)[number];

/** Risk if the finding is true, from worst to least. Hygiene is `low` or `info`. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How certain it is that what was seen is the problem that the check names. */
export type Confidence = 'high' | 'medium' | 'low';

/** Whether the product can edit the input so that the check passes; `none` until an edit exists. */
export type FixState = 'none' | 'conditional' | 'safe' | 'unsafe';

/** Identifiers of the same concern in published frameworks; absent keys mean that none speaks of it. */
export interface Frameworks {
  /** CIS Kubernetes Benchmark 1.12 recommendation numbers, e.g. `5.2.2`. */
  readonly cis?: readonly string[];
  /** NSA/CISA Kubernetes Hardening Guide 1.2 section titles. */
  readonly nsa?: readonly string[];
  /** Pod Security Standards controls, `level/control`, e.g. `baseline/privileged`. */
  readonly pss?: readonly string[];
  /** MITRE ATT&CK technique ids. */
  readonly mitre?: readonly string[];
  /** OWASP Kubernetes Top Ten (2022) ids, `K01` to `K10`. */
  readonly owasp?: readonly string[];
  /** Ids of the findings of Kubernetes' third-party audits (../shared/peers/kubernetes-audits.csv), e.g. `TOB-K8S-001`. */
  readonly audits?: readonly string[];
}

/** Ids of other tools' checks for the same concern, keyed by the tool: `kubescape`, `trivy`, `kube-linter`, `polaris`, `checkov`, `kyverno` … */
export type Equivalents = Readonly<Record<string, readonly string[]>>;

/** Message id to the names of its parameters; the words stand in the check's `en.md` and `zh-CN.md`. */
export type Messages = Readonly<Record<string, readonly string[]>>;

export type Params = Readonly<Record<string, string | number>>;

/** One thing that is wrong with a subject. */
export interface Failure {
  /** Field path in the source object, e.g. `spec.template.spec.containers[0].securityContext.privileged`. */
  readonly at: string;
  readonly message: string;
  readonly params?: Params;
  /** Only where this failure weighs otherwise than the check does. */
  readonly severity?: Severity;
  readonly confidence?: Confidence;
}

export type Verdict =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'not-applicable' }
  | { readonly verdict: 'fail'; readonly failures: readonly Failure[] }
  | { readonly verdict: 'unknown'; readonly reason: string; readonly params?: Params; readonly at?: string };

/** A message with just the parameters that the check's literal declares for it. */
type Spoken<M extends Messages> = {
  [K in keyof M & string]: M[K] extends readonly []
    ? { readonly message: K; readonly params?: Record<string, never> }
    : { readonly message: K; readonly params: { readonly [P in M[K][number]]: string | number } };
}[keyof M & string];

type SpokenReason<M extends Messages> = {
  [K in keyof M & string]: M[K] extends readonly []
    ? { readonly reason: K; readonly params?: Record<string, never> }
    : { readonly reason: K; readonly params: { readonly [P in M[K][number]]: string | number } };
}[keyof M & string];

export type VerdictOf<M extends Messages, R extends Messages> =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'not-applicable' }
  | {
      readonly verdict: 'fail';
      readonly failures: readonly (Omit<Failure, 'message' | 'params'> & Spoken<M>)[];
    }
  | ({ readonly verdict: 'unknown'; readonly at?: string } & SpokenReason<R>);

export interface CheckDefinition<S extends SubjectName, M extends Messages, R extends Messages> {
  /** kebab-case, equal to the folder's name, stable, never reused. */
  readonly id: string;
  /** Former ids; exceptions and selections by them keep working. */
  readonly aliases?: readonly string[];
  readonly threat: Threat;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly subject: S;
  readonly frameworks: Frameworks;
  readonly equivalents: Equivalents;
  readonly messages: M;
  /** Reasons for which the check may answer `unknown`. */
  readonly reasons?: R;
  readonly fix: FixState;
  /** The line of a finding holds a secret: reports hide its value. */
  readonly sensitive?: true;
  /** Judges one subject. Pure: the same subject and cluster give the same verdict. */
  readonly evaluate: (subject: Subjects[S], cluster: Cluster) => VerdictOf<M, R>;
}

/** A check as the assessment sees it, its literal types forgotten. */
export interface Check extends Omit<CheckDefinition<SubjectName, Messages, Messages>, 'evaluate'> {
  readonly evaluate: (subject: never, cluster: Cluster) => Verdict;
}

/** Declares a check; the literal's messages type what `evaluate` may answer. */
export function defineCheck<
  const S extends SubjectName,
  const M extends Messages,
  const R extends Messages = Record<never, never>,
>(definition: CheckDefinition<S, M, R>): Check {
  return definition as unknown as Check;
}

/** The subject was looked at and nothing is wrong. */
export const pass = Object.freeze({ verdict: 'pass' } as const);

/** The check has nothing to say about this subject; it does not count in coverage. */
export const notApplicable = Object.freeze({ verdict: 'not-applicable' } as const);

export function fail<const F extends Failure>(...failures: F[]): { verdict: 'fail'; failures: F[] } {
  return { verdict: 'fail', failures };
}

/** `pass` where the list is empty, `fail` with all of them otherwise. */
export function failIfAny<const F extends Failure>(
  failures: F[],
): { verdict: 'fail'; failures: F[] } | { verdict: 'pass' } {
  return failures.length === 0 ? pass : { verdict: 'fail', failures };
}

/** The fact that decides could not be seen; never counted as evaluated. */
export function unknown<const K extends string>(reason: K): { verdict: 'unknown'; reason: K };
export function unknown<const K extends string, const P extends Params>(
  reason: K,
  params: P,
  at?: string,
): { verdict: 'unknown'; reason: K; params: P; at?: string };
export function unknown(reason: string, params?: Params, at?: string): Verdict {
  return {
    verdict: 'unknown',
    reason,
    ...(params === undefined ? {} : { params }),
    ...(at === undefined ? {} : { at }),
  };
}
