import table from './syscalls.json' with { type: 'json' };

/** By the audit system's number of the architecture (linux/audit.h, AUDIT_ARCH_*): x86_64, aarch64, i386. */
const NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(table).map(([architecture, names]) => [architecture, names.split(' ')]),
);

/** What people call one thing, whichever of its system calls did it. */
const VERBS = new Map(
  Object.entries({
    execve: 'execve execveat',
    open: 'open openat openat2 open_by_handle_at',
    create: 'creat mknod mknodat',
    unlink: 'unlink unlinkat',
    rename: 'rename renameat renameat2',
    mkdir: 'mkdir mkdirat',
    link: 'link linkat',
    symlink: 'symlink symlinkat',
    truncate: 'truncate ftruncate truncate64 ftruncate64',
    chmod: 'chmod fchmod fchmodat fchmodat2',
    chown: 'chown fchown lchown fchownat chown32 fchown32 lchown32',
    setxattr: 'setxattr lsetxattr fsetxattr setxattrat',
    removexattr: 'removexattr lremovexattr fremovexattr removexattrat',
    mount: 'mount move_mount',
    umount: 'umount umount2',
    'load-module': 'init_module finit_module',
    'unload-module': 'delete_module',
    'set-clock': 'settimeofday clock_settime clock_settime64 adjtimex clock_adjtime stime',
    'set-hostname': 'sethostname setdomainname',
    kill: 'kill tkill tgkill',
    accept: 'accept accept4',
  }).flatMap(([verb, names]) => names.split(' ').map((name) => [name, verb] as const)),
);

/** The name of a system call; `syscall-N` where the table has none for that architecture. */
export function syscallName(architecture: string, number: string): string {
  const name = NAMES.get(architecture)?.[Number(number)];
  return name === undefined || name === '-' ? `syscall-${number}` : name;
}

export function verbOf(syscall: string): string {
  return VERBS.get(syscall) ?? syscall;
}
