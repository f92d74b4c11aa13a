import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed where it is JSON, else the text. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
  readonly body: any;
}

export interface RequestOptions {
  /** Of the body; application/json where not given. A body that is text or bytes is sent as it is. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** A bearer token, instead of the client certificate. */
  readonly token?: string;
  /** Milliseconds, 60000 where not given. */
  readonly timeout?: number;
  /** The address that the request comes from: all of 127.0.0.0/8 is this machine's on Linux. */
  readonly localAddress?: string;
  /** No client certificate is shown, though there is no token either. */
  readonly anonymous?: boolean;
}

export type Requester = (
  method: string,
  path: string,
  body?: unknown,
  options?: RequestOptions,
) => Promise<ApiAnswer>;

/** Asks a server of the PKI, as the owner of the certificate `client`; any answer is one, also a refusal. */
export function requester(server: string, pki: string, client: string, authority = 'ca'): Requester {
  const ca = readFileSync(join(pki, `${authority}.crt`));
  const credentials = {
    cert: readFileSync(join(pki, `${client}.crt`)),
    key: readFileSync(join(pki, `${client}.key`)),
  };
  const agents = {
    certificate: new Agent({ keepAlive: true, maxSockets: 16, ca, ...credentials }),
    token: new Agent({ keepAlive: true, maxSockets: 16, ca }),
  };
  return (method, path, body, options = {}) =>
    new Promise((resolve, reject) => {
      const raw = typeof body === 'string' || body instanceof Uint8Array;
      const sent = body === undefined ? undefined : raw ? body : JSON.stringify(body);
      const asked = httpsRequest(
        new URL(path, server),
        {
          method,
          agent: options.token === undefined && !options.anonymous ? agents.certificate : agents.token,
          timeout: options.timeout ?? 60_000,
          ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
          headers: {
            accept: 'application/json',
            ...(sent === undefined
              ? {}
              : {
                  'content-type': options.contentType ?? 'application/json',
                  'content-length': Buffer.byteLength(sent),
                }),
            ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
            ...options.headers,
          },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            const json = /^application\/([a-z.]+\+)?json/.test(answer.headers['content-type'] ?? '');
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              body: json && text !== '' ? JSON.parse(text) : text,
            });
          });
        },
      );
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer in time`)));
      asked.on('error', reject);
      asked.end(sent);
    });
}
