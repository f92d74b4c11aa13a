/** What a container can do to the node or to other workloads with a capability. */
export type CapabilityRisk = 'critical' | 'high' | 'medium' | 'low';

/** A Linux capability, by its name without the prefix `CAP_`. */
export interface Capability {
  readonly name: string;
  /** Its bit in the capability sets. */
  readonly number: number;
  readonly risk: CapabilityRisk;
  /** In the set that containerd and Docker give a container that asks for nothing (CRI-O gives fewer). */
  readonly inDefaultSet: boolean;
}

type Row = readonly [name: string, risk: CapabilityRisk, inDefaultSet?: 'default'];

// In the order of their numbers. Source of what each permits: capabilities(7); of the names: linux/capability.h;
// of the default set: containerd's oci.defaultUnixCaps, which is Docker's.
// critical: the node is lost; high: a short step from it, or the traffic and processes of others;
// medium: weakens a border inside the container or a limit of the node; low: of use only together with more.
const ROWS: readonly Row[] = [
  ['CHOWN', 'low', 'default'], // Changes owners, of files that the container can reach.
  ['DAC_OVERRIDE', 'medium', 'default'], // Passes by file permissions, also in what is mounted from the node.
  ['DAC_READ_SEARCH', 'critical'], // open_by_handle_at(2) reads any file of the node's file system (the Shocker escape).
  ['FOWNER', 'low', 'default'], // Passes by checks for a file's owner.
  ['FSETID', 'low', 'default'], // Keeps set-user-ID bits on files that are changed.
  ['KILL', 'low', 'default'], // Signals any process that is in sight.
  ['SETGID', 'low', 'default'], // Takes on any group inside the container.
  ['SETUID', 'low', 'default'], // Takes on any user inside the container.
  ['SETPCAP', 'low', 'default'], // Hands on capabilities it has already.
  ['LINUX_IMMUTABLE', 'medium'], // Clears append-only and immutable flags, which protect logs.
  ['NET_BIND_SERVICE', 'low', 'default'], // Binds ports below 1024; the one that `restricted` lets a container add.
  ['NET_BROADCAST', 'low'], // Not used by the kernel.
  ['NET_ADMIN', 'high'], // Changes routes, firewall and interfaces: with hostNetwork, those of the node.
  ['NET_RAW', 'medium', 'default'], // Crafts packets: ARP and DNS spoofing of neighbours.
  ['IPC_LOCK', 'low'], // Locks memory, past limits.
  ['IPC_OWNER', 'medium'], // Passes by permissions of System V IPC, with hostIPC those of the node.
  ['SYS_MODULE', 'critical'], // Loads code into the node's kernel.
  ['SYS_RAWIO', 'critical'], // Reaches I/O ports and /dev/mem, so the node's memory.
  ['SYS_CHROOT', 'low', 'default'], // chroot(2), and setns(2) into mount namespaces that it may enter already.
  ['SYS_PTRACE', 'critical'], // Takes over any process in sight: with hostPID, those of the node.
  ['SYS_PACCT', 'low'], // Switches process accounting.
  ['SYS_ADMIN', 'critical'], // Mounts, namespaces, cgroups and much more: "the new root".
  ['SYS_BOOT', 'high'], // Reboots the node or loads another kernel.
  ['SYS_NICE', 'medium'], // Takes processor time from others.
  ['SYS_RESOURCE', 'medium'], // Passes by quotas and limits.
  ['SYS_TIME', 'high'], // Sets the node's clock, which certificates, tokens and logs depend on.
  ['SYS_TTY_CONFIG', 'low'], // vhangup(2) and settings of virtual terminals.
  ['MKNOD', 'medium', 'default'], // Makes device files; the devices cgroup is what is left to stop their use.
  ['LEASE', 'low'], // File leases.
  ['AUDIT_WRITE', 'medium', 'default'], // Writes records of its own into the node's audit log.
  ['AUDIT_CONTROL', 'high'], // Switches the node's auditing and its rules.
  ['SETFCAP', 'low', 'default'], // Sets file capabilities inside the container.
  ['MAC_OVERRIDE', 'high'], // Passes by mandatory access control (Smack).
  ['MAC_ADMIN', 'high'], // Changes the policy of mandatory access control (Smack).
  ['SYSLOG', 'medium'], // Reads the kernel's log and its addresses, a help to kernel exploits.
  ['WAKE_ALARM', 'low'], // Wakes the node from suspend.
  ['BLOCK_SUSPEND', 'low'], // Keeps the node from suspend.
  ['AUDIT_READ', 'medium'], // Reads the node's audit log.
  ['PERFMON', 'high'], // Performance events and tracing: sees what other processes and the kernel do.
  ['BPF', 'critical'], // Loads eBPF programs, which with PERFMON read and change kernel memory.
  ['CHECKPOINT_RESTORE', 'medium'], // Chooses process ids and reads /proc/PID/map_files of others.
];

/** All 41 Linux capabilities by name without prefix, in the order of their numbers. */
export const CAPABILITIES: ReadonlyMap<string, Capability> = new Map(
  ROWS.map(([name, risk, inDefaultSet], number) => [
    name,
    { name, number, risk, inDefaultSet: inDefaultSet !== undefined },
  ]),
);

/** Stands for every capability, in `add` and in `drop`. */
export const ALL_CAPABILITIES = 'ALL';

/**
 * A capability's name as the container runtimes understand it: upper case, without `CAP_`; `ALL` stays `ALL`.
 * containerd puts `CAP_` before every name, so one that has it already starts no container there; CRI-O and Docker take both.
 * Pod Security Standards compare the text as it is written, so they do not use this.
 */
export function normalizeCapability(text: string): string {
  const upper = text.toUpperCase();
  return upper.startsWith('CAP_') ? upper.slice(4) : upper;
}

/**
 * What a container holds after its `add` and `drop`, as containerd works it out (opts.WithCapabilities):
 * `ALL` first, then names to add, then names to drop. Names of no capability are left out (a runtime refuses to start).
 */
export function effectiveCapabilities(add: readonly string[], drop: readonly string[]): Set<string> {
  const added = add.map(normalizeCapability);
  const dropped = drop.map(normalizeCapability);
  const held = new Set<string>();
  for (const { name, inDefaultSet } of CAPABILITIES.values()) {
    let holds = inDefaultSet;
    if (added.includes(ALL_CAPABILITIES)) holds = true;
    if (dropped.includes(ALL_CAPABILITIES)) holds = false;
    if (added.includes(name)) holds = true;
    if (dropped.includes(name)) holds = false;
    if (holds) held.add(name);
  }
  return held;
}

/** Whether a capability, as written in `add`, lets root act on the node or on others' traffic and processes; `ALL` does. */
export function reachesBeyondContainer(text: string): boolean {
  const name = normalizeCapability(text);
  const risk = CAPABILITIES.get(name)?.risk;
  return name === ALL_CAPABILITIES || risk === 'critical' || risk === 'high';
}
