/** What a message cannot be read for. */
export class ProtobufError extends Error {}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** One field of a message: its number and its value as it lies there. */
export interface Field {
  readonly number: number;
  /** Of varints and fixed ones. */
  readonly integer: bigint;
  /** Of texts, bytes and messages; of others their own bytes. */
  readonly bytes: Buffer;
}

/**
 * The fields of a message in protobuf's wire format (protobuf.dev/programming-guides/encoding), unknown ones included. Groups, which
 * proto3 has not, and anything that reaches beyond its message throw ProtobufError.
 */
export function* fieldsIn(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new ProtobufError('cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('a varint of more than ten bytes');
  };
  /** Tags and lengths, without the cost of a bigint. */
  const small = (): number => {
    const first = message[at];
    if (first !== undefined && first < 0x80) {
      at++;
      return first;
    }
    const value = varint();
    if (value > 0xffff_ffffn) throw new ProtobufError('a length beyond its message');
    return Number(value);
  };
  const take = (length: number): Buffer => {
    if (length > message.length - at) throw new ProtobufError('cut off');
    at += length;
    return message.subarray(at - length, at);
  };
  const NONE = Buffer.alloc(0);
  while (at < message.length) {
    const tag = small();
    const number = tag >>> 3;
    if (number === 0) throw new ProtobufError('a field of number 0');
    switch (tag & 7) {
      case VARINT:
        yield { number, integer: varint(), bytes: NONE };
        break;
      case FIXED64: {
        const bytes = take(8);
        yield { number, integer: bytes.readBigUInt64LE(), bytes };
        break;
      }
      case BYTES:
        yield { number, integer: 0n, bytes: take(small()) };
        break;
      case FIXED32: {
        const bytes = take(4);
        yield { number, integer: BigInt(bytes.readUInt32LE()), bytes };
        break;
      }
      default:
        throw new ProtobufError('a wire type that proto3 has not');
    }
  }
}

export function varintField(number: number, value: number): Buffer {
  return Buffer.concat([varintBytes(number << 3), varintBytes(value)]);
}

export function bytesField(number: number, content: Buffer): Buffer {
  return Buffer.concat([varintBytes((number << 3) | BYTES), varintBytes(content.length), content]);
}

function varintBytes(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}
