/**
 * A process that sends like API servers: bodies of the audit webhook over TLS with a client certificate, each connection one at a
 * time, again until it is acknowledged. Settings come as JSON in the first argument; what it did goes to standard output as JSON.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { BATCH, cast, molds } from './molds.ts';

export interface SenderSettings {
  readonly url: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly connections: number;
  /** Ends after so many events, a multiple of BATCH, or so many seconds, whichever comes first. */
  readonly events: number;
  readonly seconds: number;
  /** The number of the first event, and of what made up the bodies. */
  readonly first: number;
  readonly seed: number;
  /** Microseconds since the epoch of the first event, and between two. */
  readonly from: number;
  readonly step: number;
  /** Events a second at most; 0: as fast as it goes. */
  readonly rate: number;
}

export interface Sent {
  readonly events: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly cpu: number;
  /** Answers that told it to come again. */
  readonly refused: number;
  /** Milliseconds from the request to its acknowledgement: half of them, and the slowest of a hundred. */
  readonly median: number;
  readonly p99: number;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as SenderSettings;
const agent = new Agent({
  keepAlive: true,
  maxSockets: settings.connections,
  ca: readFileSync(settings.ca),
  cert: readFileSync(settings.certificate),
  key: readFileSync(settings.key),
});

function post(body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      settings.url,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
        answer.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

// Each connection writes into molds of its own.
const EACH = Math.ceil(256 / settings.connections);
const own = Array.from({ length: settings.connections }, (_, index) => molds(EACH, settings.seed + index));

let next = 0;
let acknowledged = 0;
let bytes = 0;
let refused = 0;
const waits: number[] = [];
const cpu = process.cpuUsage();
const start = performance.now();
const elapsed = (): number => (performance.now() - start) / 1000;

async function connection(mine: readonly ReturnType<typeof molds>[number][]): Promise<void> {
  for (let turn = 0; next < settings.events && elapsed() < settings.seconds; turn++) {
    const index = next;
    next += BATCH;
    const early = settings.rate > 0 ? index / settings.rate - elapsed() : 0;
    if (early > 0) await pause(early * 1000);
    const time = settings.from + index * settings.step;
    const body = cast(mine[turn % mine.length]!, settings.first + index, time, settings.step);
    for (;;) {
      const asked = performance.now();
      const status = await post(body).catch(() => 0);
      if (status >= 200 && status < 300) {
        waits.push(performance.now() - asked);
        break;
      }
      if (status !== 0 && status !== 429 && status !== 503) throw new Error(`answered ${status}`);
      refused++;
      await pause(100);
    }
    acknowledged += BATCH;
    bytes += body.length;
  }
}

await Promise.all(own.map(connection));
const seconds = elapsed();
const used = process.cpuUsage(cpu);
waits.sort((a, b) => a - b);
const sent: Sent = {
  events: acknowledged,
  bytes,
  seconds,
  cpu: (used.user + used.system) / 1e6,
  refused,
  median: waits[Math.floor(waits.length / 2)] ?? 0,
  p99: waits[Math.floor(waits.length * 0.99)] ?? 0,
};
process.stdout.write(`${JSON.stringify(sent)}\n`);
agent.destroy();
