import { type AuditFields, type AuditLine, fieldsOf, isHex } from './line.ts';

export interface ExecutedCommand {
  readonly words: readonly string[];
  /** Words that the event announces and does not hold. */
  readonly missing: number;
}

const ARGUMENT = /^a(\d{1,7})(?:\[(\d{1,7})\])?$/;
/** More words than a kernel takes of small ones (128 KiB of pointers). */
const MOST_WORDS = 1 << 17;

/**
 * The words of EXECVE records, of which an event has several where the command is long. A long word is cut into `a1[0]=… a1[1]=…` after
 * its `a1_len=` (kernel/auditsc.c, audit_log_execve_info). Undefined where the event executes nothing.
 */
export function executedCommand(lines: readonly AuditLine[]): ExecutedCommand | undefined {
  const executions = lines.filter(({ type }) => type === 'EXECVE');
  if (executions.length === 0) return undefined;
  const words = new Map<number, Map<number, string>>();
  let announced = 0;
  for (const line of executions) {
    const fields = fieldsOf(line);
    announced = Math.max(announced, Number(fields.get('argc')?.text ?? 0) || 0);
    collect(fields, words);
  }
  let count = 0;
  for (const index of words.keys()) count = Math.max(count, index + 1);
  const list = Array.from({ length: count }, (_, index) => wordOf(words.get(index)));
  const held = list.filter((word) => word !== undefined).length;
  return {
    words: list.map((word) => word ?? '…'),
    missing: Math.max(0, Math.max(announced, count) - held),
  };
}

function collect(fields: AuditFields, words: Map<number, Map<number, string>>): void {
  for (const [key, value] of fields) {
    const match = ARGUMENT.exec(key);
    if (match === null) continue;
    const index = Number(match[1]);
    if (index >= MOST_WORDS) continue;
    const pieces = words.get(index) ?? new Map<number, string>();
    words.set(index, pieces);
    // Pieces are cut between bytes, not characters: they are put together as bytes.
    const bytes = isHex(value) ? Buffer.from(value.text, 'hex') : Buffer.from(value.text, 'utf8');
    pieces.set(Number(match[2] ?? 0), bytes.toString('latin1'));
  }
}

function wordOf(pieces: ReadonlyMap<number, string> | undefined): string | undefined {
  if (pieces === undefined) return undefined;
  const inOrder = [...pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece);
  return Buffer.from(inOrder.join(''), 'latin1').toString('utf8');
}

/** The command line that /proc shows of a process, cut by the kernel at 128 bytes. */
export function processTitle(lines: readonly AuditLine[]): readonly string[] {
  const title = lines.find(({ type }) => type === 'PROCTITLE');
  const value = title === undefined ? undefined : fieldsOf(title).get('proctitle');
  if (value === undefined || value.text === '(null)') return [];
  const text = isHex(value) ? Buffer.from(value.text, 'hex').toString('utf8') : value.text;
  return text.split('\0').filter((word, index, all) => word !== '' || index < all.length - 1);
}
