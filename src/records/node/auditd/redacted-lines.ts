import { type RedactedWords, redactedText, redactedWords } from '../redacted.ts';
import { type AuditLine, decoded, fieldsOf, isHex } from './line.ts';

/** Fields in which a secret may stand in hexadecimal. */
const ENCODED = ['proctitle', 'cmd', 'data', 'name', 'cwd', 'acct', 'grp'];
/** Records of numbers and names of programs. */
const HARMLESS = new Set(['SYSCALL', 'SOCKADDR', 'EOE', 'BPRM_FCAPS', 'FD_PAIR', 'CAPSET', 'MMAP']);

/**
 * The lines as they came but for secrets: what was in hexadecimal and held one stands in plain text without it, and so does a command
 * whose words hold one together (`--password` and the word after it).
 */
export function redactedLines(
  lines: readonly AuditLine[],
  command: RedactedWords | undefined,
): { readonly lines: readonly string[]; readonly count: number } {
  let count = command?.count ?? 0;
  let isCommandTold = false;
  const redacted = lines.map((line) => {
    if (HARMLESS.has(line.type)) return line.text;
    if (line.type === 'EXECVE' && command !== undefined && command.count > 0) {
      const words = isCommandTold ? [] : command.words;
      isCommandTold = true;
      const told = words.map((word, index) => `a${index}=${JSON.stringify(word)}`);
      return [headerOf(line), ...told].join(' ');
    }
    const plain = withoutEncoded(line);
    const whole = redactedText(plain.text);
    count += plain.count + whole.count;
    return whole.text;
  });
  return { lines: redacted, count };
}

function headerOf({ text, body }: AuditLine): string {
  return text.slice(0, text.length - body.length).trimEnd();
}

function withoutEncoded(line: AuditLine): { readonly text: string; readonly count: number } {
  const outer = fieldsOf(line);
  let text = line.text;
  let count = 0;
  for (const key of ENCODED) {
    if (!text.includes(`${key}=`)) continue;
    const value = outer.get(key) ?? insideOf(line, key);
    if (value === undefined || !isHex(value)) continue;
    const content = decoded(new Map([[key, value]]), key);
    const found = key === 'proctitle' ? redactedTitle(content) : redactedText(content);
    if (found.count === 0) continue;
    text = text.replace(`${key}=${value.text}`, () => `${key}=${JSON.stringify(found.text)}`);
    count += found.count;
  }
  return { text, count };
}

function redactedTitle(content: string) {
  const { words, count } = redactedWords(content.split('\0'));
  return { text: words.join(' '), count };
}

function insideOf(line: AuditLine, key: string) {
  const match = new RegExp(`(?:^|[ '])${key}=([0-9A-F]+)`).exec(line.body);
  return match === null ? undefined : { text: match[1]!, isQuoted: false };
}
