/** Where Linux begins to choose ports for clients (net.ipv4.ip_local_port_range). */
export const EPHEMERAL = 32_768;

/** Different ports of the other end with which a port has to be seen to be the server's. */
const ENOUGH = 3;
const MOST_CANDIDATES = 400_000;

/** Two ends and their ports, in the direction of a line. */
export interface Line {
  /** What tells the ends apart, and the protocol. */
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
  readonly sourcePort: number;
}

export type ServerEnd = 'source' | 'destination';

/**
 * Tells by many lines between two ends which port is the server's: clients choose another one for each connection, while the server's
 * stays the same.
 */
export class Conversations {
  /** Ports of the other end by the end and port that may be the server's, until they are enough. */
  readonly #candidates = new Map<string, readonly number[]>();

  serverOf(line: Line): ServerEnd | undefined {
    const [source, destination] = [this.#isServer(sourceKey(line)), this.#isServer(destinationKey(line))];
    if (source === destination) return undefined;
    return source ? 'source' : 'destination';
  }

  /** Takes one more line into account. False where there are too many to keep. */
  note(line: Line): boolean {
    // Whatever a known server speaks with is a port of a client's.
    if (this.serverOf(line) !== undefined) return true;
    const hasSource = this.#put(sourceKey(line), line.port);
    return this.#put(destinationKey(line), line.sourcePort) && hasSource;
  }

  #isServer(key: string): boolean {
    return (this.#candidates.get(key)?.length ?? 0) >= ENOUGH;
  }

  #put(key: string, port: number): boolean {
    const known = this.#candidates.get(key);
    if (known === undefined && this.#candidates.size >= MOST_CANDIDATES) return false;
    if (known === undefined) this.#candidates.set(key, [port]);
    else if (known.length < ENOUGH && !known.includes(port)) this.#candidates.set(key, [...known, port]);
    return true;
  }
}

function sourceKey({ from, to, protocol, sourcePort }: Line): string {
  return `${protocol} ${sourcePort} ${from} ${to}`;
}

function destinationKey({ from, to, protocol, port }: Line): string {
  return `${protocol} ${port} ${to} ${from}`;
}
