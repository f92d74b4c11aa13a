import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueFrom, makePki } from '../../testbed/pki.ts';
import { freePorts } from '../../testbed/processes.ts';
import { type Service, startService } from '../records-service.ts';
import { eventually } from './cluster.ts';
import { idOf, type LoggedEvent } from './records-log.ts';

/** A service that the API server of a control plane sends to, with certificates of the control plane's authority. */
export interface Receiving {
  /** The folder of the control plane to start. */
  readonly folder: string;
  readonly url: string;
  readonly store: string;
  /** Starts it, or starts it again on the same store and port. */
  start(): Promise<Service>;
}

export async function receiving(): Promise<Receiving> {
  const folder = mkdtempSync(join(tmpdir(), 'kubestride-testbed-'));
  const pki = join(folder, 'pki');
  makePki(pki);
  const issued = issueFrom(pki, { commonName: 'collector', hosts: ['127.0.0.1'], usages: ['server'] });
  const certificate = join(pki, 'collector.crt');
  const key = join(pki, 'collector.key');
  writeFileSync(certificate, issued.certificate);
  writeFileSync(key, issued.key, { mode: 0o600 });
  const address = `127.0.0.1:${await freePorts(1)}`;
  const store = join(folder, 'store');
  return {
    folder,
    url: `https://${address}/audit`,
    store,
    start: () =>
      startService(
        store,
        ...['--listen', address, '--tls-cert', certificate, '--tls-key', key],
        ...['--client-ca', join(pki, 'ca.crt'), '--cluster-name', 'testbed'],
      ),
  };
}

/** Kills a service at random moments and starts it again, until told to end. */
export class Killing {
  kills = 0;
  service: Service;
  private readonly start: () => Promise<Service>;
  private ended = false;
  private readonly loop: Promise<void>;

  constructor(service: Service, start: () => Promise<Service>, between = 1500) {
    this.service = service;
    this.start = start;
    this.loop = this.run(between);
  }

  private async run(between: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, between * (0.5 + Math.random())));
      if (this.ended) return;
      await this.service.kill();
      this.kills++;
      this.service = await this.start();
    }
  }

  /** @returns the service that runs now */
  async end(): Promise<Service> {
    this.ended = true;
    await this.loop;
    return this.service;
  }
}

/** What is compared of an event that was stored. */
export interface StoredEvent {
  readonly audit_id: string;
  readonly stage: string;
  readonly redactions: number;
  readonly raw: string;
}

/**
 * What differs between what was logged and what was stored; empty lists where nothing does. What was logged is compared up to the
 * request with the Audit-ID `last`, as it goes on meanwhile.
 */
export interface Difference {
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  readonly invented: readonly string[];
}

export function compare(
  logged: readonly LoggedEvent[],
  stored: readonly Pick<StoredEvent, 'audit_id' | 'stage'>[],
  last: string,
): Difference {
  const unique = new Set<string>();
  const twice: string[] = [];
  for (const { audit_id, stage } of stored) {
    const id = idOf({ auditID: audit_id, stage });
    if (unique.has(id)) twice.push(id);
    unique.add(id);
  }
  const end = logged.find((event) => event.auditID === last)?.requestReceivedTimestamp ?? '';
  const until = logged.filter((event) => event.stageTimestamp <= end);
  const known = new Set(logged.map(idOf));
  return {
    lost: until.map(idOf).filter((id) => !unique.has(id)),
    twice,
    invented: [...unique].filter((id) => !known.has(id)),
  };
}

/** Waits until nothing of what was logged is missing, and gives the difference back that is left then, or after `seconds`. */
export async function settled(
  read: () => Promise<Difference>,
  seconds = 60,
): Promise<{ readonly lost: number; readonly twice: number; readonly invented: number }> {
  let difference: Difference = { lost: [], twice: [], invented: [] };
  await eventually(async () => {
    difference = await read();
    return difference.lost.length === 0;
  }, seconds).catch(() => undefined);
  const { lost, twice, invented } = difference;
  return { lost: lost.length, twice: twice.length, invented: invented.length };
}
