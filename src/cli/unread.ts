import type { Unread } from '../evidence/manifests/index.ts';
import { type Context, say } from './context.ts';

/** How many are named; a folder of templates can have one in each file. */
const NAMED = 20;

/** Names on standard error the documents and files that were not read, with the reasons. */
export function sayUnread(context: Context, unread: readonly Unread[]): void {
  if (unread.length === 0) return;
  const places = unread.slice(0, NAMED).map(({ file, line, path, reason, detail }) => {
    const place = `${file}${line === undefined ? '' : `:${line}`}${path ? `, ${path}` : ''}`;
    return `${place} (${reason}${detail === undefined ? '' : `: ${detail}`})`;
  });
  const { length: count } = unread;
  say(context, context.words.warning.notRead({ count, places: places.join('; '), more: count > NAMED }));
}
