import { describe, expect, it } from 'vitest';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import { records as en } from '../../locales/records.en.ts';
import { records as zhCN } from '../../locales/records.zh-CN.ts';
import { ask } from '../../records/questions/ask.ts';
import { parseObjectReference } from '../../records/questions/object-reference.ts';
import { story } from '../../records/questions/story.ts';
import { history, seen } from '../../records/questions/test-history.ts';
import { ArrayReader } from '../../records/questions/test-reader.ts';
import { timeText } from '../../records/time-text.ts';
import { renderAnswer, renderStory } from './answer-render.ts';

const object = parseObjectReference('shop/pods/web', new ApiResources())!;
const HOSTILE = '\u001b[2J`x` | <b>\u202egro\n[a](b)\ue000';
const reader = new ArrayReader([
  ...history(
    {
      at: 0,
      user: 'alice',
      impersonated: 'root',
      verb: 'delete',
      resource: 'pods',
      namespace: 'shop',
      name: 'web',
      ips: ['192.0.2.1', '10.0.0.1'],
      credential: 'JTI=1',
    },
    {
      at: 1,
      user: HOSTILE,
      verb: 'create',
      resource: 'pods:exec',
      namespace: 'shop',
      name: 'web',
      agent: HOSTILE,
      ips: [HOSTILE],
      code: 101,
      reason: HOSTILE,
    },
    {
      at: 2,
      user: 'bob',
      verb: 'delete',
      resource: 'pods',
      namespace: 'shop',
      name: 'web',
      code: 403,
      decision: 'forbid',
    },
  ),
  seen(3, {
    source: 'event',
    verb: 'Killing',
    resource: 'pods',
    namespace: 'shop',
    name: 'web',
    message: HOSTILE,
  }),
]);

describe('an answer', () => {
  it('says who did what, as whom, from where, and how it ended', async () => {
    const text = renderAnswer(en, await ask(reader, { ask: 'who', object }), 'terminal');
    expect(text).toContain('2026-11-20T00:00:00Z  alice as root delete pods shop/web – done (200)\n');
    expect(text).toContain('from 192.0.2.1 through 10.0.0.1 with kubectl/v1.37.2 in the cluster prod\n');
    expect(text).toContain('bob delete pods shop/web – refused by the authorizer (403)\n');
    const chinese = renderAnswer(zhCN, await ask(reader, { ask: 'who', object }), 'terminal');
    expect(chinese).toContain('alice（伪装为 root） delete pods shop/web – 成功（200）\n');
    expect(chinese).toContain('bob delete pods shop/web – 被鉴权组件拒绝（403）\n');
  });

  it.each(['who', 'where', 'why', 'how'] as const)(
    'cannot be made to act on a terminal or in Markdown: %s',
    async (kind) => {
      const question = kind === 'who' ? { ask: kind, object } : { ask: kind, about: { object } };
      const answer = await ask(reader, question);
      for (const words of [en, zhCN]) {
        for (const format of ['terminal', 'json', 'markdown'] as const) {
          const text = renderAnswer(words, answer, format);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
          if (format !== 'json') expect(text).not.toMatch(/[\ue000\ue001]/);
          if (format === 'markdown') expect(text.replace(/`[^`]*`/g, '')).not.toMatch(/<b>|\]\(|gro/);
        }
      }
    },
  );

  it('has times as RFC 3339 in JSON', async () => {
    const answer = JSON.parse(renderAnswer(en, await ask(reader, { ask: 'who', object }), 'json'));
    expect(answer).toMatchObject({
      schema: 'kubestride.answer/v1',
      told: [{ entry: { user: 'alice', time: '2026-11-20T00:00:00Z' } }, {}, {}],
    });
  });

  it('says that there is nothing', async () => {
    const other = parseObjectReference('shop/pods/other', new ApiResources())!;
    const answer = await ask(reader, { ask: 'why', about: { object: other } });
    expect(renderAnswer(en, answer, 'terminal')).toBe(
      'Answer\n  Nothing of that is in the records.\n\nNot known\n  What: audit events of that time are held, and none tells of it\n',
    );
  });
});

describe('a story', () => {
  it('answers each of the six questions, or says why not', async () => {
    const told = await story(reader, { about: { object } });
    for (const words of [en, zhCN]) {
      const text = renderStory(words, told, 'terminal');
      for (const heading of Object.values(words.six)) expect(text).toContain(`\n${heading}\n`);
    }
    const text = renderStory(en, told, 'terminal');
    expect(text).toContain(
      'not known: what was run inside: no commands of nodes and containers are recorded',
    );
    expect(JSON.parse(renderStory(en, told, 'json'))).toMatchObject({
      schema: 'kubestride.story/v1',
      six: { when: { first: '2026-11-20T00:00:00Z' } },
    });
  });
});

describe('a time', () => {
  it('is RFC 3339 to the microsecond', () => {
    expect(timeText(1795132800000000)).toBe('2026-11-20T00:00:00Z');
    expect(timeText(1795132800000001)).toBe('2026-11-20T00:00:00.000001Z');
    expect(timeText(1795132800120000)).toBe('2026-11-20T00:00:00.12Z');
    expect(timeText(-1)).toBe('1969-12-31T23:59:59.999999Z');
  });
});
