import type { EventRecord } from '../../record.ts';
import { shellDeed } from './shell.ts';
import { sshDeed } from './sshd.ts';
import { sudoDeed } from './sudo.ts';

/** What a line says that someone did, as columns. */
export type CommandDeed = Partial<EventRecord> & Pick<EventRecord, 'source' | 'verb'>;

/** Of a line of sudo, su, sshd or a shell; undefined for others. The text is redacted already. */
export function commandDeed(program: string, text: string): CommandDeed | undefined {
  return sudoDeed(program, text) ?? sshDeed(program, text) ?? shellDeed(program, text);
}
