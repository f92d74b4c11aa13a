import type { AuditRules, NotRead } from '../../kubernetes/node-facts.ts';
import { isRefusal, type Root } from './root.ts';

const MAX_BYTES = 1 << 20;
const MAX_FILES = 200;

/** What augenrules(8) puts together at the start, and what of it the kernel was given. */
const FOLDER = '/etc/audit/rules.d';
const WHOLE = '/etc/audit/audit.rules';

/** A rule that records calls (`-a`), and the calls that start programs; `all` are all. */
const RECORDS = /^\s*-a\s+(?:always,exit|exit,always)\b/;
const EXECUTION = /(?:^|\s)-S\s*(?:\S*,)?(?:execve|execveat|all)(?:,|\s|$)/;

export interface ReadAuditRules {
  readonly files: readonly AuditRules[];
  readonly notRead: readonly NotRead[];
}

/** Which files of audit rules a node has, and whether they have the execution of programs recorded. */
export function readAuditRules(root: Root): ReadAuditRules {
  const files: AuditRules[] = [];
  const notRead: NotRead[] = [];
  const names = root.list(FOLDER, MAX_FILES + 1);
  if (isRefusal(names)) {
    if (names.reason === 'refused') notRead.push({ path: FOLDER, reason: 'refused', detail: names.code });
  } else if (names.length > MAX_FILES) notRead.push({ path: FOLDER, reason: 'too-many' });
  const parts = isRefusal(names) ? [] : names.slice(0, MAX_FILES).filter((name) => name.endsWith('.rules'));
  for (const path of [WHOLE, ...parts.map((name) => `${FOLDER}/${name}`)]) {
    const bytes = root.read(path, MAX_BYTES);
    if (!isRefusal(bytes)) files.push({ path, execve: recordsExecution(bytes.toString('utf8')) });
    else if (bytes.reason === 'refused') notRead.push({ path, reason: 'refused', detail: bytes.code });
    else if (bytes.reason !== 'absent') notRead.push({ path, reason: bytes.reason });
  }
  return { files, notRead };
}

function recordsExecution(text: string): boolean {
  return text.split('\n').some((line) => RECORDS.test(line) && EXECUTION.test(line));
}
