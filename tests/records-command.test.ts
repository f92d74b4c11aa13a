import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { auditBody, auditID, auditLine, randomFrom, SPECIAL } from '../bench/records/events.ts';
import { audit, sql, startService } from './records-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubestride-records-'));
const NOW = Date.now() * 1000;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function body(first: number, count: number): string {
  const random = randomFrom(first);
  const lines = Array.from({ length: count }, (_, index) =>
    auditLine(auditBody(random), auditID(first + index), NOW + first + index),
  );
  return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${lines.join(',')}]}`;
}

const send = async (url: string, text: string): Promise<number> =>
  (
    await fetch(`${url}/audit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    })
  ).status;

/** The larger tests of the service, and those with real senders, are in tests/cluster. */
test('what the service acknowledged is there after kill -9, once, and questions are answered from it', async () => {
  const store = join(folder, 'store');
  const first = await startService(store, '--cluster-name', 'c');
  expect(await send(first.url, body(0, 50))).toBe(200);
  const refused = await startService(store).catch((error: Error) => error.message);
  expect(refused).toContain('is being written by another process');
  await first.kill();

  const file = join(folder, 'audit.log');
  writeFileSync(file, `${auditLine(SPECIAL, auditID(1000), NOW)}\n`);
  const second = await startService(store, '--cluster-name', 'c', '--follow', file);
  // The sender has not seen the answer, and sends it with more.
  expect(await send(second.url, body(0, 50))).toBe(200);
  expect(await send(second.url, body(50, 50))).toBe(200);
  for (let tries = 0; tries < 100; tries++) {
    const [row] = await sql(store, "SELECT count(*) AS n FROM events WHERE inlet LIKE 'file:%'");
    if (Number(row?.['n']) > 0) break;
  }
  expect(await second.stop()).toBe(0);

  const [row] = await sql(
    store,
    "SELECT count(*) AS n, count(DISTINCT audit_id) AS ids FROM events WHERE source = 'audit'",
  );
  expect(row).toEqual({ n: 101, ids: 101 });
  const { stdout, status } = await audit('ask', 'who', 'payments/deployments/ledger', '--store', store);
  expect(status).toBe(0);
  for (const told of ['mallory@example.com', 'delete', 'ledger']) expect(stdout).toContain(told);
});
