import { placeOf } from '../containers/cgroup.ts';
import type { PodContainer, PodDirectory } from '../containers/directory.ts';
import type { ProcessCgroups } from '../containers/processes.ts';
import type { AuditEvent } from './assembler.ts';
import {
  type AuditFields,
  type AuditLine,
  decoded,
  enrichmentOf,
  fieldsOf,
  plain,
  scanFields,
} from './line.ts';
import { isSet, type UserNames, userText } from './users.ts';

/** What a node's audit records do not say of themselves. */
export interface AuditdOptions {
  readonly users?: UserNames;
  /** Where processes run; only while the node's own /proc can be seen. */
  readonly processes?: ProcessCgroups;
  readonly pods?: PodDirectory;
}

/** The record of an event that says who did it and with what. */
export interface AuditFacts {
  readonly main: AuditLine;
  readonly fields: AuditFields;
  /** Of what a program said in `msg='…'`. */
  readonly said: AuditFields;
  readonly enriched: AuditFields;
  readonly exe: string;
  readonly cwd: string;
  readonly tty: string;
  readonly session: string;
  readonly pid: number;
  readonly parent: number;
  /** As the user logged in; empty where nobody did, as for services. */
  readonly loginUser: string;
  /** Whose rights the process has. */
  readonly actingUser: string;
  readonly uid: string;
  /** Keys of the rules that asked for the record. */
  readonly keys: readonly string[];
}

export function factsOf(event: AuditEvent, users: UserNames | undefined): AuditFacts {
  const main = event.lines.find(({ type }) => type === 'SYSCALL') ?? event.lines[0]!;
  const fields = fieldsOf(main);
  const enriched = enrichmentOf(main);
  const said = scanFields(fields.get('msg')?.text ?? '');
  const uid = plain(fields, 'uid');
  const acting = plain(fields, 'euid');
  const cwd = event.lines.find(({ type }) => type === 'CWD');
  return {
    main,
    fields,
    said,
    enriched,
    uid,
    exe: decoded(fields, 'exe') || decoded(said, 'exe'),
    cwd: cwd === undefined ? decoded(said, 'cwd') : decoded(fieldsOf(cwd), 'cwd'),
    tty: plain(fields, 'tty') || plain(said, 'terminal'),
    session: isSet(plain(fields, 'ses')) ? plain(fields, 'ses') : '',
    pid: Number(plain(fields, 'pid')) || 0,
    parent: Number(plain(fields, 'ppid')) || 0,
    loginUser: userText(plain(fields, 'auid'), plain(enriched, 'AUID'), users),
    actingUser: isSet(acting)
      ? userText(acting, plain(enriched, 'EUID'), users)
      : userText(uid, plain(enriched, 'UID'), users),
    keys: decoded(fields, 'key')
      .split('\u0001')
      .filter((key) => key !== ''),
  };
}

export interface FoundPlace {
  readonly cgroup: string;
  readonly podUid: string;
  /** Name of the container, or its id where the name is not known. */
  readonly container: string;
  readonly pod: PodContainer | undefined;
}

/** Where the process ran, as far as that is known; nothing is guessed. */
export function foundPlace(facts: AuditFacts, time: number, options: AuditdOptions): FoundPlace | undefined {
  const cgroup = options.processes?.cgroupOf(facts.pid, facts.parent, time);
  if (cgroup === undefined) return undefined;
  return placeOfCgroup(cgroup, options.pods);
}

export function placeOfCgroup(cgroup: string, pods: PodDirectory | undefined): FoundPlace {
  const place = placeOf(cgroup);
  if (place === undefined) return { cgroup, podUid: '', container: '', pod: undefined };
  const container = pods?.container(place.containerId);
  const pod = container ?? pods?.pod(place.podUid);
  return {
    cgroup,
    podUid: pod?.podUid || place.podUid,
    container: container?.container || place.containerId,
    pod,
  };
}
