/** linux/audit.h and audit-userspace's audit-records.h: types that the kernel's log gives by their number. */
const NAMES: Readonly<Record<number, string>> = {
  1006: 'LOGIN',
  1100: 'USER_AUTH',
  1101: 'USER_ACCT',
  1102: 'USER_MGMT',
  1103: 'CRED_ACQ',
  1104: 'CRED_DISP',
  1105: 'USER_START',
  1106: 'USER_END',
  1107: 'USER_AVC',
  1108: 'USER_CHAUTHTOK',
  1109: 'USER_ERR',
  1110: 'CRED_REFR',
  1111: 'USYS_CONFIG',
  1112: 'USER_LOGIN',
  1113: 'USER_LOGOUT',
  1114: 'ADD_USER',
  1115: 'DEL_USER',
  1116: 'ADD_GROUP',
  1117: 'DEL_GROUP',
  1123: 'USER_CMD',
  1124: 'USER_TTY',
  1126: 'GRP_AUTH',
  1127: 'SYSTEM_BOOT',
  1128: 'SYSTEM_SHUTDOWN',
  1129: 'SYSTEM_RUNLEVEL',
  1130: 'SERVICE_START',
  1131: 'SERVICE_STOP',
  1132: 'GRP_MGMT',
  1133: 'GRP_CHAUTHTOK',
  1135: 'ACCT_LOCK',
  1136: 'ACCT_UNLOCK',
  1138: 'SOFTWARE_UPDATE',
  1200: 'DAEMON_START',
  1201: 'DAEMON_END',
  1202: 'DAEMON_ABORT',
  1203: 'DAEMON_CONFIG',
  1205: 'DAEMON_ROTATE',
  1206: 'DAEMON_RESUME',
  1209: 'DAEMON_ERR',
  1300: 'SYSCALL',
  1302: 'PATH',
  1303: 'IPC',
  1304: 'SOCKETCALL',
  1305: 'CONFIG_CHANGE',
  1306: 'SOCKADDR',
  1307: 'CWD',
  1309: 'EXECVE',
  1317: 'FD_PAIR',
  1318: 'OBJ_PID',
  1319: 'TTY',
  1320: 'EOE',
  1321: 'BPRM_FCAPS',
  1322: 'CAPSET',
  1323: 'MMAP',
  1325: 'NETFILTER_CFG',
  1326: 'SECCOMP',
  1327: 'PROCTITLE',
  1328: 'FEATURE_CHANGE',
  1330: 'KERN_MODULE',
  1334: 'BPF',
  1335: 'EVENT_LISTENER',
  1336: 'URINGOP',
  1337: 'OPENAT2',
  1400: 'AVC',
  1401: 'SELINUX_ERR',
  1403: 'MAC_POLICY_LOAD',
  1404: 'MAC_STATUS',
  1405: 'MAC_CONFIG_CHANGE',
  1700: 'ANOM_PROMISCUOUS',
  1701: 'ANOM_ABEND',
  1702: 'ANOM_LINK',
  2000: 'KERNEL',
};

export const TYPE_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(NAMES));

/** Types of which several make one event: the kernel's own from 1300 on, but for those that come alone. */
const ALONE =
  /^(?:USER|CRED|ADD|DEL|GRP|CHGRP|CHUSER|ACCT|ROLE|SYSTEM|SERVICE|DAEMON|RESP|CRYPTO|VIRT|LABEL)_|^(?:ANOM_(?:LOGIN|MAX|EXEC|ADD|DEL|MOD|ROOT|RBAC|ACCESS|MK|SESSION|ORIGIN)|USYS_CONFIG$|USER$|KERNEL$|SOFTWARE_UPDATE$|DAC_CHECK$|TRUSTED_APP$|TEST$|MAC_CHECK$|FS_RELABEL$|DEV_)/;

/**
 * Whether an event is whole with a record of this type (audit-userspace common.c, audit_is_last_record): PROCTITLE and EOE end those of
 * the kernel, and what programs send comes in one record.
 */
export function endsEvent(type: string): boolean {
  return type === 'EOE' || type === 'PROCTITLE' || ALONE.test(type);
}
