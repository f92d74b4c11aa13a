import { describe, expect, it } from 'vitest';
import {
  AbacAuthorizer,
  type RequestAttributes,
  readAbacFile,
} from '../../src/engines/authorization/index.ts';
import { caseCount } from '../cluster/cases.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';
import { oracleRequest } from './rbac-worlds.ts';

const SEED = Number(process.env['KUBESTRIDE_SEED'] ?? 20261123);
const PER_FILE = 100;
const FILES = Math.ceil(caseCount(50_000) / PER_FILE);

const VERSION = 'abac.authorization.kubernetes.io/v1beta1';
const USERS = ['jane', 'system:serviceaccount:a:b', 'x', ''];
const GROUPS = ['system:authenticated', 'system:unauthenticated', 'devs', 'x'];
const NAMESPACES = ['a', 'b', ''];
const RESOURCES = ['pods', 'secrets', ''];
const API_GROUPS = ['', 'apps', 'x'];
const PATHS = ['/', '/api', '/apis/', '/apis/x', '*', '', '/a*b'];

/** What a line may say, one sort in eight of it such that nothing is as it should be. */
class RandomPolicies {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  file(): string {
    const random = this.#random;
    const end = random.pick(['\n', '\n', '\r\n']);
    // A file of which one line is refused tells nothing of the others.
    const isOdd = random.chance(0.4);
    return Array.from({ length: random.below(8) }, () => this.#line(isOdd)).join(end);
  }

  #line(isOdd: boolean): string {
    const random = this.#random;
    if (random.chance(0.05)) return random.pick(['', '  ', '# a comment', '  #{', '\t']);
    if (isOdd && random.chance(0.4)) return random.pick(ODD_LINES);
    const spaces = random.pick(['', '', ' ', '\t']);
    const meta = random.pick<object>(
      isOdd
        ? [{ apiVersion: VERSION, kind: 'Policy' }, ...ODD_KINDS]
        : [{ apiVersion: VERSION, kind: 'Policy' }, {}],
    );
    const fields = this.#fields(isOdd);
    const isNested = 'apiVersion' in meta && meta.apiVersion === VERSION;
    return spaces + JSON.stringify(isNested ? { ...meta, spec: fields } : { ...meta, ...fields });
  }

  #fields(isOdd: boolean): object {
    const random = this.#random;
    const fields: Record<string, unknown> = {};
    const set = (name: string, chance: number, values: readonly unknown[]) => {
      if (random.chance(chance)) fields[name] = random.pick(values);
    };
    set('user', 0.6, [...USERS, '*']);
    set('group', 0.4, [...GROUPS, '*', '']);
    set('readonly', 0.3, [true, true, false]);
    set('apiGroup', 0.5, [...API_GROUPS, '*', '*']);
    set('resource', 0.7, [...RESOURCES, '*', '*']);
    set('namespace', 0.7, [...NAMESPACES, '*', '*']);
    set('nonResourcePath', 0.5, [...PATHS, '/ap*', '/apis/**', '**']);
    if (isOdd && random.chance(0.15))
      fields[random.pick(['user', 'readonly', 'namespace', 'unknown'])] = random.pick([
        5,
        null,
        'true',
        {},
        ['a'],
      ]);
    return fields;
  }

  request(): RequestAttributes {
    const random = this.#random;
    const isResourceRequest = random.chance(0.7);
    return {
      user: {
        name: random.pick(USERS),
        groups: random.pick([[], ['system:authenticated'], ['devs', 'system:authenticated'], ['x', 'devs']]),
      },
      verb: random.pick(['get', 'list', 'watch', 'create', 'post', 'delete', 'GET']),
      isResourceRequest,
      apiGroup: isResourceRequest ? random.pick(API_GROUPS) : '',
      apiVersion: '',
      resource: isResourceRequest ? random.pick(RESOURCES) : '',
      subresource: random.pick(['', '', 'log']),
      namespace: isResourceRequest ? random.pick(NAMESPACES) : '',
      name: random.pick(['', 'p']),
      path: isResourceRequest ? '' : random.pick([...PATHS, '/apis', '/apis/x/y', '/ap']),
    };
  }
}

