import { isRefusal, type Root } from './root.ts';

const MAX_BYTES = 4 << 20;

/** Names by id of /etc/passwd or /etc/group; empty where the node has none. */
export function namesById(root: Root, path: '/etc/passwd' | '/etc/group'): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const bytes = root.read(path, MAX_BYTES);
  if (isRefusal(bytes)) return names;
  for (const line of bytes.toString('utf8').split('\n')) {
    const [name, , id] = line.split(':');
    // The first entry of an id is the one that the system shows.
    if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
