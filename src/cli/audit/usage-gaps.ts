import {
  assessCompleteness,
  type Completeness,
  gatherCompleteness,
} from '../../records/completeness/index.ts';
import type { EventReader } from '../../records/store/event-store.ts';
import type { Period } from '../../records/usage/index.ts';
import { refusedOf } from './completeness.ts';
import type { UsageScope } from './usage-answer.ts';

/** Of reasons, those for which a request of that time may be nowhere in the records. */
const HOLES: ReadonlySet<string> = new Set([
  'gap',
  'api-server-down',
  'collector-down',
  'collector-crashed',
  'lost-by-rotation',
  'unreadable-file',
]);

export interface Gaps {
  readonly verdict: Completeness['verdict'];
  readonly gaps: readonly Period[];
}

/** When events are known to be missing, or may be, within a period. What is refused tells no time: it may be of any. */
export async function gapsIn(
  reader: EventReader,
  { folder, clusters }: UsageScope,
  period: Period,
): Promise<Gaps> {
  const { from, to } = period;
  const refused = refusedOf(folder);
  const input = await gatherCompleteness(reader, { from, to, clusters, refused });
  const { verdict, reasons } = assessCompleteness(input);
  const gaps = reasons.flatMap((reason): Period[] => {
    if (reason.id === 'refused' && reason.means === 'loss') return [period];
    if (!HOLES.has(reason.id) || reason.means === 'note') return [];
    return reason.from === undefined || reason.to === undefined ? [] : [{ from: reason.from, to: reason.to }];
  });
  return { verdict, gaps };
}
