import { hash } from 'node:crypto';

/**
 * The key of a record: the same whatever way it came, and not to be guessed or made to collide, since whoever could do so would have
 * another's event dropped as a double. Parts are told apart by their lengths. 128 bits of SHA-256 in 22 characters.
 */
export function keyOf(...parts: readonly (string | number)[]): string {
  let text = '';
  for (const part of parts) {
    const each = String(part);
    text += `${each.length}:${each}`;
  }
  return hash('sha256', text, 'base64url').slice(0, 22);
}
