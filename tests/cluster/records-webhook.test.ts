import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReader } from '../../src/records/store/open-reader.ts';
import { type OwnControlPlane, startControlPlane } from '../../testbed/control-plane.ts';
import { audit, type Service, sql, startService } from '../records-service.ts';
import { describeWithCluster } from './cluster.ts';
import { answersOf, expectCollected } from './records-answers.ts';
import { type Attacked, attack } from './records-attack.ts';
import { idOf, loggedEvents } from './records-log.ts';
import { compare, Killing, type Receiving, receiving, type StoredEvent, settled } from './records-sent.ts';

/** Commands in pods run as nobody where that can be chosen. */
const EXECUTE_AS = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 0);
const POLICY = join(import.meta.dirname, 'records-audit-policy.yaml');
/** A sender that cannot reach the service for longer than its five tries take drops events, and counts them. */
const RETRY = '--audit-webhook-initial-backoff=2s';
const IDS = "SELECT audit_id, stage FROM events WHERE source = 'audit'";

async function storedEvents(store: string): Promise<StoredEvent[]> {
  const rows = await sql(store, "SELECT audit_id, stage, redactions, raw FROM events WHERE source = 'audit'");
  return rows as unknown as StoredEvent[];
}

/** The Audit-ID of a request that is the last of what is compared. */
async function marker(plane: OwnControlPlane): Promise<string> {
  const { headers } = await plane.request('GET', '/api/v1/namespaces/default');
  return String(headers['audit-id']);
}

