import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { auditBody, auditID, auditLine, randomFrom } from '../../bench/records/events.ts';
import { cacheFolder } from '../../testbed/build.ts';
import { freePorts } from '../../testbed/processes.ts';
import { sql, startService } from '../records-service.ts';

const VERSION = '0.223.1';
const PACKAGES = ['sdk-logs', 'exporter-logs-otlp-http', 'exporter-logs-otlp-proto'];

/** OpenTelemetry's own exporters, installed once beside the repository; undefined where the registry cannot be reached. */
function exporters(): string | undefined {
  const folder = join(cacheFolder(), `opentelemetry-${VERSION}`);
  try {
    if (!existsSync(join(folder, 'node_modules'))) {
      mkdirSync(folder, { recursive: true });
      const names = PACKAGES.map((name) => `@opentelemetry/${name}@${VERSION}`);
      const install = [
        'install',
        '--silent',
        '--no-audit',
        '--no-save',
        '--ignore-scripts',
        '--prefix',
        folder,
      ];
      execFileSync('npm', [...install, ...names], { stdio: 'ignore' });
    }
    return folder;
  } catch {
    process.stderr.write(
      '\nSKIPPED: no OpenTelemetry exporters from the npm registry; OTLP is not tested with them.\n\n',
    );
    return undefined;
  }
}

const SENDER = `
const [url, protocol] = process.argv.slice(1);
const text = require('node:fs').readFileSync(0, 'utf8');
const { LoggerProvider, BatchLogRecordProcessor } = require('@opentelemetry/sdk-logs');
const { OTLPLogExporter } = require('@opentelemetry/exporter-logs-otlp-' + protocol);
const processor = new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url, timeoutMillis: 30000 }), maxQueueSize: 10000 });
const provider = new LoggerProvider({ processors: [processor] });
const logger = provider.getLogger('test');
const ofPod = { 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'web-1', 'k8s.container.name': 'app' };
for (const body of JSON.parse(text)) {
  const attributes = body.startsWith('request') ? ofPod : { 'log.file.path': '/var/log/kubernetes/audit.log' };
  logger.emit({ body, severityText: 'INFO', attributes });
}
provider.forceFlush().then(() => provider.shutdown());
`;

const folder = mkdtempSync(join(tmpdir(), 'kubestride-otlp-'));
const packages = exporters();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(packages === undefined).each(['http', 'proto'])("OpenTelemetry's exporter %s", (protocol) => {
  it('sends to /v1/logs, and again when the service was down', async () => {
    const store = join(folder, protocol);
    const address = `127.0.0.1:${await freePorts(1)}`;
    const random = randomFrom(1);
    const events = Array.from({ length: 200 }, (_, index) =>
      auditLine(auditBody(random), auditID(index), 1_795_000_000_000_000 + index),
    );
    const token = `eyJhbGciOiJSUzI1NiJ9.${'a'.repeat(60)}.${'b'.repeat(60)}`;
    const lines = Array.from(
      { length: 50 },
      (_, index) => `request ${index}: Authorization: Bearer ${token}`,
    );
    const sender = spawn(process.execPath, ['-e', SENDER, `http://${address}/v1/logs`, protocol], {
      cwd: packages,
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    sender.stdin.end(JSON.stringify([...events, ...lines]));
    const ended = once(sender, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const service = await startService(store, '--listen', address);
    try {
      expect(await ended).toEqual([0, null]);
      const ids = await sql(store, "SELECT audit_id FROM events WHERE source = 'audit' ORDER BY audit_id");
      expect(ids.map((row) => row['audit_id'])).toEqual(events.map((_, index) => auditID(index)));
      const rows = await sql(
        store,
        "SELECT namespace, pod, container, message, raw FROM events WHERE source = 'log' ORDER BY message",
      );
      expect(rows).toHaveLength(lines.length);
      expect(rows[0]).toMatchObject({ namespace: 'shop', pod: 'web-1', container: 'app' });
      expect(String(rows[0]?.['message'])).toContain('request 0');
      expect(JSON.stringify(rows)).not.toContain('b'.repeat(60));
    } finally {
      await service.stop();
    }
  });
});
