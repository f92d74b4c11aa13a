import { once } from 'node:events';
import { isIP, type Socket } from 'node:net';
import { ProxyFault } from './faults.ts';

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const USERNAME_PASSWORD = 2;
const CONNECT = 1;
const IPV4 = 1;
const DOMAIN_NAME = 3;
const IPV6 = 4;

/**
 * Asks the SOCKS proxy at the other end of the socket to connect to the destination; host names are left for it to
 * resolve. RFC 1928, and RFC 1929 for the credentials.
 * @throws ProxyFault
 */
export async function socks5(
  socket: Socket,
  to: { readonly host: string; readonly port: number },
  credentials: readonly [string, string] | undefined,
  proxy: URL,
): Promise<void> {
  const refuse = (detail: string): never => {
    throw new ProxyFault(proxy, { detail });
  };
  const read = (length: number): Promise<Buffer> => take(socket, length);
  await once(socket, 'connect');
  const methods = credentials ? [NO_AUTHENTICATION, USERNAME_PASSWORD] : [NO_AUTHENTICATION];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await read(2);
  if (version !== VERSION) refuse('not a SOCKS5 proxy');
  if (method === USERNAME_PASSWORD && credentials) {
    const [user, password] = credentials.map((text) => Buffer.from(text));
    const parts = [Buffer.from([1, user!.length]), user!, Buffer.from([password!.length]), password!];
    if (user!.length > 255 || password!.length > 255) refuse('credentials longer than SOCKS5 allows');
    socket.write(Buffer.concat(parts));
    const answer = await read(2);
    if (answer[1] !== 0) refuse('wrong user name or password');
  } else if (method !== NO_AUTHENTICATION) {
    refuse('it wants a way of logging in other than user name and password');
  }
  socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), address(to.host), port(to.port)]));
  const [, reply, , kind] = await read(4);
  if (reply !== 0) refuse(`SOCKS5 reply ${reply}`);
  const length = kind === IPV4 ? 4 : kind === IPV6 ? 16 : (await read(1))[0]!;
  await read(length + 2);
}

function address(host: string): Buffer {
  const family = isIP(host);
  if (family === 4) return Buffer.from([IPV4, ...host.split('.').map(Number)]);
  if (family === 6) return Buffer.concat([Buffer.from([IPV6]), ipv6Bytes(host)]);
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.from([DOMAIN_NAME, name.length]), name]);
}

function ipv6Bytes(host: string): Buffer {
  // The URL parser writes the tail of an IPv4-mapped address in hexadecimal and shortens one run of zeros.
  const [left = '', right] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array.from({ length: zeros }, () => '0'), ...groups(right)];
  return Buffer.from(
    all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
}

function port(number: number): Buffer {
  return Buffer.from([number >> 8, number & 255]);
}

/** Exactly so many bytes; what follows stays in the socket for TLS. */
async function take(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = socket.read(length) as Buffer | null;
    if (bytes !== null && bytes.length === length) return bytes;
    if (socket.readableEnded || socket.destroyed) throw socket.errored ?? new Error('closed by the proxy');
    const done = new AbortController();
    const { signal } = done;
    try {
      await Promise.race(['readable', 'end', 'close'].map((event) => once(socket, event, { signal })));
    } finally {
      // Listeners left behind would keep the socket in paused mode when TLS takes it over.
      done.abort();
    }
  }
}