const ODD_KINDS: readonly object[] = [
  { kind: 'Policy' },
  { kind: 'Foo' },
  { apiVersion: VERSION },
  { apiVersion: 'abac.authorization.kubernetes.io/v0', kind: 'Policy' },
  { apiVersion: 'abac.authorization.kubernetes.io/v0' },
  { apiVersion: 'abac.authorization.kubernetes.io/', kind: 'Policy' },
  { apiVersion: 'abac.authorization.kubernetes.io/v2', kind: 'Policy' },
  { apiVersion: 'v0', kind: 'Policy' },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'a/b/c', kind: 'Policy' },
  { apiVersion: '', kind: '' },
  { apiVersion: null, kind: null },
  { apiVersion: 5, kind: 'Policy' },
];

const ODD_LINES = [
  '{user: jane}',
  '{"user":"jane",}',
  '{"user":"jane"} trailing',
  '{"user":"jane"}{"user":"x"}',
  'user: jane',
  'user: jane # with a comment',
  '- user: jane',
  '[]',
  'null',
  '~',
  '5',
  'text',
  '"text"',
  '--- {"user": "jane"}',
  '{',
  '{}',
  '\u00a0{"user":"jane"}',
  '{"User":"jane"}',
  '{"user":"jane","user":"x"}',
  '{"kind":"Policy","apiVersion":"abac.authorization.kubernetes.io/v1beta1","spec":null}',
  '{"kind":"Policy","apiVersion":"abac.authorization.kubernetes.io/v1beta1","spec":"a"}',
  '{"kind":"Policy","apiVersion":"abac.authorization.kubernetes.io/v1beta1"}',
  `{"user":"${'a'.repeat(65_536 - 12)}"}`,
  `{"user":"${'a'.repeat(65_535 - 11)}"}`,
  `{"user":"${'a'.repeat(65_534 - 11)}"}`,
  `#${'a'.repeat(65_535)}`,
];

type Answer =
  | { readonly refused: string }
  | readonly { readonly decision: string; readonly reason: string }[];

describe.skipIf(!hasGo())('the ABAC authorizer', () => {
  it(`reads files and decides as upstream's does (seed ${SEED})`, async () => {
    const files = Array.from({ length: FILES }, (_, index) => {
      const maker = new RandomPolicies(new Random(SEED + index));
      return { file: maker.file(), requests: Array.from({ length: PER_FILE }, () => maker.request()) };
    });
    const answers = await askOracle<object, Answer>(
      'abac',
      files.map(({ file, requests }) => ({ file, requests: requests.map(oracleRequest) })),
    );
    const wrong: unknown[] = [];
    const seen = { refused: 0, allow: 0, none: 0 };
    for (const [index, { file, requests }] of files.entries()) {
      const answer = answers[index]!;
      const { policies, problems } = readAbacFile(file);
      const seed = SEED + index;
      if ('refused' in answer) {
        seen.refused++;
        // Upstream stops at the first; a line that is too long has no number there.
        const line = Number(/line (\d+):/.exec(answer.refused)?.[1] ?? problems[0]?.line);
        if (problems[0]?.line !== line)
          wrong.push({ seed, file, ours: problems, upstream: answer.refused.slice(0, 300) });
        continue;
      }
      if (problems.length > 0) wrong.push({ seed, file, ours: problems, upstream: 'accepted' });
      const engine = new AbacAuthorizer(policies);
      for (const [at, request] of requests.entries()) {
        const { decision, reason } = engine.authorize(request);
        const upstream = answer[at];
        if (decision === 'allow') seen.allow++;
        else seen.none++;
        if (upstream?.decision !== decision || upstream.reason !== reason)
          wrong.push({ seed, file, request, ours: { decision, reason }, upstream });
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(Math.min(seen.refused, seen.allow / PER_FILE, seen.none / PER_FILE)).toBeGreaterThan(FILES / 20);
  });
});
