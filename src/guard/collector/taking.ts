import type { Redactions } from '../../records/redaction/tally.ts';
import type { Intake } from './intake.ts';

/** What the inlets work with. */
export interface Taking {
  readonly intake: Intake;
  readonly tally: Redactions;
}
