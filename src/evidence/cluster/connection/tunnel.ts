import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { ProxyFault } from './faults.ts';
import { hostOf, portOf } from './proxy.ts';
import { socks5 } from './socks5.ts';

/** Where a tunnel leads. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

export interface TunnelOptions {
  readonly proxy: URL;
  /** Milliseconds until the tunnel must stand. */
  readonly timeout: number;
  /** What an `https` proxy has to prove itself by. */
  readonly trust: SecureContext;
}

/**
 * A connection through the proxy, ready for TLS with the server. The proxy gets its own credentials, never the user's.
 * @throws ProxyFault
 */
export async function openTunnel(to: Destination, options: TunnelOptions): Promise<Socket> {
  const { proxy } = options;
  try {
    return await (proxy.protocol.startsWith('socks5') ? throughSocks(to, options) : throughHttp(to, options));
  } catch (error) {
    throw error instanceof ProxyFault ? error : new ProxyFault(proxy, { cause: error });
  }
}

/** RFC 9110, section 9.3.6. */
function throughHttp({ host, port }: Destination, options: TunnelOptions): Promise<Socket> {
  const { proxy, timeout, trust } = options;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const credentials = credentialsOf(proxy);
  const send = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send({
      method: 'CONNECT',
      host: hostOf(proxy),
      port: portOf(proxy),
      path: authority,
      agent: false,
      timeout,
      headers: {
        host: authority,
        ...(credentials && {
          'proxy-authorization': `Basic ${Buffer.from(credentials.join(':')).toString('base64')}`,
        }),
      },
      ...(proxy.protocol === 'https:' && { secureContext: trust }),
    });
    request.once('timeout', () => request.destroy(new ProxyFault(proxy, { timeout })));
    request.once('error', reject);
    request.once('response', (response) => {
      response.resume();
      request.destroy(new ProxyFault(proxy, { status: response.statusCode ?? 0 }));
    });
    request.once('connect', (response, socket, head) => {
      socket.setTimeout(0);
      if (response.statusCode !== 200) {
        socket.destroy();
        reject(new ProxyFault(proxy, { status: response.statusCode ?? 0 }));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket as Socket);
    });
    request.end();
  });
}

async function throughSocks(to: Destination, { proxy, timeout }: TunnelOptions): Promise<Socket> {
  const socket = connect({ host: hostOf(proxy), port: portOf(proxy) });
  const timer = setTimeout(() => socket.destroy(new ProxyFault(proxy, { timeout })), timeout);
  try {
    await socks5(socket, to, credentialsOf(proxy), proxy);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function credentialsOf(proxy: URL): [string, string] | undefined {
  if (proxy.username === '' && proxy.password === '') return undefined;
  return [decodeURIComponent(proxy.username), decodeURIComponent(proxy.password)];
}
