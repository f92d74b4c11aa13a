import { expect, test } from 'vitest';
import type { ApiClient } from '../evidence/cluster/client.ts';
import { type Answer, discoveryOf, page, refusal, testServer } from '../evidence/cluster/test-server.ts';
import en from '../locales/cli.en.ts';
import type { ProgressLine } from './progress.ts';
import { liveSnapshot } from './snapshot-sources.ts';
import { UsageError } from './usage-error.ts';

const { core, others } = discoveryOf(['!/v1/namespaces/Namespace', '/v1/pods/Pod']);
const forbidden = refusal(403, 'Forbidden', 'namespaces is forbidden');

/** A cluster with the namespaces `team-a` and `team-b`. */
function cluster(ofOne: (name: string) => Answer, ofAll: Answer): ApiClient {
  return testServer(({ path, query }) => {
    if (path === '/api') return core;
    if (path === '/apis') return others;
    if (path !== '/api/v1/namespaces') return page([]);
    const selector = query?.['fieldSelector'];
    return selector === undefined ? ofAll : ofOne(selector.replace('metadata.name=', ''));
  });
}

const all = page([{ metadata: { name: 'team-a' } }, { metadata: { name: 'team-b' } }]);
const ofOne = (name: string) => page(name === 'team-a' ? [{ metadata: { name } }] : []);

/** What the reading ends with: how many events, or the words of the refusal. */
async function read(client: ApiClient, namespace: string): Promise<string> {
  const progress = { listing() {} } as unknown as ProgressLine;
  let events = 0;
  try {
    const flags = { namespace, secrets: false, kubeletConfig: false };
    for await (const _ of liveSnapshot(client, flags, progress)) events++;
  } catch (error) {
    if (error instanceof UsageError) return error.say(en);
    throw error;
  }
  return events > 3 ? 'read' : 'nothing';
}

test('a namespace that exists is read', async () => {
  expect(await read(cluster(ofOne, all), 'team-a')).toBe('read');
});

test('a namespace that does not exist is refused, with the one that was probably meant', async () => {
  expect(await read(cluster(ofOne, all), 'taem-a')).toBe(
    'there is no namespace "taem-a" in test; did you mean team-a?',
  );
  expect(await read(cluster(ofOne, forbidden), 'nowhere')).toBe(
    'there is no namespace "nowhere" in test; check its name and the --context',
  );
});

test('where namespaces may not be seen, the user is believed', async () => {
  expect(
    await read(
      cluster(() => forbidden, forbidden),
      'nowhere',
    ),
  ).toBe('read');
});
