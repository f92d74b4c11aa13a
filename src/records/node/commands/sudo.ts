import { oneLine } from '../text.ts';
import type { CommandDeed } from './deeds.ts';

/** `alice : [REASON ; ]TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/sh` (sudo logging.c, new_logline). */
const SUDO = /^ *(\S{1,256}) : (?=.)/;
const FIELD = /^(?:HOST|TTY|PWD|CHROOT|CWD|USER|GROUP|TSID|ENV|EXIT|SIGNAL)=/;
const COMMAND = ' ; COMMAND=';
const SESSION =
  /^pam_unix\(([\w.@-]{1,64}):session\): session (opened|closed) for user ([^\s(]{1,256})(?:\(uid=\d{1,10}\))?(?: by ([^\s(]{0,256})(?:\(uid=\d{1,10}\))?)?/;
const SU = /^(FAILED SU )?\(to ([^)\s]{1,256})\) (\S{1,256}) on (\S{1,64})$/;

/** Undefined for lines of other programs, and for what these say of themselves. */
export function sudoDeed(program: string, text: string): CommandDeed | undefined {
  if (program === 'sudo') return sudoCommand(text) ?? session(text);
  if (program === 'su' || program === 'su-l') return su(text) ?? session(text);
  return undefined;
}

function sudoCommand(text: string): CommandDeed | undefined {
  const match = SUDO.exec(text);
  if (match === null) return undefined;
  const user = oneLine(match[1]!);
  const rest = text.slice(match[0].length);
  if (rest.startsWith('(command continued) ')) {
    return { source: 'command', verb: 'sudo', user, message: oneLine(rest.slice(20)) };
  }
  const at = rest.indexOf(COMMAND);
  const fields = at < 0 ? rest : rest.slice(0, at);
  const command = at < 0 ? '' : rest.slice(at + COMMAND.length);
  const parts = fields.split(' ; ');
  // In front of the fields stands why it was refused.
  const problem = FIELD.test(parts[0]!) ? '' : parts[0]!;
  if (at < 0 && problem === '') return undefined;
  // A folder may be called ` ; USER=x ; COMMAND=y`; then it cannot be told which is which, and all of it is shown.
  const isClear = at < 0 || !command.includes(COMMAND);
  const target = parts.find((part) => part.startsWith('USER='))?.slice(5) ?? '';
  return {
    source: 'command',
    verb: 'sudo',
    user,
    impersonated: isClear && target !== user ? oneLine(target) : '',
    name: isClear ? oneLine(command.split(' ', 1)[0]!) : '',
    message: oneLine(isClear && command !== '' ? command : rest),
    code: problem === '' ? 0 : 1,
    decision: problem === '' ? 'allow' : 'forbid',
    reason: oneLine(problem),
  };
}

function su(text: string): CommandDeed | undefined {
  const match = SU.exec(text);
  if (match === null) return undefined;
  const [, failed, target = '', user = '', tty = ''] = match;
  return {
    source: 'command',
    verb: 'su',
    user: oneLine(user),
    impersonated: oneLine(target),
    name: oneLine(tty),
    code: failed === undefined ? 0 : 1,
    decision: failed === undefined ? 'allow' : 'forbid',
  };
}

/** What PAM says of any program's sessions. */
export function session(text: string): CommandDeed | undefined {
  const match = SESSION.exec(text);
  if (match === null) return undefined;
  const [, service = '', what = '', account = '', by = ''] = match;
  const isOther = by !== '' && by !== account;
  return {
    source: 'command',
    verb: `session-${what}`,
    user: oneLine(isOther ? by : account),
    impersonated: isOther ? oneLine(account) : '',
    name: service,
  };
}
