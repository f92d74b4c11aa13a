import { basename } from 'node:path/posix';
import { isHarmless, isReference, isSecretName } from './names.ts';
import { isRedacted, REDACTED, type Redactions } from './tally.ts';

/** How programs take passwords, where no name says so. `attached`: in the same word (`-pX`); `next`: in the next one; `pairs`: as `user:password`. */
interface Options {
  readonly attached?: readonly string[];
  readonly next?: readonly string[];
  readonly pairs?: readonly string[];
}

const MYSQL: Options = { attached: ['-p'] };
const MONGO: Options = { next: ['-p'], attached: ['-p'] };
const LOGIN: Options = { next: ['-p'], pairs: ['--creds', '--src-creds', '--dest-creds'] };
const LDAP: Options = { next: ['-w', '-y'], attached: ['-w'] };
const SQLCMD: Options = { next: ['-P'], attached: ['-P'] };
const REGISTRY = [
  'docker',
  'podman',
  'nerdctl',
  'helm',
  'oras',
  'crane',
  'skopeo',
  'buildah',
  'ctr',
  'crictl',
];

const PROGRAMS: ReadonlyMap<string, Options> = new Map<string, Options>([
  ...[
    'mysql',
    'mysqldump',
    'mysqladmin',
    'mysqlimport',
    'mariadb',
    'mariadb-dump',
    'mariadb-admin',
    'mysqlsh',
  ].map((name) => [name, MYSQL] as const),
  ...['mongo', 'mongosh', 'mongodump', 'mongorestore', 'mongoexport', 'mongoimport'].map(
    (name) => [name, MONGO] as const,
  ),
  ...REGISTRY.map((name) => [name, LOGIN] as const),
  ...['ldapsearch', 'ldapadd', 'ldapmodify', 'ldapdelete', 'ldapwhoami', 'ldappasswd'].map(
    (name) => [name, LDAP] as const,
  ),
  ...['sqlcmd', 'bcp', 'isql', 'zip', 'unzip'].map((name) => [name, SQLCMD] as const),
  ['curl', { pairs: ['-u', '--user', '-U', '--proxy-user'], next: ['-b', '--cookie', '--oauth2-bearer'] }],
  ['wget', { next: ['--http-passwd', '--ftp-password'] }],
  ['sshpass', { next: ['-p'], attached: ['-p'] }],
  ['redis-cli', { next: ['-a', '--pass'] }],
  ['az', { next: ['-p'] }],
  ['useradd', { next: ['-p'] }],
  ['usermod', { next: ['-p'] }],
  ['7z', { attached: ['-p'] }],
  ['ipmitool', { next: ['-P'] }],
  ['openssl', { next: ['-k'] }],
  ['snmpwalk', { next: ['-c', '-A', '-X'] }],
  ['snmpget', { next: ['-c', '-A', '-X'] }],
]);

/** A part of one word of a command. */
interface Span {
  readonly word: number;
  readonly start: number;
}

