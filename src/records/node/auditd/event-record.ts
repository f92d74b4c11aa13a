import type { Origin } from '../../decoded.ts';
import { type EventRecord, record, type Source } from '../../record.ts';
import { type RedactedWords, redactedText, redactedWords } from '../redacted.ts';
import { commandLine, oneLine, withoutRotation } from '../text.ts';
import type { AuditEvent } from './assembler.ts';
import { executedCommand, processTitle } from './command.ts';
import { type AuditdOptions, type AuditFacts, factsOf, foundPlace } from './facts.ts';
import { decoded, fieldsOf, plain } from './line.ts';
import { redactedLines } from './redacted-lines.ts';
import { socketAddress } from './socket-address.ts';
import { syscallName, verbOf } from './syscalls.ts';
import { userText } from './users.ts';

/** What an event was, by its kind. */
interface Deed {
  readonly source: Source;
  readonly verb: string;
  /** What it was done to: a program, a file, an account. */
  readonly name: string;
  readonly message: string;
  readonly code: number;
  readonly user?: string;
  readonly impersonated?: string;
  readonly decision?: 'allow' | 'forbid' | '';
}

/** Types of logging in and out; the second verb is that of a failure. */
const SESSIONS: ReadonlyMap<string, readonly [string, string]> = new Map(
  Object.entries({
    USER_LOGIN: ['login', 'login-failed'],
    USER_LOGOUT: ['logout', 'logout'],
    USER_AUTH: ['authenticated', 'authentication-failed'],
    USER_ACCT: ['account-accepted', 'account-refused'],
    USER_START: ['session-opened', 'session-refused'],
    USER_END: ['session-closed', 'session-closed'],
  } satisfies Record<string, [string, string]>),
);

/** Types that tell of the recording itself. */
const RECORDING: ReadonlyMap<string, string> = new Map(
  Object.entries({
    DAEMON_START: 'audit-started',
    DAEMON_END: 'audit-stopped',
    DAEMON_ABORT: 'audit-stopped',
    DAEMON_CONFIG: 'audit-reconfigured',
    DAEMON_ROTATE: 'audit-rotated',
    DAEMON_RESUME: 'audit-resumed',
    DAEMON_ERR: 'audit-error',
    CONFIG_CHANGE: 'audit-reconfigured',
    FEATURE_CHANGE: 'audit-reconfigured',
  }),
);

/** An event of the audit system as a record; its key is the same however much of it was read. */
export function auditdRecord(event: AuditEvent, origin: Origin, options: AuditdOptions): EventRecord {
  const facts = factsOf(event, options.users);
  const command = executedCommand(event.lines);
  const words = command === undefined ? undefined : redactedWords(command.words);
  const deed = deedOf(event, facts, words, options);
  const place = foundPlace(facts, event.time, options);
  const node = nodeOf(event.node, origin);
  const { lines, count } = redactedLines(event.lines, words);
  const message = redactedText(deed.message);
  const address = plain(facts.said, 'addr');
  const process = {
    exe: facts.exe,
    cwd: facts.cwd,
    pid: facts.pid,
    parent: facts.parent,
    uid: facts.uid,
    login: facts.loginUser,
    acting: facts.actingUser,
    tty: facts.tty,
    session: facts.session,
    ...(place === undefined ? {} : { cgroup: place.cgroup }),
    ...(command === undefined || command.missing === 0 ? {} : { missingWords: command.missing }),
  };
  const raw = { lines, process, ...(event.dropped === 0 ? {} : { droppedRecords: event.dropped }) };
  return record({
    key: keyOf(event, node, origin),
    time: event.time,
    source: deed.source,
    cluster: origin.cluster,
    inlet: origin.inlet,
    verb: deed.verb,
    user: deed.user ?? (facts.loginUser || userText(facts.uid, plain(facts.enriched, 'UID'), options.users)),
    impersonated: deed.impersonated ?? impersonatedIn(facts, options),
    user_agent: deed.name === facts.exe ? '' : oneLine(facts.exe),
    source_ip: address,
    source_ips: address,
    namespace: place?.pod?.namespace ?? '',
    pod: place?.pod?.pod ?? '',
    uid: place?.podUid ?? '',
    container: place?.container ?? '',
    node,
    name: oneLine(deed.name),
    code: deed.code,
    decision: deed.decision ?? '',
    reason: oneLine(facts.keys.join(',')),
    message: oneLine(message.text.trim()),
    redactions: Math.max(count, message.count),
    raw: JSON.stringify(raw),
  });
}

