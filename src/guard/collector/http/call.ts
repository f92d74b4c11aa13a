import type { IncomingMessage } from 'node:http';
import type { Body } from './body.ts';

/** A request as the inlets see it. */
export interface Call {
  readonly method: string;
  /** Decoded segments of the path; `/` has none. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The sender's address: what limits are counted by. */
  readonly client: string;
  /** Throws Refusal. What it holds is given back when the call is answered. */
  body(): Promise<Body>;
}

const LONGEST_URL = 4096;

/** Undefined for a target that is none. */
export function targetOf(url: string): { path: readonly string[]; query: URLSearchParams } | undefined {
  if (url.length > LONGEST_URL || !url.startsWith('/')) return undefined;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  try {
    return {
      path: path
        .split('/')
        .filter((part) => part !== '')
        .map(decodeURIComponent),
      query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    };
  } catch {
    return undefined;
  }
}
