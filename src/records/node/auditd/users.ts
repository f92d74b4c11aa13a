/** Names of the node's users by their numbers; what it does not know it says nothing of. */
export type UserNames = (uid: string) => string | undefined;

/** 2³² - 1: nobody logged in (linux/audit.h, AUDIT_UID_UNSET). */
const UNSET = new Set(['', '4294967295', '-1', 'unset']);

export function isSet(uid: string): boolean {
  return !UNSET.has(uid);
}

/** Of the content of /etc/passwd. */
export function userNames(passwd: string): UserNames {
  const names = new Map<string, string>();
  for (const line of passwd.split('\n')) {
    const [name, , uid] = line.split(':', 3);
    if (name !== undefined && uid !== undefined && !names.has(uid)) names.set(uid, name);
  }
  return (uid) => names.get(uid);
}

/** How a user is called in records: by his name, or by his number as `uid:1000`. */
export function userText(uid: string, resolved: string, names: UserNames | undefined): string {
  if (!isSet(uid)) return '';
  const name = resolved === '' || resolved.startsWith('unknown(') ? names?.(uid) : resolved;
  return name ?? (uid === '0' ? 'root' : `uid:${uid}`);
}
