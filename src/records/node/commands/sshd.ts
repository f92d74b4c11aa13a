import { oneLine } from '../text.ts';
import type { CommandDeed } from './deeds.ts';
import { session } from './sudo.ts';

/** `Accepted publickey for alice from 192.0.2.1 port 5022 ssh2: ED25519 SHA256:…` (OpenSSH auth.c, auth_log). */
const ACCEPTED =
  /^Accepted (\S{1,64}) for (\S{1,256}) from (\S{1,64}) port \d{1,5}(?: ssh2)?(?:: (.{0,1024}))?/;
/** The name is what the stranger says; the address stands behind it, at the end. */
const FAILED =
  /^(?:Failed|Postponed) (\S{1,64}) for (?:invalid user |illegal user )?(.{0,512}) from (\S{1,64}) port \d{1,5}(?: ssh2)?(?:: .{0,1024})?$/s;
const INVALID = /^Invalid user (.{0,512}) from (\S{1,64})(?: port \d{1,5})?$/s;
const NOT_ALLOWED = /^User (.{0,512}) from (\S{1,64}) not allowed because /s;
const TOO_MANY =
  /^(?:error: )?maximum authentication attempts exceeded for (?:invalid user )?(.{0,512}) from (\S{1,64}) port \d{1,5}/s;
const GONE =
  /^(?:Disconnected from|Connection (?:closed|reset) by|Received disconnect from)(?: (user|invalid user|authenticating user) (.{0,512}))? (\S{1,64}) port \d{1,5}/s;

/** Logins over SSH, from where, and how they ended. Undefined for lines of other programs and what sshd says of itself. */
export function sshDeed(program: string, text: string): CommandDeed | undefined {
  if (!/^sshd(?:-session|-auth)?$/.test(program)) return undefined;
  return accepted(text) ?? refusal(text) ?? gone(text) ?? session(text);
}

function accepted(text: string): CommandDeed | undefined {
  const match = ACCEPTED.exec(text);
  if (match === null) return undefined;
  const [, method = '', user = '', address = '', key] = match;
  return {
    source: 'command',
    verb: 'login',
    user: oneLine(user),
    ...from(address),
    code: 0,
    decision: 'allow',
    credential: oneLine(key === undefined ? method : `${method} ${key}`),
  };
}

function refusal(text: string): CommandDeed | undefined {
  const failed = FAILED.exec(text);
  const [, user = '', address = ''] =
    failed === null
      ? (INVALID.exec(text) ?? NOT_ALLOWED.exec(text) ?? TOO_MANY.exec(text) ?? [])
      : failed.slice(1);
  if (address === '') return undefined;
  return {
    source: 'command',
    verb: failed === null ? 'login-refused' : 'login-failed',
    user: oneLine(user),
    ...from(address),
    code: 1,
    decision: 'forbid',
    credential: failed === null ? '' : oneLine(failed[1]!),
  };
}

function gone(text: string): CommandDeed | undefined {
  const match = GONE.exec(text);
  if (match === null) return undefined;
  const [, kind = '', user = '', address = ''] = match;
  return {
    source: 'command',
    verb: kind === 'user' ? 'logout' : 'disconnected',
    user: oneLine(user),
    ...from(address),
  };
}

function from(address: string) {
  return { source_ip: oneLine(address), source_ips: oneLine(address) };
}
