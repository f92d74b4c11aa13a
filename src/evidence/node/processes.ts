import { CLOCK_PROGRAMS, RECORDER_PROGRAMS } from '../../kubernetes/node-evidence.ts';
import type { NodeProcess, NotRead } from '../../kubernetes/node-facts.ts';
import { withoutSecretArguments } from './conceal-arguments.ts';
import { isRefusal, type Root } from './root.ts';

/** Programs of Kubernetes, of distributions that hold several of them in one, and what containers run in. */
const PROGRAMS =
  /^(?:kube-(?:apiserver|controller-manager|scheduler|proxy)|kubelet|kubelite|hyperkube|etcd|kine|k3s(?:-server|-agent)?|rke2|k0s|k8s-dqlite|cloud-controller-manager|containerd|dockerd|cri-dockerd|crio)$/;

/** Programs without which nobody knows later what happened on the node, and when. */
const WITNESSES: ReadonlySet<string> = new Set([...CLOCK_PROGRAMS, ...RECORDER_PROGRAMS]);

const MAX_PROCESSES = 100_000;
const MAX_COMMAND_BYTES = 1 << 20;
/** Ticks of a second in /proc/PID/stat: USER_HZ, which is 100 on every architecture that Kubernetes runs on. */
const TICKS = 100;

export interface ReadProcesses {
  /** Undefined where the root has no /proc. */
  readonly processes: readonly NodeProcess[] | undefined;
  readonly notRead: readonly NotRead[];
}

/** The running programs of Kubernetes and those that witness what happens, in the order of their ids. */
export function readProcesses(root: Root, userNames: ReadonlyMap<number, string>): ReadProcesses {
  const names = root.list('/proc', MAX_PROCESSES);
  if (isRefusal(names)) return { processes: undefined, notRead: [] };
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  // A copy of a file system has the folder and nothing in it.
  if (pids.length === 0) return { processes: undefined, notRead: [] };
  const started = bootTime(root);
  const processes: NodeProcess[] = [];
  const notRead: NotRead[] = [];
  for (const pid of pids.sort((a, b) => a - b)) {
    const path = `/proc/${pid}/cmdline`;
    const line = root.read(path, MAX_COMMAND_BYTES);
    if (isRefusal(line)) {
      // Processes end while others are read.
      if (line.reason === 'refused' && line.code !== 'ESRCH')
        notRead.push({ path, reason: 'refused', detail: line.code });
      continue;
    }
    const process = processOf(pid, line.toString('utf8'), root, userNames, started);
    if (process !== undefined) processes.push(process);
  }
  return { processes, notRead };
}

function processOf(
  pid: number,
  line: string,
  root: Root,
  userNames: ReadonlyMap<number, string>,
  booted: number | undefined,
): NodeProcess | undefined {
  const args = line.replace(/\0$/, '').split('\0');
  const name = args[0]?.slice(args[0].lastIndexOf('/') + 1) ?? '';
  if (!PROGRAMS.test(name) && !WITNESSES.has(name)) return undefined;
  const uid = ownerOf(root, pid);
  if (uid === undefined) return undefined;
  const user = userNames.get(uid);
  const startedAt = booted === undefined ? undefined : startTime(root, pid, booted);
  return {
    name,
    pid,
    uid,
    ...(user === undefined ? {} : { user }),
    ...(startedAt === undefined ? {} : { startedAt }),
    args: withoutSecretArguments(args),
  };
}

/** The real user id; proc_pid_status(5). */
function ownerOf(root: Root, pid: number): number | undefined {
  const status = root.read(`/proc/${pid}/status`, MAX_COMMAND_BYTES);
  if (isRefusal(status)) return undefined;
  const uid = /^Uid:\s+(\d+)/m.exec(status.toString('latin1'))?.[1];
  return uid === undefined ? undefined : Number(uid);
}

/** Seconds since 1970; proc_stat(5). */
function bootTime(root: Root): number | undefined {
  const stat = root.read('/proc/stat', 16 << 20);
  if (isRefusal(stat)) return undefined;
  const time = /^btime (\d+)$/m.exec(stat.toString('latin1'))?.[1];
  return time === undefined ? undefined : Number(time);
}

/** Field 22 of proc_pid_stat(5); the second field is the program's name in parentheses and may hold anything. */
function startTime(root: Root, pid: number, booted: number): string | undefined {
  const stat = root.read(`/proc/${pid}/stat`, MAX_COMMAND_BYTES);
  if (isRefusal(stat)) return undefined;
  const text = stat.toString('latin1');
  const ticks = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19]);
  return Number.isFinite(ticks)
    ? new Date((booted + Math.floor(ticks / TICKS)) * 1000).toISOString()
    : undefined;
}
