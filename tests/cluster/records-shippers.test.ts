import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditBody, auditID, auditLine, randomFrom } from '../../bench/records/events.ts';
import { issueFrom, makePki } from '../../testbed/pki.ts';
import { freePorts } from '../../testbed/processes.ts';
import { type Service, sql, startService } from '../records-service.ts';
import { eventually } from './cluster.ts';
import { shippers } from './records-shippers.ts';

const SEED = 20_261_123;
const folder = mkdtempSync(join(tmpdir(), 'kubestride-shippers-'));
const pki = join(folder, 'pki');
makePki(pki);
for (const [name, usage] of [
  ['collector', 'server'],
  ['shipper', 'client'],
] as const) {
  const issued = issueFrom(pki, { commonName: name, hosts: ['127.0.0.1'], usages: [usage] });
  writeFileSync(join(pki, `${name}.crt`), issued.certificate);
  writeFileSync(join(pki, `${name}.key`), issued.key, { mode: 0o600 });
}

const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(store: string, port: number): Promise<Service> {
  return startService(
    store,
    ...['--listen', `127.0.0.1:${port}`, '--client-ca', join(pki, 'ca.crt')],
    ...['--tls-cert', join(pki, 'collector.crt'), '--tls-key', join(pki, 'collector.key')],
  );
}

/** Audit events with a body of each size that shippers cut or queue differently. */
function lines(count: number, first: number): string[] {
  const random = randomFrom(SEED + first);
  return Array.from({ length: count }, (_, index) => {
    const body = auditBody(random);
    const pad = index === 7 ? 'x'.repeat(900_000) : index % 50 === 0 ? '”\\"\u0001'.repeat(3000) : '';
    const annotations = pad === '' ? body.annotations : { ...body.annotations, 'example.com/pad': pad };
    return auditLine({ ...body, annotations }, auditID(first + index), 1_795_000_000_000_000 + index);
  });
}

describe.each(shippers())('$name', (shipper) => {
  it('ships an audit log to the bulk endpoint, which is down at first, is killed, and follows its rotation', async () => {
    const own = join(folder, shipper.name);
    mkdirSync(own);
    const file = join(own, 'audit.log');
    const store = join(own, 'store');
    const port = await freePorts(1);
    const [before, during, after] = [lines(400, 0), lines(400, 1000), lines(400, 2000)];
    writeFileSync(file, before.map((line) => `${line}\n`).join(''));
    const certificates = {
      ca: join(pki, 'ca.crt'),
      certificate: join(pki, 'shipper.crt'),
      key: join(pki, 'shipper.key'),
    };
    const shipped = shipper.start({ folder: own, file, document: 'raw', port, ...certificates });
    stops.push(() => shipped.stop());
    await new Promise((resolve) => setTimeout(resolve, 1500));

    let service = await start(store, port);
    const count = async (): Promise<number> =>
      Number((await sql(store, "SELECT count(*) AS n FROM events WHERE source = 'audit'"))[0]?.['n']);
    await eventually(async () => (await count()) > 0, 60);
    await service.kill();
    appendFileSync(file, during.map((line) => `${line}\n`).join(''));
    await new Promise((resolve) => setTimeout(resolve, 500));
    service = await start(store, port);
    stops.push(() => service.stop());
    await eventually(async () => (await count()) >= before.length + during.length, 60);
    renameSync(file, `${file}.1`);
    writeFileSync(file, after.map((line) => `${line}\n`).join(''));

    const sent = [...before, ...during, ...after];
    await eventually(async () => (await count()) >= sent.length, 60);
    const rows = await sql(
      store,
      `SELECT audit_id, source, "user", verb, code, raw FROM events WHERE source = 'audit' ORDER BY audit_id`,
    );
    expect(rows.map((row) => row['audit_id'])).toEqual(sent.map((line) => JSON.parse(line).auditID));
    for (const [index, row] of rows.entries()) {
      const event = JSON.parse(sent[index]!);
      expect(row).toMatchObject({
        source: 'audit',
        user: event.user.username,
        verb: event.verb,
        code: event.responseStatus.code,
      });
      expect(JSON.parse(String(row['raw']))).toEqual(event);
    }
  });
});
