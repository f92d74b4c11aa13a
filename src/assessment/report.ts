import type { GapReason } from '../kubernetes/gaps.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Check, Confidence, Params, Severity, Threat } from '../threats/define-check.ts';

/**
 * What a run of the checks found, in a form that the output formats share: ids and parameters, no words, no positions
 * (they are computed for the findings that a format shows).
 */
export interface Report {
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  readonly notAssessed: readonly NotAssessed[];
  /** Pass and not-applicable entries; filled only where all verdicts were asked for. */
  readonly verdicts: readonly OtherVerdict[];
}

export interface Finding {
  readonly check: Check;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly object: KubernetesObject;
  /** Field path in `object`; empty for the object itself. */
  readonly path: string;
  readonly message: string;
  readonly params: Params;
  readonly beside?: Beside;
}

/**
 * The owner of an object that differs from its template. Which of the pods that differ in the same way is judged is chance, and
 * so is its name.
 */
type Beside = KubernetesObject;

export interface OtherVerdict {
  readonly check: Check;
  readonly verdict: 'pass' | 'not-applicable';
  readonly object: KubernetesObject;
  readonly path: string;
}

/**
 * Something that was not looked at, or could not be decided.
 * `reading`: a document or file that is not in the assessment at all; `undecided`: a check met a subject and could not know.
 */
export type NotAssessed =
  | {
      readonly kind: 'reading';
      /** Absent where it is no file: a list of the API, a program of the control plane. */
      readonly file?: string;
      readonly line?: number;
      /** What the file holds there, or what is meant where there is no file. */
      readonly subject?: string;
      /** Id in the locales' table of reading reasons. */
      readonly reason: string;
      readonly detail?: string;
    }
  | Undecided;

export interface Undecided {
  readonly kind: 'undecided';
  readonly check: Check;
  readonly object: KubernetesObject;
  readonly path: string;
  /** Id among the check's own reasons, or `check-error` with params {error}. */
  readonly reason: string;
  readonly params: Params;
  readonly beside?: Beside;
}

export interface Tally {
  applicable: number;
  evaluated: number;
}

export interface Coverage {
  /** Documents and items of Lists that were seen, empty ones not counted: objects + notKubernetes + unreadable. */
  readonly documents: number;
  /** Objects handed to the checks. */
  readonly objects: number;
  /** Documents that are no Kubernetes objects. */
  readonly notKubernetes: number;
  /** Documents and files that may hold objects and were not assessed. */
  readonly unreadable: number;
  /** Files and folders that .gitignore left out. */
  readonly ignored: number;
  /** Field paths that the source passed over in every object, because no check speaks of them. */
  readonly passedOver: readonly string[];
  /** How many checks were asked. */
  readonly checks: number;
  /** Ids of the checks that exist and were not asked, because the user left them out. */
  readonly checksLeftOut: readonly string[];
  /** Of a cluster: the lists of its API, read to their end or not. */
  readonly lists?: {
    readonly read: number;
    readonly notRead: readonly {
      readonly resource: string;
      readonly namespace?: string;
      readonly reason: GapReason;
      readonly detail?: string;
    }[];
  };
  /** Subjects that checks had something to say about; where a list is hidden, one for all those on it that nobody saw. */
  readonly applicable: number;
  readonly evaluated: number;
  readonly byThreat: Readonly<Record<Threat, Tally>>;
}
