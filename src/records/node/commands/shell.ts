import { oneLine } from '../text.ts';
import type { CommandDeed } from './deeds.ts';

/** bash with SYSLOG_HISTORY: `HISTORY: PID=1234 UID=1000 kubectl get pods` (bashhist.c, bash_syslog_history). */
const BASH = /^HISTORY: PID=\d{1,10} UID=(\d{1,10}) (.*)$/s;
/**
 * What a PROMPT_COMMAND gives to logger: `alice [1234]: 12 2026-11-23 20:16:17 kubectl get pods [0]`, of which number, time and exit status
 * may be missing.
 */
const PROMPT =
  /^(\S{1,64}) \[\d{1,10}\]: (?: ?\d{1,9} +)?(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\]? )?(.*?)(?: \[(\d{1,3})\])?$/s;
/** `[uid:0 sid:1 tty:/dev/pts/0 cwd:/root filename:/usr/bin/kubectl]: kubectl get pods` */
const SNOOPY = /^\[((?:[\w-]{1,32}:[^\]]{0,4096}?)?)filename:([^\]]{1,4096})\]: (.*)$/s;
const SHELLS = /^-?(?:ba|z|k|da)?sh$|^(?:bash|shell|cmd|command)[-_]?(?:history|log|audit|commands?)?$/;

/** Commands as shells tell them to syslog. Undefined for other lines. */
export function shellDeed(program: string, text: string): CommandDeed | undefined {
  const history = BASH.exec(text);
  if (history !== null && SHELLS.test(program)) {
    const [, uid = '', command = ''] = history;
    return typed(uid === '0' ? 'root' : `uid:${uid}`, command);
  }
  if (program === 'snoopy') return snoopy(text);
  const prompt = PROMPT.exec(text);
  if (prompt === null || !(SHELLS.test(program) || program === prompt[1])) return undefined;
  const [, user = '', command = '', status] = prompt;
  return { ...typed(user, command), code: status === undefined ? -1 : Number(status) };
}

function typed(user: string, command: string): CommandDeed {
  const message = oneLine(command.trim());
  return { source: 'command', verb: 'typed', user: oneLine(user), name: message.split(' ', 1)[0]!, message };
}

function snoopy(text: string): CommandDeed | undefined {
  const match = SNOOPY.exec(text);
  if (match === null) return undefined;
  const [, details = '', file = '', command = ''] = match;
  const user = /(?:^| )(?:login|username):(\S{1,64})/.exec(details)?.[1];
  const uid = /(?:^| )uid:(\d{1,10})/.exec(details)?.[1] ?? '';
  return {
    source: 'command',
    verb: 'execve',
    user: user ?? (uid === '0' ? 'root' : uid === '' ? '' : `uid:${uid}`),
    name: oneLine(file),
    message: oneLine(command),
  };
}
