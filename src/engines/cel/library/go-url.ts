import { quoteGo } from '../../../kubernetes/go-text.ts';
import { parseAddress } from './go-address.ts';

/** The parts of a URL as `net/url` keeps them. */
export interface GoUrl {
  readonly scheme: string;
  readonly opaque: string;
  readonly user: string;
  readonly host: string;
  readonly escapedPath: string;
  readonly query: string;
  readonly forceQuery: boolean;
  readonly fragment: string;
}

class Refused extends Error {}

type Mode = 'path' | 'host' | 'zone' | 'user' | 'query';

function isPlain(char: string, mode: Mode): boolean {
  if (/[A-Za-z0-9._~-]/.test(char)) return true;
  if (mode === 'host' || mode === 'zone') return `!$&'()*+,;=:[]<>"`.includes(char);
  return mode === 'path' && '$&+,/:;=@'.includes(char);
}

function decodeEscapes(text: string, mode: Mode): string {
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '%') {
      const code = text.slice(i, i + 3);
      const isHex = /^%[0-9a-fA-F]{2}$/.test(code);
      const lowInHost = mode === 'host' && isHex && Number.parseInt(code[1]!, 16) < 8 && code !== '%25';
      if (!isHex || lowInHost || !allowedInZone(code, mode))
        throw new Refused(`invalid URL escape ${quoteGo(code)}`);
      i += 2;
    } else if ((mode === 'host' || mode === 'zone') && char < '\x80' && !isPlain(char, mode))
      throw new Refused(`invalid character ${quoteGo(char)} in host name`);
  }
  const spaced = mode === 'query' ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  const bytes: number[] = [];
  for (const part of spaced.match(/%..|[^%]+/gs) ?? []) {
    if (part.startsWith('%')) bytes.push(Number.parseInt(part.slice(1), 16));
    else bytes.push(...new TextEncoder().encode(part));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function allowedInZone(code: string, mode: Mode): boolean {
  if (mode !== 'zone' || code === '%25') return true;
  const char = String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return char === ' ' || isPlain(char, 'host');
}

/** `url.ParseRequestURI`, for whether it is an error; a text is the error. */
export function requestUriProblem(text: string): string | undefined {
  const parsed = attempt(text, () => parse(text, true, ''));
  return typeof parsed === 'string' ? parsed : undefined;
}

/** `url.Parse`; a text is the error. */
export function parseUrl(text: string): GoUrl | string {
  return attempt(text, () => {
    const hash = text.indexOf('#');
    const fragment = hash === -1 ? '' : text.slice(hash + 1);
    const parsed = parse(hash === -1 ? text : text.slice(0, hash), false, fragment);
    if (fragment !== '') decodeEscapes(fragment, 'path');
    return parsed;
  });
}

function attempt(text: string, run: () => GoUrl): GoUrl | string {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return `parse ${quoteGo(text)}: ${error.message}`;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what Go refuses.
const CONTROL = /[\x00-\x1f\x7f]/;

function parse(text: string, viaRequest: boolean, fragment: string): GoUrl {
  if (CONTROL.test(text)) throw new Refused('net/url: invalid control character in URL');
  if (text === '' && viaRequest) throw new Refused('empty url');
  const empty = {
    scheme: '',
    opaque: '',
    user: '',
    host: '',
    escapedPath: '',
    query: '',
    forceQuery: false,
    fragment,
  };
  if (text === '*') return { ...empty, escapedPath: '*' };
  const [scheme, afterScheme] = splitScheme(text);
  const forceQuery = /^[^?]*\?$/.test(afterScheme);
  const question = afterScheme.indexOf('?');
  let rest = question === -1 ? afterScheme : afterScheme.slice(0, question);
  const query = question === -1 || forceQuery ? '' : afterScheme.slice(question + 1);
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...empty, scheme, opaque: rest, query, forceQuery };
    if (viaRequest) throw new Refused('invalid URI for request');
    if (rest.split('/')[0]!.includes(':'))
      throw new Refused('first path segment in URL cannot contain colon');
  }
  let user = '';
  let host = '';
  const hasAuthority = scheme !== '' || (!viaRequest && !rest.startsWith('///'));
  if (hasAuthority && rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2);
    const authority = rest.slice(2, slash === -1 ? undefined : slash);
    rest = slash === -1 ? '' : rest.slice(slash);
    [user, host] = parseAuthority(scheme, authority);
  }
  decodeEscapes(rest, 'path');
  return { scheme, opaque: '', user, host, escapedPath: escapePath(rest), query, forceQuery, fragment };
}

