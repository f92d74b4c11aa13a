/** SHA-256 (FIPS 180-4) without platform modules, for short texts. */

const ROUND_CONSTANTS = fractionalCubeRoots(64);
const INITIAL = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** The first 32 bits of the fractional parts of the cube roots of the first `count` primes (FIPS 180-4, 4.2.2). */
function fractionalCubeRoots(count: number): Int32Array {
  const roots = new Int32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate && prime; divisor++)
      prime = candidate % divisor !== 0;
    if (prime) roots[found++] = (Math.cbrt(candidate) * 2 ** 32) | 0;
  }
  return roots;
}

const encoder = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Hashes texts one after the other; an instance keeps its buffers, so that many short texts are cheap. */
export class Sha256 {
  readonly #schedule = new Int32Array(64);
  readonly #state = new Int32Array(8);
  #bytes = new Uint8Array(1024);

  /** The first `bits` (a multiple of 32, at most 256) of the digest of the text's UTF-8 bytes, in hexadecimal. */
  hex(text: string, bits: number): string {
    this.#digest(text);
    let hex = '';
    for (let word = 0; word < bits / 32; word++) {
      const value = this.#state[word]!;
      hex += HEX[value >>> 24]! + HEX[(value >>> 16) & 255]! + HEX[(value >>> 8) & 255]! + HEX[value & 255]!;
    }
    return hex;
  }

  #digest(text: string): void {
    const room = text.length * 3 + 72;
    if (this.#bytes.length < room) this.#bytes = new Uint8Array(room * 2);
    const bytes = this.#bytes;
    const length = encoder.encodeInto(text, bytes).written;
    const blocks = (length + 8 + 64) >>> 6;
    bytes.fill(0, length, blocks * 64);
    bytes[length] = 0x80;
    const size = new DataView(bytes.buffer);
    size.setUint32(blocks * 64 - 8, Math.floor(length / 2 ** 29));
    size.setUint32(blocks * 64 - 4, (length << 3) >>> 0);
    this.#state.set(INITIAL);
    for (let block = 0; block < blocks; block++) this.#compress(bytes, block * 64);
  }

  #compress(bytes: Uint8Array, offset: number): void {
    const w = this.#schedule;
    for (let i = 0, at = offset; i < 16; i++, at += 4) {
      w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
    }
    const state = this.#state;
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i]! + w[i]!) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] = (state[0]! + a) | 0;
    state[1] = (state[1]! + b) | 0;
    state[2] = (state[2]! + c) | 0;
    state[3] = (state[3]! + d) | 0;
    state[4] = (state[4]! + e) | 0;
    state[5] = (state[5]! + f) | 0;
    state[6] = (state[6]! + g) | 0;
    state[7] = (state[7]! + h) | 0;
  }
}
