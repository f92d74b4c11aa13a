import { isObject } from '../../../kubernetes/json.ts';
import { Refusal } from '../refusal.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

export const BULK_ACTIONS = ['index', 'create', 'update', 'delete'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** One operation of a bulk request. */
export interface BulkItem {
  readonly action: BulkAction;
  readonly index: string;
  /** Empty where Elasticsearch would make one up. */
  readonly id: string;
  /** The document's line as it came; `delete` has none. */
  readonly source: Uint8Array | undefined;
}

/** More would make an answer that is many times the request. */
const MOST_ITEMS = 65_536;

/**
 * Reads newline-delimited JSON as Elasticsearch does (org.elasticsearch.action.bulk.BulkRequestParser): empty lines between operations are
 * skipped, lines may end in a carriage return too, and an action line that cannot be read refuses the whole request, because nobody
 * knows which line comes next. More lenient than there: the last line break may be missing, and so may the index.
 * Throws Refusal.
 */
export function bulkItems(bytes: Uint8Array, defaultIndex: string): BulkItem[] {
  const items: BulkItem[] = [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Senders repeat the same action line.
  let lastLine: Uint8Array = new Uint8Array(0);
  let last: Omit<BulkItem, 'source'> | undefined;
  let at = 0;
  let number = 0;
  const next = (): Buffer | undefined => {
    if (at >= buffer.length) return undefined;
    const found = buffer.indexOf(NEWLINE, at);
    const end = found < 0 ? buffer.length : found;
    const line = buffer.subarray(at, end > at && buffer[end - 1] === RETURN ? end - 1 : end);
    at = end + 1;
    number++;
    return line;
  };
  for (let line = next(); line !== undefined; line = next()) {
    if (isBlank(line)) continue;
    if (last === undefined || !line.equals(lastLine)) {
      last = actionOf(line, number, defaultIndex);
      lastLine = line;
    }
    const source = last.action === 'delete' ? undefined : next();
    if (last.action !== 'delete' && source === undefined) {
      throw new Refusal('malformed', `The bulk request ends after action/metadata line [${number}]`);
    }
    if (items.length >= MOST_ITEMS) {
      throw new Refusal('too-large', `a bulk request may have ${MOST_ITEMS} operations`);
    }
    items.push({ ...last, source });
  }
  return items;
}

function isBlank(line: Uint8Array): boolean {
  for (const byte of line) if (byte !== 0x20 && byte !== 0x09) return false;
  return true;
}

function actionOf(line: Buffer, number: number, defaultIndex: string): Omit<BulkItem, 'source'> {
  const malformed = (problem: string): Refusal =>
    new Refusal('malformed', `Malformed action/metadata line [${number}], ${problem}`);
  let value: unknown;
  try {
    value = JSON.parse(line.toString('utf8'));
  } catch {
    throw malformed('expected JSON');
  }
  if (!isObject(value)) throw malformed('expected an object');
  const [entry] = Object.entries(value);
  const action = BULK_ACTIONS.find((each) => each === entry?.[0]);
  if (action === undefined) throw malformed('expected field [create], [delete], [index] or [update]');
  const fields = entry?.[1];
  if (!isObject(fields)) throw malformed('expected the action to be an object');
  return { action, index: textOf(fields['_index']) || defaultIndex, id: textOf(fields['_id']) };
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
