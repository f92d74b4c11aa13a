import { resolve } from 'node:path';
import type { Damage } from '../../records/store/event-store.ts';
import { timeText } from '../../records/time-text.ts';
import type { StoreFlags } from '../commands/audit/store-flags.ts';
import { type Context, say } from '../context.ts';
import { UsageError } from '../usage-error.ts';

/** The folder of the store that a command is to use. */
export function storeFolder({ terminal }: Context, { store }: StoreFlags): string {
  const given = store ?? terminal.env['KUBESTRIDE_STORE'];
  if (given === undefined || given === '') throw new UsageError((words) => words.recording.noStore());
  return resolve(terminal.cwd, given);
}

/** Says what an answer had to do without. @returns whether there was anything */
export function sayDamage(context: Context, damage: readonly Damage[]): boolean {
  for (const { part, reason, events, from, to } of damage) {
    say(
      context,
      context.words.recording.damage({ part, reason, events, from: timeText(from), to: timeText(to) }),
    );
  }
  return damage.length > 0;
}

/** To three digits, in the units that disks are sold in. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}