/** Where the words of a command hold passwords: from a place in a word to its end. */
function secretParts(words: readonly string[]): Span[] {
  const spans: Span[] = [];
  let options: Options | undefined;
  let program = '';
  const hide = (word: number, start: number): void => {
    if (word < words.length && !isHarmless(words[word]!.slice(start))) spans.push({ word, start });
  };
  const hidePair = (word: number, from: number): void => {
    const colon = words[word]?.slice(from).search(/[:%]/) ?? -1;
    if (colon >= 0) hide(word, from + colon + 1);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const known = PROGRAMS.get(basename(word));
    if (!word.startsWith('-'))
      program = /^[\w./+-]+$/.test(word) && program === '' ? basename(word) : program;
    if (known !== undefined) options = known;
    const assigned = /^(-{0,2}[A-Za-z_][\w.-]{0,63})=/.exec(word);
    if (assigned !== null) {
      if (assigned[1] === '--from-literal') hide(at, word.indexOf('=', assigned[0].length) + 1);
      else if (isSecretName(assigned[1]!)) {
        if (!isReference(assigned[1]!, word.slice(assigned[0].length))) hide(at, assigned[0].length);
      } else if (options?.pairs?.includes(assigned[1]!)) hidePair(at, assigned[0].length);
      continue;
    }
    const next = words[at + 1];
    if (word === '--from-literal' && next !== undefined) hide(at + 1, next.indexOf('=') + 1);
    else if (/^(?:pass|env):/.test(next ?? '') && /^-pass(?:in|out)?$/.test(word)) hide(at + 1, 5);
    else if (/^--?[A-Za-z]/.test(word) && isSecretName(word) && next?.startsWith('--') !== true)
      hide(at + 1, 0);
    else if (options?.next?.includes(word)) hide(at + 1, 0);
    else if (options?.pairs?.includes(word)) hidePair(at + 1, 0);
    else if (
      options?.attached?.some((flag) => word.startsWith(flag) && word.length > flag.length && word[1] !== '-')
    )
      hide(at, 2);
    else if (options?.pairs !== undefined && /^-[uU]./.test(word)) hidePair(at, 2);
    // `aws configure set aws_secret_access_key X`, `vault login X`, `htpasswd -b file user X`.
    else if (words[at - 1] === 'set' && isSecretName(word)) hide(at + 1, 0);
    else if (word === 'login' && basename(words[at - 1] ?? '') === 'vault' && next?.startsWith('-') === false)
      hide(at + 1, 0);
    else if (program === 'htpasswd' && at === words.length - 1 && words.some((each) => /^-\w*b/.test(each)))
      hide(at, 0);
  }
  return spans;
}

/** The arguments of a process. What stands inside of one is for the caller to look through. */
export function redactArguments(words: readonly string[], tally: Redactions): string[] {
  const result = [...words];
  for (const { word, start } of secretParts(words)) {
    if (isRedacted(result[word]!.slice(start))) continue;
    result[word] = result[word]!.slice(0, start) + REDACTED;
    tally.add('command-password');
  }
  return result;
}

const WORD = /"(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s"'\\,[\]]|\\.|[,[\]](?=[^\s"',[\]]))+|[,[\]]+/gs;
const MARKS = /^[,[\]|;&]+$/;
const LONGEST_COMMAND = 1 << 17;
const COMMAND =
  /(?:^|[\s"'/([,;|&`])(?:mysql|mariadb|mongo|curl|sshpass|redis-cli|docker|podman|nerdctl|helm|oras|crane|skopeo|buildah|ldap|sqlcmd|bcp|isql|zip|unzip|7z|useradd|usermod|openssl|snmp|ipmitool|wget|az|aws|vault|htpasswd)|chpasswd|--from-literal|--?[A-Za-z][\w-]{0,48}(?:pass|pwd|secret|token|key|cred)|--(?:pass|pwd|secret|token)|[A-Z_]=|set\s+\S*(?:pass|secret|token|key)/i;

/** A command in one line, as shells, logs and arrays in JSON write it. */
export function redactCommandLine(text: string, tally: Redactions): string {
  if (text.length > LONGEST_COMMAND || !COMMAND.test(text)) return text;
  const words: { readonly text: string; readonly start: number }[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (MARKS.test(word)) continue;
    const isQuoted = /^["'].*["']$/s.test(word);
    words.push(isQuoted ? { text: word.slice(1, -1), start: index + 1 } : { text: word, start: index });
  }
  let result = '';
  let done = 0;
  const hide = (start: number, end: number): void => {
    if (start < done || isRedacted(text.slice(start, end))) return;
    result += text.slice(done, start) + REDACTED;
    done = end;
    tally.add('command-password');
  };
  const spans = secretParts(words.map((word) => word.text.replace(/^["']+/, '')));
  for (const { word, start } of spans) {
    const { text: whole, start: at } = words[word]!;
    const quotes = /^["']*/.exec(whole)![0].length;
    hide(at + quotes + start, at + whole.length);
  }
  // `echo user:password | chpasswd`
  const piped = /\becho\s+(["']?[\w.-]+:)([^\s"'|]+)["']?\s*\|\s*(?:sudo\s+)?chpasswd/.exec(text);
  if (piped !== null) {
    const end = piped.index + piped[0].indexOf(piped[1]!) + piped[1]!.length + piped[2]!.length;
    hide(end - piped[2]!.length, end);
  }
  return done === 0 ? text : result + text.slice(done);
}
