import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { INDEX_NAME } from './format.ts';
import { BLOCK_BYTES, readTarHeader } from './tar.ts';

/** Whether a path of the command line names a bundle: what is called `.kse` and is no folder, and a file that begins like one. */
export function isBundle(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (/\.kse$/i.test(path)) return !stats?.isDirectory();
  return stats?.isFile() === true && beginsLikeBundle(path);
}

function beginsLikeBundle(path: string): boolean {
  const header = Buffer.alloc(BLOCK_BYTES);
  try {
    const descriptor = openSync(path, 'r');
    try {
      return readSync(descriptor, header) === BLOCK_BYTES && readTarHeader(header)?.name === INDEX_NAME;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Whoever reads it next says why it cannot be read.
    return false;
  }
}
