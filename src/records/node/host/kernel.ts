import type { EventRecord } from '../../record.ts';
import { placeOfCgroup } from '../auditd/facts.ts';
import type { PodDirectory } from '../containers/directory.ts';
import { placeFields } from './mentioned.ts';

/** `oom-kill:constraint=CONSTRAINT_MEMCG,…,task_memcg=/kubepods/…,task=java,pid=1234,uid=0` (mm/oom_kill.c, dump_oom_summary). */
const KILL =
  /oom-kill:constraint=\S{1,64},.{0,1024}?task_memcg=(\/[^,]{0,1024}),task=([^,]{0,64}),pid=(\d{1,10}),uid=(\d{1,10})/;

/** The kernel killed a process for its memory: in which pod. */
export function kernelKill(
  program: string,
  text: string,
  pods: PodDirectory | undefined,
): (Partial<EventRecord> & Pick<EventRecord, 'source'>) | undefined {
  const match = program === 'kernel' ? KILL.exec(text) : null;
  if (match === null) return undefined;
  const { pod, podUid, container } = placeOfCgroup(match[1]!, pods);
  return {
    source: 'lifecycle',
    verb: 'oom-killed',
    name: match[2]!,
    ...placeFields(pod),
    uid: podUid,
    container,
  };
}
