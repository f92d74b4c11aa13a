import type { Language } from './words.ts';

/** Why a field differs; the ids of the assessment. */
export type BecauseId = 'default' | 'server' | 'controller' | 'edit' | 'unknown';
export type NotComparedId =
  | 'forbidden'
  | 'not-asked'
  | 'unavailable'
  | 'incomplete'
  | 'unknown-version'
  | 'unread'
  | 'kind-not-listed'
  | 'values-not-read'
  | 'generated-name';

/** The words of `kubestride diff`. */
export interface DiffWords {
  readonly title: string;
  readonly objects: string;
  readonly findings: string;
  readonly notCompared: string;
  readonly changed: string;
  readonly added: string;
  readonly removed: string;
  readonly newFinding: string;
  readonly goneFinding: string;
  readonly because: Readonly<Record<BecauseId, string>>;
  readonly reasons: Readonly<Record<NotComparedId, string>>;
  /** A field that is not there. */
  readonly absent: string;
  readonly explained: Readonly<Record<'owner' | 'system' | 'managed-by', (by: string) => string>>;
  readonly objectCount: (count: number) => string;
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly why: string;
  readonly same: string;
  readonly counts: (p: {
    changed: number;
    added: number;
    removed: number;
    same: number;
    newFindings: number;
    goneFindings: number;
  }) => string;
  /** What does not count: fields filled in or assigned, and objects that something else explains. */
  readonly notCounted: (p: {
    defaults: number;
    server: number;
    owned: number;
    system: number;
    managed: number;
  }) => string;
}

export async function loadDiffWords(language: Language): Promise<DiffWords> {
  return language === 'en'
    ? (await import('./diff.en.ts')).default
    : (await import('./diff.zh-CN.ts')).default;
}
