import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupPath, placeOf } from './cgroup.ts';

/** Finds the cgroup of a process that was seen doing something. */
export interface ProcessCgroups {
  /** @param time at which it did that, in microseconds since the epoch. Undefined where it is not known any more. */
  cgroupOf(pid: number, parent: number, time: number): string | undefined;
}

interface Seen {
  readonly cgroup: string;
  readonly parent: number;
  readonly time: number;
}

/** Of /proc/PID/stat: the kernel shows clock ticks of a hundredth of a second, whatever its own (USER_HZ). */
const MICROS_A_TICK = 10_000;
/** Start times are rounded to ticks, and the clock may have been adjusted a little since. */
const TOLERANCE = 50_000;
/** A parent that is gone stays one for as long, in microseconds; its number is given to others later. */
const REMEMBERED_FOR = 600_000_000;
const MOST_REMEMBERED = 65_536;
const MOST_PID = 2 ** 22;

/**
 * Looks into /proc of this node while what it records happens. A process that is gone is where its parent was, if that was in a pod: it
 * has been seen, or still runs. Children of processes of the node itself may have been moved since (runtimes do that), so nothing is
 * said of them.
 */
export class LiveProcesses implements ProcessCgroups {
  readonly #root: string;
  readonly #seen = new Map<number, Seen>();

  /** @param root where the node's /proc is, such as `/host/proc` */
  constructor(root: string) {
    this.#root = root;
  }

  cgroupOf(pid: number, parent: number, time: number): string | undefined {
    const cgroup = this.#running(pid, time) ?? this.#own(pid, parent, time) ?? this.#inherited(parent, time);
    if (cgroup !== undefined) this.#remember(pid, { cgroup, parent, time });
    return cgroup;
  }

  /** Of another parent it is another process of the same number; orphans get a new parent, and are looked for no further. */
  #own(pid: number, parent: number, time: number): string | undefined {
    return this.#seen.get(pid)?.parent === parent ? this.#remembered(pid, time) : undefined;
  }

  #inherited(parent: number, time: number): string | undefined {
    const cgroup = this.#running(parent, time) ?? this.#remembered(parent, time);
    return cgroup === undefined || placeOf(cgroup) === undefined ? undefined : cgroup;
  }

  #running(pid: number, time: number): string | undefined {
    if (!(pid > 0 && pid <= MOST_PID)) return undefined;
    try {
      if (!this.#startedBefore(pid, time)) return undefined;
      return cgroupPath(readFileSync(join(this.#root, String(pid), 'cgroup'), 'utf8'));
    } catch {
      // It ended, perhaps between the two files.
      return undefined;
    }
  }

  /** Else it is another process, which was given the number of the one that did it. */
  #startedBefore(pid: number, time: number): boolean {
    const stat = readFileSync(join(this.#root, String(pid), 'stat'), 'utf8');
    // The second field is the program's name, in brackets, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const started = this.#bootTime() + Number(fields[19]) * MICROS_A_TICK;
    return started <= time + TOLERANCE;
  }

  #bootTime(): number {
    const uptime = readFileSync(join(this.#root, 'uptime'), 'utf8');
    return Date.now() * 1000 - Number(uptime.split(' ')[0]) * 1_000_000;
  }

  #remembered(pid: number, time: number): string | undefined {
    const seen = this.#seen.get(pid);
    if (seen === undefined || Math.abs(time - seen.time) > REMEMBERED_FOR) return undefined;
    return seen.cgroup;
  }

  #remember(pid: number, seen: Seen): void {
    this.#seen.delete(pid);
    this.#seen.set(pid, seen);
    if (this.#seen.size > MOST_REMEMBERED) this.#seen.delete(this.#seen.keys().next().value!);
  }
}