function splitScheme(text: string): [scheme: string, rest: string] {
  if (text.startsWith(':')) throw new Refused('missing protocol scheme');
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(text)?.[0];
  return scheme === undefined ? ['', text] : [scheme.toLowerCase(), text.slice(scheme.length + 1)];
}

function parseAuthority(scheme: string, authority: string): [user: string, host: string] {
  const at = authority.lastIndexOf('@');
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at === -1) return ['', host];
  const user = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new Refused('net/url: invalid userinfo');
  decodeEscapes(user, 'user');
  return [`${user}@`, host];
}

function validPort(port: string): boolean {
  return /^(?::[0-9]*)?$/.test(port);
}

function parseHost(scheme: string, host: string): string {
  const open = host.lastIndexOf('[');
  if (open > 0) throw new Refused('invalid IP-literal');
  if (open === 0) return parseLiteral(host);
  const first = host.indexOf(':');
  if (first !== -1) {
    const strict = scheme === 'http' || scheme === 'https';
    const port = host.slice(strict ? first : host.lastIndexOf(':'));
    if (!validPort(port)) throw new Refused(`invalid port ${quoteGo(port)} after host`);
  }
  return decodeEscapes(host, 'host');
}

function parseLiteral(host: string): string {
  const close = host.lastIndexOf(']');
  if (close === -1) throw new Refused("missing ']' in host");
  const port = host.slice(close + 1);
  if (!validPort(port)) throw new Refused(`invalid port ${quoteGo(port)} after host`);
  const name = host.slice(1, close);
  const zone = name.indexOf('%25');
  const address =
    zone === -1
      ? decodeEscapes(name, 'host')
      : decodeEscapes(name.slice(0, zone), 'host') + decodeEscapes(name.slice(zone), 'zone');
  const parsed = parseAddress(address);
  if (typeof parsed === 'string') throw new Refused(`invalid host: ${parsed}`);
  if (parsed.bytes.length === 4) throw new Refused('invalid IP-literal');
  return `[${address}]${port}`;
}

/** The path as it is sent: as written where that is a valid encoding, else escaped anew. */
function escapePath(path: string): string {
  const isValid = [...path].every((char) => `!'()*[]%`.includes(char) || isPlain(char, 'path'));
  if (isValid) return path;
  let out = '';
  for (const byte of new TextEncoder().encode(decodeEscapes(path, 'path'))) {
    const char = String.fromCharCode(byte);
    out +=
      byte < 0x80 && isPlain(char, 'path') ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

export function hostAndPort(host: string): [name: string, port: string] {
  const colon = host.lastIndexOf(':');
  const hasPort = colon !== -1 && validPort(host.slice(colon));
  const name = hasPort ? host.slice(0, colon) : host;
  const port = hasPort ? host.slice(colon + 1) : '';
  return [/^\[.*\]$/s.test(name) ? name.slice(1, -1) : name, port];
}

/** `URL.Query`: pairs that cannot be read are left out. */
export function queryValues(query: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    try {
      const key = decodeEscapes(equals === -1 ? pair : pair.slice(0, equals), 'query');
      const value = decodeEscapes(equals === -1 ? '' : pair.slice(equals + 1), 'query');
      values.set(key, [...(values.get(key) ?? []), value]);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return values;
}

/** What tells two URLs apart (`URL.String`). */
export function urlText(url: GoUrl): string {
  const { scheme, opaque, user, host, escapedPath, query, forceQuery, fragment } = url;
  return JSON.stringify([scheme, opaque, user, host, escapedPath, query, forceQuery, fragment]);
}
