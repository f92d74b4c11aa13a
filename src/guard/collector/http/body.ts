import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Budget } from '../budget.ts';
import { Refusal } from '../refusal.ts';

export interface BodyLimits {
  /** Of a body after it is unpacked. */
  readonly maxBodyBytes: number;
  /** Milliseconds without a byte. */
  readonly idleTimeout: number;
}

export interface Body {
  readonly bytes: Buffer;
  /** As they came over the wire. */
  readonly received: number;
  /** Gives back what it held of the budget; to be called once its events are stored or refused. */
  release(): void;
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  // Node has had it since 22.15; without it a sender is told what it may use instead.
  ...('createZstdDecompress' in zlib
    ? { zstd: (zlib as unknown as { createZstdDecompress(): Transform }).createZstdDecompress }
    : {}),
};
export const ENCODINGS = Object.keys(DECODERS)
  .filter((name) => !name.startsWith('x-'))
  .join(', ');

/**
 * Reads a body as far as limits let it: bytes count against the budget as they come, unpacked ones too, so that neither many slow
 * senders nor packed bombs hold more than it. After a refusal the rest is left unread; answering and hanging up is the caller's.
 * Throws Refusal.
 */
export function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  budget: Budget,
  client: string,
): Promise<Body> {
  const declared = Number(request.headers['content-length'] ?? 0);
  const decoder = decoderOf(request);
  if (decoder === undefined && declared > limits.maxBodyBytes) throw tooLarge(limits);
  if (!budget.fits(client, declared)) throw busy();
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let held = 0;
    let received = 0;
    let moved = Date.now();
    const source: Readable = decoder ?? request;
    const release = (): void => {
      budget.release(client, held);
      held = 0;
    };
    const leave = (): void => {
      clearInterval(idle);
      request.off('data', count).off('close', closed).off('error', closed);
      source.off('data', keep).off('end', end);
      if (decoder !== undefined) request.unpipe(decoder);
      decoder?.destroy();
    };
    const fail = (refusal: Refusal): void => {
      leave();
      release();
      request.pause();
      reject(refusal);
    };
    const count = (piece: Buffer): void => {
      received += piece.length;
      moved = Date.now();
    };
    const keep = (piece: Buffer): void => {
      if (held + piece.length > limits.maxBodyBytes) {
        fail(tooLarge(limits));
        return;
      }
      if (!budget.fits(client, piece.length)) {
        fail(busy());
        return;
      }
      budget.hold(client, piece.length);
      held += piece.length;
      pieces.push(piece);
    };
    const end = (): void => {
      leave();
      resolve({
        bytes: pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces),
        received,
        release,
      });
    };
    const closed = (): void => {
      if (!request.complete) fail(new Refusal('aborted', 'the body was cut off'));
    };
    const idle = setInterval(() => {
      if (!request.complete && Date.now() - moved > limits.idleTimeout) {
        fail(new Refusal('too-slow', `no byte came for ${limits.idleTimeout} ms`));
      }
    }, limits.idleTimeout / 4);
    decoder?.once('error', () => fail(new Refusal('malformed', 'the body does not unpack')));
    request.on('data', count).on('close', closed).on('error', closed);
    source.on('data', keep).on('end', end);
    if (decoder !== undefined) request.pipe(decoder);
  });
}

function decoderOf(request: IncomingMessage): Transform | undefined {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return undefined;
  const make = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (make === undefined)
    throw new Refusal('encoding', `this Content-Encoding is not known; known: ${ENCODINGS}`);
  return make();
}

const tooLarge = (limits: BodyLimits): Refusal =>
  new Refusal('too-large', `a body may have ${limits.maxBodyBytes} bytes`);

const busy = (): Refusal => new Refusal('busy', 'more requests are being stored than there is room for');
