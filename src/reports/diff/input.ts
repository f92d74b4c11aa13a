import {
  counts,
  type FieldChange,
  type FindingComparison,
  type LoneObject,
  type ObjectChange,
  type ObjectComparison,
} from '../../assessment/comparison/comparison.ts';
import type { FieldManager } from '../../kubernetes/managed-fields.ts';
import type { DiffWords } from '../../locales/diff-words.ts';
import type { Words } from '../../locales/words.ts';
import type { ReportSource } from '../input.ts';

/** Everything that an output format of a comparison may draw on. */
export interface DiffInput {
  readonly objects: ObjectComparison;
  readonly findings: FindingComparison;
  readonly before: ReportSource;
  readonly after: ReportSource;
  readonly tool: { readonly name: string; readonly version: string };
  readonly words: Words;
  readonly diff: DiffWords;
  /** Also what does not count. */
  readonly all: boolean;
}

/** What a report shows of a changed object; undefined where nothing of it is to be shown. */
export function shownFields({ fields }: ObjectChange, all: boolean): readonly FieldChange[] | undefined {
  const shown = all ? fields : fields.filter(counts);
  return shown.length === 0 ? undefined : shown;
}

export function shownObjects(objects: readonly LoneObject[], all: boolean): readonly LoneObject[] {
  return all ? objects : objects.filter(({ explanation }) => explanation === undefined);
}

export interface DiffTally {
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
  readonly same: number;
  readonly newFindings: number;
  readonly goneFindings: number;
  readonly changedFindings: number;
  readonly notCounted: {
    readonly defaults: number;
    readonly server: number;
    readonly owned: number;
    readonly system: number;
    readonly managed: number;
  };
}

export function tallyOf({ objects, findings }: Pick<DiffInput, 'objects' | 'findings'>): DiffTally {
  const fields = objects.changed.flatMap((change) => change.fields);
  const lone = [...objects.added, ...objects.removed];
  const explained = (kind: string) => lone.filter(({ explanation }) => explanation?.kind === kind).length;
  return {
    changed: objects.changed.filter((change) => change.fields.some(counts)).length,
    added: shownObjects(objects.added, false).length,
    removed: shownObjects(objects.removed, false).length,
    same: objects.same,
    newFindings: findings.added.length,
    goneFindings: findings.gone.length,
    changedFindings: findings.changed.length,
    notCounted: {
      defaults: fields.filter(({ because }) => because === 'default').length,
      server: fields.filter(({ because }) => because === 'server').length,
      owned: explained('owner'),
      system: explained('system'),
      managed: explained('managed-by'),
    },
  };
}

/** `kubectl-edit (scale), 2026-11-23T12:00:00Z`. */
export function whoOf({ manager, subresource, time }: Partial<FieldManager>): string {
  const through = subresource === undefined ? '' : ` (${subresource})`;
  return [manager === undefined ? '' : `${manager}${through}`, time ?? '']
    .filter((part) => part !== '')
    .join(', ');
}