/** The name that Kubernetes has for the node, where auditd's is the same with a domain. */
function nodeOf(told: string, origin: Origin): string {
  const known = origin.node ?? '';
  if (told === '' || told.startsWith(`${known}.`) || known.startsWith(`${told}.`)) return known || told;
  return told;
}

function keyOf({ time, serial, part }: AuditEvent, node: string, { cluster, inlet }: Origin): string {
  const place = node === '' ? withoutRotation(inlet) : node;
  return `auditd ${cluster} ${place} ${time}:${serial}${part === 0 ? '' : ` ${part}`}`;
}

/** Whose rights were used behind sudo, su, or a program that takes its owner's. */
function impersonatedIn(facts: AuditFacts, { users }: AuditdOptions): string {
  const user = facts.loginUser || userText(facts.uid, plain(facts.enriched, 'UID'), users);
  return facts.actingUser === user ? '' : facts.actingUser;
}

function deedOf(
  event: AuditEvent,
  facts: AuditFacts,
  command: RedactedWords | undefined,
  options: AuditdOptions,
): Deed {
  const { type } = facts.main;
  const told = event.lines.find((line) => RECORDING.has(line.type));
  if (told !== undefined) {
    const fields = fieldsOf(told);
    const name = plain(fields, 'key') || plain(fields, 'op');
    const verb = RECORDING.get(told.type)!;
    return { source: 'collector', verb, name, message: told.body, code: resultOf({ ...facts, fields }) };
  }
  if (command !== undefined) return execution(facts, command);
  if (type === 'SYSCALL') return systemCall(event, facts);
  const session = SESSIONS.get(type);
  if (session !== undefined) return sessionDeed(facts, options, session);
  if (type === 'USER_CMD') {
    const text = decoded(facts.said, 'cmd') || decoded(facts.fields, 'cmd');
    const code = resultOf(facts);
    const name = text.split(' ', 1)[0] ?? '';
    // What was asked of sudo; a refusal is one of these too, with res=failed.
    return { source: 'command', verb: 'sudo', name, message: text, code, decision: decisionOf(code) };
  }
  if (type === 'TTY' || type === 'USER_TTY') {
    const text = decoded(facts.fields, 'data') || decoded(facts.said, 'data');
    return {
      source: 'command',
      verb: 'tty-input',
      name: decoded(facts.fields, 'comm'),
      message: text,
      code: -1,
    };
  }
  return { source: 'command', ...otherDeed(facts) };
}

function execution(facts: AuditFacts, { words }: RedactedWords): Deed {
  return {
    source: 'command',
    verb: 'execve',
    name: facts.exe || (words[0] ?? ''),
    message: commandLine(words),
    code: errorNumber(facts),
  };
}

