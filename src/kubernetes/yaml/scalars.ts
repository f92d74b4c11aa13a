import { isTimestamp } from './timestamp.ts';

/**
 * How go.yaml.in/yaml/v2 (resolve.go) understands an untagged plain scalar, and what explicit tags do to one.
 * Integers become the nearest double; sigs.k8s.io/yaml keeps 64 bits, which JSON consumers cannot see anyway.
 */
export const tags = {
  null: 'tag:yaml.org,2002:null',
  bool: 'tag:yaml.org,2002:bool',
  str: 'tag:yaml.org,2002:str',
  int: 'tag:yaml.org,2002:int',
  float: 'tag:yaml.org,2002:float',
  timestamp: 'tag:yaml.org,2002:timestamp',
  binary: 'tag:yaml.org,2002:binary',
  merge: 'tag:yaml.org,2002:merge',
} as const;

/** What a scalar means; `uint64` marks integers above the signed range, which upstream refuses as keys. */
export type ScalarKind =
  | 'null'
  | 'bool'
  | 'int'
  | 'uint64'
  | 'float'
  | 'timestamp'
  | 'str'
  | 'merge'
  | 'other';

export interface Resolved {
  kind: ScalarKind;
  value: string | number | boolean | null;
  /** The decimal digits of an integer that a double does not hold, for its use as a key. */
  exact?: string;
}

const words = new Map<string, Resolved>();
function define(kind: ScalarKind, value: Resolved['value'], names: string): void {
  for (const name of names.split(' ')) words.set(name, { kind, value });
}
define('bool', true, 'y Y yes Yes YES true True TRUE on On ON');
define('bool', false, 'n N no No NO false False FALSE off Off OFF');
define('null', null, '~ null Null NULL');
define('float', Number.NaN, '.nan .NaN .NAN');
define('float', Number.POSITIVE_INFINITY, '.inf .Inf .INF +.inf +.Inf +.INF');
define('float', Number.NEGATIVE_INFINITY, '-.inf -.Inf -.INF');
const nothing: Resolved = { kind: 'null', value: null };

/** Go's strconv.ParseFloat on a text that starts with a dot: digits may be separated by single underscores. */
const dotFloat = /^\.\d+(?:_\d+)*(?:[eE][-+]?\d+(?:_\d+)*)?$/;
const yamlFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;

/** The meaning of an untagged plain scalar. */
export function resolvePlain(text: string): Resolved {
  if (text === '') return nothing;
  const first = text.charCodeAt(0);
  if ((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d) {
    return words.get(text) ?? (isTimestamp(text) ? { kind: 'timestamp', value: text } : resolveNumber(text));
  }
  // Only these can start a word that means something else than itself: yYnNtTfFoO~ and the dot.
  if (first === 0x2e) return words.get(text) ?? resolveDotFloat(text);
  return words.get(text) ?? { kind: 'str', value: text };
}

function resolveDotFloat(text: string): Resolved {
  if (dotFloat.test(text)) {
    const value = Number(text.replaceAll('_', ''));
    if (Number.isFinite(value)) return { kind: 'float', value };
  }
  return { kind: 'str', value: text };
}

function resolveNumber(text: string): Resolved {
  const plain = text.replaceAll('_', '');
  const match = integer.exec(plain);
  if (match !== null) {
    const [, sign, hex, binary, octal, decimal] = match;
    if (decimal !== undefined && decimal.length < 16) {
      return { kind: 'int', value: sign === '-' ? 0 - Number(decimal) : Number(decimal) };
    }
    const magnitude = BigInt(
      hex !== undefined
        ? `0x${hex}`
        : binary !== undefined
          ? `0b${binary}`
          : octal !== undefined
            ? `0o${octal}`
            : (decimal as string),
    );
    if (sign === '-' ? magnitude <= 2n ** 63n : magnitude < 2n ** 63n) {
      const signed = sign === '-' ? -magnitude : magnitude;
      return { kind: 'int', value: Number(signed), exact: String(signed) };
    }
    if (sign === '' && magnitude < 2n ** 64n) return { kind: 'uint64', value: Number(magnitude) };
  }
  if (yamlFloat.test(plain)) {
    const value = Number(plain);
    if (Number.isFinite(value)) return { kind: 'float', value };
  }
  return { kind: 'str', value: text };
}

const kindOfTag = new Map<string, ScalarKind>([
  [tags.null, 'null'],
  [tags.bool, 'bool'],
  [tags.int, 'int'],
  [tags.float, 'float'],
  [tags.timestamp, 'timestamp'],
]);

/**
 * The meaning of a scalar with an explicit tag (`''` for none but implicit).
 * A string answer is the problem upstream reports when the text does not fit the tag.
 */
export function resolveTagged(tag: string, text: string): Resolved | string {
  if (tag === '') return resolvePlain(text);
  if (tag === tags.str) return { kind: 'str', value: text };
  if (tag === tags.binary) return decodeBase64(text) ?? '!!binary value contains invalid base64 data';
  const wanted = kindOfTag.get(tag);
  if (wanted === undefined) return { kind: 'other', value: text };
  const found = resolveWanted(wanted, text);
  if (found.kind === wanted || (wanted === 'int' && found.kind === 'uint64')) return found;
  if (wanted === 'float' && found.kind === 'int') return { kind: 'float', value: found.value };
  const name = found.kind === 'uint64' ? 'int' : found.kind;
  return `cannot decode !!${name} \`${text}\` as a !!${wanted}`;
}

/** A timestamp is looked for only where nothing else was asked for. */
function resolveWanted(wanted: ScalarKind, text: string): Resolved {
  const found = resolvePlain(text);
  if (found.kind === 'timestamp' && wanted !== 'timestamp') return resolveNumber(text);
  return found;
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Go's base64.StdEncoding: padding required, line breaks ignored; the bytes are then read as UTF-8. */
function decodeBase64(text: string): Resolved | undefined {
  const digits = text.replace(/[\r\n]/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < digits.length; i += 4) {
    let bits = 0;
    for (let k = 0; k < 4; k++)
      bits = (bits << 6) | Math.max(0, base64Digits.indexOf(digits[i + k] as string));
    bytes.push((bits >> 16) & 255);
    if (digits[i + 2] !== '=') bytes.push((bits >> 8) & 255);
    if (digits[i + 3] !== '=') bytes.push(bits & 255);
  }
  return { kind: 'str', value: decodeAsGo(bytes) };
}

/** UTF-8 as Go ranges over a string: every byte that is not part of a valid sequence is one U+FFFD. */
function decodeAsGo(bytes: number[]): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const b = bytes[i] as number;
    const width = b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
    try {
      text += strict.decode(Uint8Array.from(bytes.slice(i, i + width)));
      i += width;
    } catch {
      text += '\ufffd';
      i++;
    }
  }
  return text;
}

/** A float key as sigs.k8s.io/yaml writes it: strconv.FormatFloat(key, 'g', -1, 32), infinities in YAML's notation. */
export function formatFloatKey(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  let shortest = single.toExponential(8);
  for (let digits = 0; digits < 8; digits++) {
    const candidate = single.toExponential(digits);
    if (Math.fround(Number(candidate)) === single) {
      shortest = candidate;
      break;
    }
  }
  const [mantissa, power] = shortest.split('e') as [string, string];
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 6) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return String(Number(shortest));
}
