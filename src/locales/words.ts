import type { Confidence, FixState, Params, Severity, Threat } from '../threats/define-check.ts';

export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The words of one check, from its `en.md` or `zh-CN.md`. Templates hold parameters as `{name}`. */
export interface CheckWords {
  readonly title: string;
  /** Why it matters, plain prose of one or two sentences; `code` in backticks. */
  readonly why: string;
  /** What to do, as `why`. */
  readonly remedy: string;
  /** Message id to template. */
  readonly messages: Readonly<Record<string, string>>;
  /** Reason id of an `unknown` verdict to template. */
  readonly reasons: Readonly<Record<string, string>>;
}

export interface Words {
  readonly language: Language;
  readonly ui: UiWords;
  /** Words of the check with this id; every registered check has them. */
  check(id: string): CheckWords;
}

/** Why a document or file was not read, in the terms of the evidence sources (`UnreadReason`, `GapReason` and `UnseenComponent`, kept equal by a test). */
export type ReadingReason =
  | 'invalid-yaml'
  | 'invalid-json'
  | 'invalid-utf8'
  | 'too-large'
  | 'too-deep'
  | 'refused'
  | 'unreadable-file'
  | 'unreadable-folder'
  | 'link-not-followed'
  | 'missing-kind'
  | 'missing-api-version'
  | 'not-an-object'
  | 'top-level-array'
  | 'ambiguous-list'
  | 'embedded-object'
  | 'helm-chart-not-rendered'
  | 'kustomization-not-rendered'
  | 'kustomize-patch'
  | 'template-not-rendered'
  | 'packed-file'
  | 'forbidden'
  | 'not-asked'
  | 'unavailable'
  | 'incomplete'
  | 'unknown-version'
  | 'hidden-by-provider'
  | 'runs-as-process'
  | 'not-looked-at'
  | 'not-seen';

/** Neither sentence ends in a full stop; `ui.sentences` joins them. */
export interface ReadingWords {
  readonly what: string;
  readonly remedy: string;
}

/** How a language sets texts beside each other. */
export interface Punctuation {
  readonly labelled: (label: string, text: string) => string;
  readonly listed: (items: readonly string[]) => string;
  /** To stand directly behind what it adds to. */
  readonly aside: (text: string) => string;
  readonly sentence: (text: string) => string;
  readonly joined: (sentences: readonly string[]) => string;
}

/** The words of the reports; functions where a language inflects by number. */
export interface UiWords {
  readonly threats: Readonly<Record<Threat, string>>;
  readonly severities: Readonly<Record<Severity, string>>;
  readonly confidences: Readonly<Record<Confidence, string>>;
  readonly fixes: Readonly<Record<FixState, string>>;
  readonly reading: Readonly<Record<ReadingReason, ReadingWords>>;
  /** For a reason that no table knows. */
  readonly unknownReading: ReadingWords;
  /** The check itself failed; `{error}`. */
  readonly checkError: string;
  /** The verdict would rest on lists that the source does not show; `{lists}`. */
  readonly listNotRead: string;
  /** `what`, what exactly, and what to do, as one text. */
  readonly sentences: (what: string, detail: string | undefined, remedy: string) => string;

  readonly punctuation: Punctuation;

  readonly reportTitle: string;
  /** Labels before places, why and what to do: short, lower case where the language has case. */
  readonly at: string;
  readonly why: string;
  readonly remedy: string;
  /** The same as headings. */
  readonly whyHeading: string;
  readonly remedyHeading: string;
  readonly andMore: (count: number) => string;
  /** Where the places that were cut are to be found. */
  readonly jsonListsAll: string;
  readonly masked: string;

  readonly coverage: string;
  readonly threat: string;
  readonly total: string;
  readonly applicable: string;
  readonly evaluated: string;
  readonly entriesLeftOut: (count: number) => string;

  /** There are findings at or above the severity that fails the run. */
  readonly statusFindings: (count: number, severity: string) => string;
  /** None of them, and everything was looked at. */
  readonly statusClean: (severity: string) => string;
  /** None of them in what was looked at, which was not everything. */
  readonly statusIncomplete: (severity: string) => string;
  readonly statusNothing: string;

  /** Which cluster it is: context or server, version, distribution; and the only namespace that was read. Each but the first may be missing. */
  readonly cluster: (
    name: string,
    version: string | undefined,
    distribution: string | undefined,
    namespace: string | undefined,
  ) => string;
  readonly read: (documents: number, objects: number) => string;
  readonly notKubernetes: (documents: number) => string;
  readonly ignored: (entries: number) => string;
  readonly passedOver: (fields: string) => string;
  readonly checksLeftOut: (asked: number, leftOut: number) => string;
  readonly notAssessed: string;
  /** Documents and files; lists of an API and programs of a cluster; questions. */
  readonly notAssessedCounts: (files: number, unseen: number, undecided: number) => string;
  readonly nothingLeftOut: string;
  /** Reasons for undecided questions that were left out for length. */
  readonly moreReasons: (count: number) => string;

  readonly sarifTruncated: (kept: number, leftOut: number) => string;
  readonly sarifDisplayLimit: (shown: number, results: number) => string;
  readonly sarifNotificationsTruncated: (leftOut: number) => string;
}

const PARAMETER = /\{([A-Za-z][A-Za-z0-9_]*)\}/g;

/**
 * Fills a template. Values go in as they are, in one pass: a value that looks like a parameter is not filled again.
 * A parameter without a value stays as written.
 */
export function format(template: string, params: Params): string {
  return template.replace(PARAMETER, (written, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : written,
  );
}
