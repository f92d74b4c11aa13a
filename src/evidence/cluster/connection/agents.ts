import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, createSecureContext, type PeerCertificate, type SecureContext } from 'node:tls';
import { type Destination, openTunnel, type TunnelOptions } from './tunnel.ts';

/** How every connection to the server is made, whoever asks. */
export interface Route {
  readonly server: URL;
  readonly destination: Destination;
  /** Trusted authorities, PEM. */
  readonly authorities: readonly (string | Buffer)[];
  /** `insecure-skip-tls-verify`. */
  readonly insecure: boolean;
  /** Name to ask for and to verify; empty: the host of the URL. */
  readonly serverName: string;
  readonly proxy: URL | undefined;
  readonly connectTimeout: number;
}

/** PEM, in memory only. */
export interface ClientCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

type Agent = HttpAgent | HttpsAgent;
type Created = (error: Error | null, socket?: Duplex) => void;

const OPTIONS = {
  keepAlive: true,
  // Over a slow line the first address needs longer than Node's 250 ms before the next is tried.
  autoSelectFamilyAttemptTimeout: 2_500,
};

class TunnelHttpAgent extends HttpAgent {
  readonly #open: () => Promise<Duplex>;

  constructor(open: () => Promise<Duplex>) {
    super(OPTIONS);
    this.#open = open;
  }

  override createConnection(_: ClientRequestArgs, created: Created): undefined {
    this.#open().then(
      (socket) => created(null, socket),
      (error: Error) => created(error),
    );
  }
}

class TunnelHttpsAgent extends HttpsAgent {
  readonly #open: () => Promise<Duplex>;

  constructor(options: object, open: () => Promise<Duplex>) {
    super(options);
    this.#open = open;
  }

  override createConnection(options: ClientRequestArgs, created: Created): undefined {
    this.#open().then(
      (socket) =>
        created(null, super.createConnection({ ...options, socket } as ClientRequestArgs) as Duplex),
      (error: Error) => created(error),
    );
  }
}

/**
 * Connections that are kept for the next request, apart for each client certificate: what was opened as one user is
 * never used as another or as a stranger.
 */
export class Agents {
  readonly #route: Route;
  #trust: SecureContext | undefined;
  #anonymous: Agent | undefined;
  #current: { readonly certificate: ClientCertificate | undefined; readonly agent: Agent } | undefined;

  constructor(route: Route) {
    this.#route = route;
  }

  /** @throws an error of OpenSSL where certificate and key are not usable */
  forLogin(certificate: ClientCertificate | undefined): Agent {
    if (this.#current?.certificate === certificate && this.#current !== undefined) return this.#current.agent;
    const agent = this.#make(certificate);
    // Requests under way end on the connections that they have.
    if (this.#current !== undefined) this.#current.agent.maxFreeSockets = 0;
    this.#current = { certificate, agent };
    return agent;
  }

  forStranger(): Agent {
    this.#anonymous ??= this.#make(undefined);
    return this.#anonymous;
  }

  /** A connection through the proxy, where there is one. */
  tunnel(): Promise<Duplex> | undefined {
    const { proxy, destination, connectTimeout: timeout } = this.#route;
    if (proxy === undefined) return undefined;
    this.#trust ??= createSecureContext({ ca: [...this.#route.authorities] });
    const options: TunnelOptions = { proxy, timeout, trust: this.#trust };
    return openTunnel(destination, options);
  }

  destroy(): void {
    this.#current?.agent.destroy();
    this.#anonymous?.destroy();
  }

  #make(certificate: ClientCertificate | undefined): Agent {
    const { server, proxy, authorities, insecure, serverName } = this.#route;
    const open = proxy === undefined ? undefined : (): Promise<Duplex> => this.tunnel() as Promise<Duplex>;
    if (server.protocol === 'http:') {
      return open === undefined ? new HttpAgent(OPTIONS) : new TunnelHttpAgent(open);
    }
    const secureContext = createSecureContext({
      minVersion: 'TLSv1.2',
      ...(authorities.length > 0 && { ca: [...authorities] }),
      ...certificate,
    });
    const options = {
      ...OPTIONS,
      secureContext,
      rejectUnauthorized: !insecure,
      ...verifiedName(serverName),
    };
    return open === undefined ? new HttpsAgent(options) : new TunnelHttpsAgent(options, open);
  }
}

/** `tls-server-name`; an address can be verified but not asked for (RFC 6066, section 3). */
function verifiedName(name: string): object {
  if (name === '') return {};
  if (isIP(name) === 0) return { servername: name };
  const verify = (_: string, certificate: PeerCertificate): Error | undefined =>
    checkServerIdentity(name, certificate);
  return { servername: '', checkServerIdentity: verify };
}
