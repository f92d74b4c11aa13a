import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Need } from '../../src/evidence/cluster/needs.ts';
import { type PermissionOptions, permissions } from '../../src/evidence/cluster/permissions.ts';
import type { ReadClusterOptions } from '../../src/evidence/cluster/read-cluster.ts';
import type { Gap } from '../../src/kubernetes/gaps.ts';
import { cluster, describeWithCluster, eventually, freshNamespace } from './cluster.ts';
import {
  admin,
  as,
  brief,
  CRDS,
  CUSTOM,
  closeClients,
  create,
  definitionOf,
  grant,
  isSecret,
  nameOf,
  RBAC,
  read,
  SECRETS,
  SERVED,
  takeBack,
  undo,
} from './reading.ts';

describeWithCluster('reading every kind that is asked for', () => {
  const user = `reader-${Date.now().toString(36)}`;

  let namespace = '';

  beforeAll(async () => {
    namespace = await freshNamespace();
    for (const need of CUSTOM) await create(CRDS, definitionOf(need, need.versions[0]!));
    const client = await admin();
    const all = SERVED.filter((need) => !isSecret(need)).map(nameOf);
    await eventually(async () => {
      const { listed, gaps } = await read(client);
      return gaps.length === 1 && all.every((each) => listed.includes(each));
    });
  });

  afterEach(closeClients);
  afterAll(takeBack);

  /** Until the authorizer has heard of it. */
  async function gapsAs(
    name: string,
    expected: readonly string[],
    options: Partial<ReadClusterOptions> = {},
  ) {
    const client = await as(name);
    let gaps: readonly Gap[] = [];
    await eventually(async () => {
      gaps = (await read(client, options)).gaps;
      return JSON.stringify(brief(gaps)) === JSON.stringify(expected);
    }, 10).catch(() => {});
    expect(brief(gaps)).toEqual(expected);
    return gaps;
  }

  it.each<[string, PermissionOptions & { namespace?: string }, string[]]>([
    ['as printed', {}, [SECRETS]],
    ['with Secrets', { secrets: true }, []],
    ['for one namespace', { namespace: 'default' }, [SECRETS]],
    ['for one namespace with Secrets', { namespace: 'default', secrets: true }, []],
  ])('the permissions %s suffice', async (name, options, gaps) => {
    const own = `${user}-${name.replaceAll(' ', '-').toLowerCase()}`;
    await grant(own, permissions(options));
    await gapsAs(own, gaps, options as Partial<ReadClusterOptions>);
  });

  it('each rule that is missing is just its gaps', async () => {
    const own = `${user}-each`;
    const [role] = permissions();
    await grant(own, [role!]);
    const path = `${RBAC}/clusterroles/kubestride-${own}`;
    for (const missing of role!.rules) {
      const rules = role!.rules.filter((each) => each !== missing).map(({ rule }) => rule);
      await cluster().expect('PUT', path, { metadata: { name: `kubestride-${own}` }, rules });
      const { apiGroups = [], resources = [] } = missing.rule;
      const hidden = SERVED.filter(
        ({ group, resource }) => apiGroups.includes(group) && resources.includes(resource),
      ).map((need) => `${nameOf(need)} forbidden`);
      const gaps = await gapsAs(own, [SECRETS, ...hidden].sort());
      for (const { reason, detail } of gaps) {
        if (reason === 'forbidden') expect(detail).toContain(`User "${own}" cannot list resource`);
      }
    }
  });

  it('half of the lists are refused: the other half is read', async () => {
    const own = `${user}-half`;
    const [role] = permissions();
    const half = role!.rules.filter((_, index) => index % 2 === 0);
    await grant(own, [{ ...role!, rules: half }]);
    const isGranted = ({ group }: Need) => half.some(({ rule }) => rule.apiGroups?.includes(group));
    const needs = SERVED.filter((need) => !isSecret(need));
    const hidden = needs.filter((need) => !isGranted(need)).map((need) => `${nameOf(need)} forbidden`);
    await gapsAs(own, [SECRETS, ...hidden].sort());
    const { listed } = await read(await as(own));
    expect(listed).toEqual(needs.filter(isGranted).map(nameOf));
  });

  it('discovery is refused: what is needed is asked for by its usual names', async () => {
    const path = `${RBAC}/clusterrolebindings/system:discovery`;
    const { metadata, roleRef, subjects } = await cluster().expect('GET', path);
    const put = (to: unknown) =>
      cluster().expect('PUT', path, {
        metadata: { ...metadata, resourceVersion: '' },
        roleRef,
        subjects: to,
      });
    const own = `${user}-undiscovered`;
    const [role] = permissions({ secrets: true });
    await grant(own, [{ ...role!, rules: role!.rules.filter(({ topics }) => !topics.includes('server')) }]);
    await put([]);
    try {
      const client = await as(own);
      await eventually(async () =>
        client.getJson({ path: '/apis' }).then(
          () => false,
          () => true,
        ),
      );
      const { gaps, listed } = await read(client, { secrets: true });
      expect(gaps).toEqual([]);
      expect(listed).toEqual(SERVED.map(nameOf));
    } finally {
      await put(subjects);
    }
  });

  it('objects of 1.5 MB come in pages that bound memory', async () => {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`;
    const big = 'x'.repeat(1.45 * 2 ** 20);
    for (let index = 0; index < 8; index++) {
      await create(path, {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        metadata: { name: `big-${index}` },
        spec: { big },
      });
    }
    const { events, gaps } = await read(await admin(), { namespace, maxPageBytes: 8 * 2 ** 20 });
    expect(brief(gaps)).toEqual([SECRETS]);
    const pages = events.flatMap((event) =>
      event.type === 'page' && event.list.kind === 'Workflow' ? [event.items.length] : [],
    );
    expect(pages.reduce((sum, each) => sum + each, 0)).toBe(8);
    expect(pages.length).toBeGreaterThan(1);
    for (const each of undo.splice(-8)) await each();
  });
});