/** How many events the API server itself says that its webhook backend could not send. */
async function dropped(plane: OwnControlPlane): Promise<number> {
  const { body } = await plane.request('GET', '/metrics');
  const counts = [
    ...String(body).matchAll(/^apiserver_audit_error_total\{plugin="(?:webhook|buffered)"\} (\d+)/gm),
  ];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** All bytes of the files of a folder. */
function bytesOf(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}

async function stop(plane: OwnControlPlane | undefined, service: Service | undefined): Promise<void> {
  await plane?.stop();
  await service?.stop();
}

describeWithCluster(
  'what an API server sends in batches while it is attacked and the service is killed',
  () => {
    let to: Receiving;
    let plane: OwnControlPlane;
    let service: Service;
    let follower: Service;
    let followed: string;
    let attacked: Attacked;
    let last: string;
    let kills: number;

    beforeAll(async () => {
      to = await receiving();
      const first = await to.start();
      plane = await startControlPlane({
        folder: to.folder,
        auditPolicy: POLICY,
        executeAs: EXECUTE_AS,
        auditWebhook: { url: to.url, mode: 'batch' },
        apiServerFlags: [RETRY, '--audit-webhook-batch-max-wait=500ms', '--audit-log-maxsize=1'],
      });
      followed = mkdtempSync(join(tmpdir(), 'kubestride-followed-'));
      const follow = (): Promise<Service> =>
        startService(followed, '--listen', 'none', '--follow', plane.auditLog, '--cluster-name', 'testbed');
      const killing = new Killing(first, to.start);
      const killingFollower = new Killing(await follow(), follow);
      attacked = await attack(plane);
      service = await killing.end();
      follower = await killingFollower.end();
      kills = killing.kills;
      last = await marker(plane);
    });

    afterAll(async () => {
      await stop(plane, service);
      await follower?.stop();
      rmSync(followed, { recursive: true, force: true });
    });

    it('is stored whole, once each, and nothing else', async () => {
      const difference = await settled(async () => {
        const stored = await sql(to.store, IDS);
        return compare(loggedEvents(plane.auditLog), stored as unknown as StoredEvent[], last);
      });
      expect(await dropped(plane)).toBe(0);
      expect(difference).toEqual({ lost: 0, twice: 0, invented: 0 });
      expect(kills).toBeGreaterThan(0);
    });

    it('is stored whole from its log too, through rotations of the file', async () => {
      const rotated = readdirSync(join(plane.folder, 'log')).filter((name) => name.startsWith('audit-'));
      expect(rotated.length).toBeGreaterThan(1);
      const difference = await settled(async () => {
        const stored = await sql(followed, IDS);
        return compare(loggedEvents(plane.auditLog), stored as unknown as StoredEvent[], last);
      });
      expect(difference).toEqual({ lost: 0, twice: 0, invented: 0 });
    });

    it.each(['webhook', 'file'])(
      'tells who, what, when, where, why and how of each step, as it came by %s',
      async (inlet) => {
        const reader = await openReader(inlet === 'webhook' ? to.store : followed);
        try {
          for (const step of attacked.truth) await answersOf(reader, attacked, step);
          for (const pod of attacked.collected) await expectCollected(reader, attacked, pod);
        } finally {
          await reader.close();
        }
      },
      600_000,
    );

    it.each(['en', 'zh-CN'])(
      'is told in one command, from who deleted it back to the command in the pod (%s)',
      async (lang) => {
        const deletion = attacked.truth.find(({ step }) => step === 'delete-deployment')!;
        const told = async (...question: string[]): Promise<string> => {
          const { stdout, stderr, status } = await audit(...question, '--store', to.store, '--lang', lang);
          expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
          return stdout;
        };
        const who = await told('ask', 'who', 'shop/deployments/web');
        for (const part of [
          'system:serviceaccount:kube-system:metrics-agent',
          'dana',
          '127.0.0.66',
          'python-requests/2.32.3',
        ]) {
          expect(who).toContain(part);
        }
        expect(await told('ask', 'why', `event:${deletion.auditID}`)).toContain('platform-admins');
        const how = await told('ask', 'how', `event:${deletion.auditID}`);
        const chain = [
          'serviceaccounts/token kube-system/metrics-agent',
          'ci-deploys',
          'pods/exec shop/runner',
          'developers-debug',
        ];
        expect(chain.filter((part) => !how.includes(part))).toEqual([]);
        const answer = JSON.parse(await told('ask', 'how', `event:${deletion.auditID}`, '-o', 'json'));
        expect(answer.told.map((each: { entry: { auditId: string } }) => each.entry.auditId)).toEqual([
          deletion.auditID,
        ]);
        const story = await told('story', 'shop/deployments/web');
        for (const part of ['dana', 'metrics-agent', 'delete']) expect(story).toContain(part);
      },
    );

    it('is kept as it was sent, but for what has to be secret', async () => {
      const logged = new Map(loggedEvents(plane.auditLog).map((event) => [idOf(event), event]));
      let whole = 0;
      let redacted = 0;
      for (const { audit_id, stage, redactions, raw } of await storedEvents(to.store)) {
        // Events of a list go without their kind and version, which the list tells.
        const { kind, apiVersion, ...event } = logged.get(`${audit_id} ${stage}`) as unknown as Record<
          string,
          unknown
        >;
        if (redactions > 0) redacted++;
        else {
          whole++;
          const { kind: _, apiVersion: __, ...kept } = JSON.parse(raw);
          expect(kept).toEqual(event);
        }
      }
      expect(whole).toBeGreaterThan(500);
      expect(redacted).toBeGreaterThan(10);
    });

    it.each(['webhook', 'file'])(
      'keeps no value of a Secret, token or key of what came by %s',
      async (inlet) => {
        const store = inlet === 'webhook' ? to.store : followed;
        const logged = loggedText(plane.auditLog);
        const bytes = bytesOf(store);
        expect(attacked.secrets.filter((secret) => logged.includes(secret)).length).toBeGreaterThan(3);
        expect(attacked.secrets.filter((secret) => bytes.includes(secret))).toEqual([]);
        const texts = (await sql(store, 'SELECT raw, message, uri, name FROM events')).map((row) =>
          JSON.stringify(row),
        );
        expect(attacked.secrets.filter((secret) => texts.some((text) => text.includes(secret)))).toEqual([]);
      },
    );
  },
);

function loggedText(auditLog: string): string {
  return loggedEvents(auditLog)
    .map((event) => JSON.stringify(event))
    .join('\n');
}

describeWithCluster('what an API server sends before it answers', () => {
  let plane: OwnControlPlane | undefined;
  let service: Service | undefined;

  afterAll(() => stop(plane, service));

  describe.each(['blocking', 'blocking-strict'] as const)('in mode %s', (mode) => {
    it('is stored once each, though the service is killed', async () => {
      const to = await receiving();
      const first = await to.start();
      plane = await startControlPlane({
        folder: to.folder,
        auditPolicy: POLICY,
        auditWebhook: { url: to.url, mode },
        apiServerFlags: [RETRY],
      });
      const killing = new Killing(first, to.start);
      for (let index = 0; index < 50; index++) {
        await plane.expect('POST', '/api/v1/namespaces/default/configmaps', {
          metadata: { name: `c-${index}` },
        });
      }
      service = await killing.end();
      const last = await marker(plane);
      // Read once: what is answered is stored.
      const stored = (await sql(to.store, IDS)) as unknown as StoredEvent[];
      const { twice, invented } = compare(loggedEvents(plane.auditLog), stored, last);
      expect({ twice, invented }).toEqual({ twice: [], invented: [] });
      const there = new Set(stored.map(({ audit_id }) => audit_id));
      expect(there.has(last)).toBe(true);
      expect(await dropped(plane)).toBe(0);
      const { auditLog } = plane;
      const difference = await settled(async () =>
        compare(loggedEvents(auditLog), (await sql(to.store, IDS)) as unknown as StoredEvent[], last),
      );
      expect(difference).toEqual({ lost: 0, twice: 0, invented: 0 });
      await stop(plane, service);
      plane = undefined;
      service = undefined;
    });
  });
});