function systemCall(event: AuditEvent, facts: AuditFacts): Deed {
  const resolved = plain(facts.enriched, 'SYSCALL');
  const number = plain(facts.fields, 'syscall');
  const call = /^[a-z]\w*$/.test(resolved) ? resolved : syscallName(plain(facts.fields, 'arch'), number);
  const files = filesOf(event, facts.cwd);
  const socket = event.lines.find(({ type }) => type === 'SOCKADDR');
  const peer = socket === undefined ? '' : socketAddress(plain(fieldsOf(socket), 'saddr'));
  const title = commandLine(redactedWords(processTitle(event.lines)).words) || decoded(facts.fields, 'comm');
  const verb = verbOf(call);
  const objects = files.length > 0 ? files : peer === '' ? [] : [peer];
  return {
    source: 'command',
    verb: verb === 'open' && createsFile(event) ? 'create' : verb,
    name: objects[0] ?? '',
    message: `${[verb, ...objects].join(' ')}: ${title}`,
    code: errorNumber(facts),
  };
}

/** Files that a call was about, what goes away before what comes; their folders are not. */
function filesOf(event: AuditEvent, cwd: string): string[] {
  const ranks = new Map([
    ['DELETE', 0],
    ['NORMAL', 1],
    ['', 1],
    ['CREATE', 2],
    // What was not there.
    ['UNKNOWN', 3],
  ]);
  const files: { readonly rank: number; readonly path: string }[] = [];
  for (const line of event.lines) {
    if (line.type !== 'PATH') continue;
    const fields = fieldsOf(line);
    const rank = ranks.get(plain(fields, 'nametype'));
    const name = decoded(fields, 'name');
    if (rank === undefined || name === '') continue;
    const isRelative = !name.startsWith('/') && cwd !== '';
    files.push({ rank, path: isRelative ? `${cwd === '/' ? '' : cwd}/${name.replace(/^\.\//, '')}` : name });
  }
  return files.sort((a, b) => a.rank - b.rank).map(({ path }) => path);
}

function createsFile(event: AuditEvent): boolean {
  return event.lines.some((line) => line.type === 'PATH' && plain(fieldsOf(line), 'nametype') === 'CREATE');
}

function sessionDeed(
  facts: AuditFacts,
  options: AuditdOptions,
  [succeeded, failed]: readonly [string, string],
): Deed {
  const code = resultOf(facts);
  const id = plain(facts.said, 'id');
  const account =
    decoded(facts.said, 'acct') || plain(facts.enriched, 'ID') || userText(id, '', options.users);
  return {
    source: 'command',
    verb: code === 0 ? succeeded : failed,
    // It is the program that let him in who says so, and not what it runs as.
    user: oneLine(account || facts.loginUser),
    impersonated: '',
    name: facts.tty,
    message: facts.fields.get('msg')?.text ?? facts.main.body,
    code,
    decision: decisionOf(code),
  };
}

function otherDeed(facts: AuditFacts): Omit<Deed, 'source'> {
  const { said, fields, main } = facts;
  const name =
    decoded(said, 'acct') ||
    plain(said, 'unit') ||
    decoded(said, 'grp') ||
    plain(said, 'id') ||
    decoded(fields, 'comm');
  return {
    // LOGIN is the kernel's word for giving a process its login user, before anyone is let in.
    verb: main.type === 'LOGIN' ? 'login-user-set' : main.type.toLowerCase().replaceAll('_', '-'),
    name,
    message: fields.get('msg')?.text ?? main.body,
    code: resultOf(facts),
  };
}

/** 0 for success, else the number of the error as the call gave it. */
function errorNumber({ fields }: AuditFacts): number {
  if (plain(fields, 'success') !== 'no') return 0;
  const exit = Number(plain(fields, 'exit'));
  return Number.isSafeInteger(exit) && exit < 0 && exit > -4096 ? -exit : 1;
}

/** 0 or 1 as programs tell it; -1 where they do not. */
function resultOf({ fields, said }: AuditFacts): number {
  const result =
    plain(said, 'res') || plain(fields, 'res') || plain(said, 'result') || plain(fields, 'result');
  if (result === '') return -1;
  return result === 'success' || result === '1' ? 0 : 1;
}

function decisionOf(code: number): 'allow' | 'forbid' | '' {
  return code < 0 ? '' : code === 0 ? 'allow' : 'forbid';
}
