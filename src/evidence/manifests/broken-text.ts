import { oneLine, type UnreadReason } from './evidence.ts';

/** As much of a broken document as is searched for its kind and name. */
const HEAD_BYTES = 8 * 1024;

/** "Kind namespace/name" as far as the text of a document that does not parse shows them. */
export function guessSubject(bytes: Uint8Array): string | undefined {
  const head = decode(bytes.subarray(0, HEAD_BYTES));
  const kind = /^kind: *["']?([A-Za-z]{1,80})["']?\s*$/m.exec(head)?.[1];
  const metadata = head.split(/^metadata:\s*$/m)[1] ?? '';
  const lines = metadata.split(/\n(?=\S)/, 1)[0] ?? '';
  const name = /^ {1,8}name: *["']?([^\s"'{}]{1,253})["']?\s*$/m.exec(lines)?.[1];
  const namespace = /^ {1,8}namespace: *["']?([^\s"'{}]{1,63})["']?\s*$/m.exec(lines)?.[1];
  if (kind === undefined) return undefined;
  if (name === undefined) return kind;
  return oneLine(`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`);
}

/** Whether text holds `{{` outside of quotes and comments, as Helm, Jinja and Go templates do. */
export function hasTemplateDirectives(bytes: Uint8Array): boolean {
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('{{') < 0) return false;
  for (const line of decode(bytes).split('\n')) {
    const at = line.indexOf('{{');
    if (at >= 0 && !quotedOrCommented(line.slice(0, at))) return true;
  }
  return false;
}

function quotedOrCommented(before: string): boolean {
  let quote = '';
  for (let i = 0; i < before.length; i++) {
    const character = before[i]!;
    if (quote !== '') {
      if (character === '\\' && quote === '"') i++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '#' && (i === 0 || before[i - 1] === ' ')) return true;
  }
  return quote !== '';
}

/** Whether broken text may hold a Kubernetes object: none does without one of the two fields that every object has. */
export function mayHoldObject(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return text.includes('apiVersion') || text.includes('"kind"') || text.includes('\\u') || text.includes(0);
}

/** The reason that a YAML reader's message stands for. */
export function reasonOfYamlError(message: string, bytes: Uint8Array): UnreadReason {
  if (/utf-?8|utf-?16/i.test(message)) return 'invalid-utf8';
  if (/depth|nest|deep/i.test(message)) return 'too-deep';
  if (/excessive|too (?:large|many|long)|limit/i.test(message)) return 'too-large';
  return hasTemplateDirectives(bytes) ? 'template-not-rendered' : 'invalid-yaml';
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
