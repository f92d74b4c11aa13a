import { nearest } from '../kubernetes/spelling.ts';
import type { CheckWords, Language } from '../locales/words.ts';
import type { Check, Threat } from '../threats/define-check.ts';
import { UsageError } from './usage-error.ts';

export async function loadChecks(): Promise<readonly Check[]> {
  return (await import('../threats/generated/registry.ts')).checks;
}

export async function loadCheckWords(language: Language): Promise<Readonly<Record<string, CheckWords>>> {
  const words =
    language === 'en'
      ? import('../threats/generated/words.en.ts')
      : import('../threats/generated/words.zh-CN.ts');
  return (await words).default;
}

/** The page of each check, Markdown. */
export async function loadPages(language: Language): Promise<Readonly<Record<string, string>>> {
  const pages =
    language === 'en'
      ? import('../threats/generated/pages.en.ts')
      : import('../threats/generated/pages.zh-CN.ts');
  return (await pages).default;
}

export async function checkIds(): Promise<readonly string[]> {
  return (await loadChecks()).map(({ id }) => id);
}

/** The check with this id or former id. Throws UsageError with the nearest ids; `where` names the flag, empty for an argument. */
export function findCheck(checks: readonly Check[], id: string, where: string): Check {
  const found = checks.find((check) => check.id === id || check.aliases?.includes(id));
  if (found !== undefined) return found;
  const near = nearest(
    id,
    checks.map((check) => check.id),
  );
  throw new UsageError((words) => words.usage.unknownCheck({ where, id, near }));
}

export interface Selection {
  readonly threat?: readonly Threat[] | undefined;
  readonly check?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/** The checks that the flags leave, in the registry's order. Throws UsageError on an unknown id, or where none is left. */
export function selectChecks(
  checks: readonly Check[],
  { threat, check, exclude }: Selection,
): readonly Check[] {
  const only = check?.filter(Boolean).map((id) => findCheck(checks, id, '--check: '));
  const not = new Set(exclude?.filter(Boolean).map((id) => findCheck(checks, id, '--exclude: ')));
  const left = checks.filter(
    (candidate) =>
      (only === undefined || only.includes(candidate)) &&
      (threat === undefined || threat.includes(candidate.threat)) &&
      !not.has(candidate),
  );
  if (left.length === 0) throw new UsageError((words) => words.usage.noCheckLeft());
  return left;
}
