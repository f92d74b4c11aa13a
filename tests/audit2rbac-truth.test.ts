import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { RequestAttributes, Subject } from '../src/engines/authorization/index.ts';
import { groupsOf, RbacAuthorizer, RbacWorld } from '../src/engines/authorization/index.ts';
import { type GenerateOptions, generateRoles } from '../src/engines/authorization/usage/generate.ts';
import { generatedObjects } from '../src/engines/authorization/usage/generated-objects.ts';
import { UsageLog } from '../src/engines/authorization/usage/usage-log.ts';
import { readUsage } from '../src/evidence/audit-log/index.ts';
import type { JsonObject } from '../src/kubernetes/json.ts';
import { Tally } from './oracles/tally.ts';
import { hasTruth, readTruth, truthCases, truthPath } from './truth.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';

interface UpstreamObjects {
  readonly [list: string]: JsonObject[] | undefined;
}

/** Lists of objects without kind, as upstream's test dumps them. */
function objectsOf(lists: UpstreamObjects): JsonObject[] {
  return Object.entries(lists).flatMap(([list, objects]) =>
    (objects ?? []).map((object) => ({ apiVersion: RBAC, kind: list.slice(0, -1), ...object })),
  );
}

/**
 * All that some objects grant, each right by itself, and nothing twice: a right of the whole cluster or on all objects leaves no
 * narrower one.
 */
function granted(objects: readonly JsonObject[]): string[] {
  const rights = RbacWorld.of(objects, { bootstrap: false }).grants.flatMap(
    ({ subject, rules, namespace = '' }) => {
      const who = `${subject.kind} ${subject.namespace ?? ''}/${subject.name}`;
      return rules.flatMap((rule) =>
        rule.verbs.flatMap((verb) => [
          ...rule.nonResourceURLs.map((path) => [who, verb, path, '', '']),
          ...rule.apiGroups.flatMap((group) =>
            rule.resources.flatMap((resource) =>
              (rule.resourceNames.length === 0 ? [''] : rule.resourceNames).map((name) => [
                who,
                verb,
                `${group}/${resource}`,
                namespace,
                name,
              ]),
            ),
          ),
        ]),
      );
    },
  );
  const all = new Set(rights.map((right) => JSON.stringify(right)));
  const isCovered = ([who, verb, what, namespace, name]: string[]): boolean =>
    [
      ['', name],
      [namespace, ''],
      ['', ''],
    ].some(
      ([inNamespace, ofName]) =>
        (inNamespace !== namespace || ofName !== name) &&
        all.has(JSON.stringify([who, verb, what, inNamespace, ofName])),
    );
  return [...all].filter((text) => !isCovered(JSON.parse(text))).sort();
}

/** As audit2rbac does by default. */
const LIKE_UPSTREAM = {
  names: 'single',
  mostNames: 10,
  expandNamespaces: true,
  expandVerbs: true,
  refused: true,
  name: 'any',
} as const;

function generate(usage: UsageLog, subject: Subject, options: Omit<GenerateOptions, 'user'>): JsonObject[] {
  const name =
    subject.kind === 'User' ? subject.name : `system:serviceaccount:${subject.namespace}:${subject.name}`;
  const user = { name, groups: groupsOf(name) };
  return generatedObjects(generateRoles(usage.of(subject), { ...options, user }), subject);
}

function differences(ours: readonly string[], theirs: readonly string[]): string[] {
  return [
    ...theirs.filter((right) => !ours.includes(right)).map((right) => `lacks ${right}`),
    ...ours.filter((right) => !theirs.includes(right)).map((right) => `adds ${right}`),
  ];
}

describe.skipIf(!hasTruth('audit2rbac'))('generated roles and audit2rbac', () => {
  const casesOf = (prefix: string) => truthCases('audit2rbac').filter(({ kind }) => kind?.startsWith(prefix));

  it('from a log', async () => {
    const tally = new Tally('audit2rbac', 'roles from a log');
    const cases = casesOf('log');
    for (const { case: title, input, options = '', expected } of cases) {
      await tally.compare(title!, async () => {
        const { usage } = await readUsage([truthPath('audit2rbac', input!)], {
          cwd: '/',
          stdin: process.stdin,
        });
        const [, user, account] = /--user=(\S+)|--serviceaccount=(\S+)/.exec(options)!;
        const [namespace, name = ''] = account?.split(':') ?? [];
        const subject: Subject =
          user === undefined
            ? { kind: 'ServiceAccount', namespace, name }
            : { kind: 'User', namespace, name: user };
        const bootstrap = new RbacAuthorizer(RbacWorld.of([]));
        const isGranted = (attributes: RequestAttributes) =>
          bootstrap.authorize(attributes).decision === 'allow';
        const objects = generate(usage, subject, {
          ...LIKE_UPSTREAM,
          names: options.includes('--expand-multi-name=false') ? 'all' : 'single',
          expandNamespaces: !options.includes('--expand-multi-namespace=false'),
          isGranted,
        });
        const upstream = parseAllDocuments(readTruth('audit2rbac', expected!).toString('utf8'));
        const [ours, theirs] = [granted(objects), granted(upstream.map((document) => document.toJS()))];
        const wrong = differences(ours, theirs);
        const authorizer = new RbacAuthorizer(RbacWorld.of(objects));
        let asked = 0;
        for (const { user: own, uses } of usage.of(subject)) {
          for (const { action, names } of uses) {
            for (const each of names) {
              asked++;
              const { decision } = authorizer.authorize({ ...action, user: own, apiVersion: '', name: each });
              if (decision !== 'allow') wrong.push(`${JSON.stringify(action)}: ${decision}`);
            }
          }
        }
        if (asked === 0) wrong.push('nothing was asked');
        return wrong;
      });
    }
    expect(tally.finish()).toEqual([]);
    expect(cases.length).toBeGreaterThan(4);
  });

  it('from requests', async () => {
    const tally = new Tally('audit2rbac', 'roles from requests');
    const cases = casesOf('requests');
    for (const { case: title, input, expected } of cases) {
      await tally.compare(title!, () => {
        const { options, existing, requests } = parse(readTruth('audit2rbac', input!).toString('utf8'));
        const usage = new UsageLog();
        for (const { user, groups, resourceRequest, ...rest } of requests ?? []) {
          const attributes = {
            ...rest,
            apiVersion: '',
            user: { name: user, groups },
            isResourceRequest: resourceRequest,
          };
          usage.add(attributes, true, 'request', undefined);
        }
        const world = new RbacAuthorizer(RbacWorld.of(objectsOf(existing ?? {}), { bootstrap: false }));
        const objects = generate(
          usage,
          { kind: 'User', namespace: undefined, name: 'bob' },
          {
            ...LIKE_UPSTREAM,
            names: options?.ExpandMultipleNamesToUnnamed === false ? 'all' : 'single',
            expandNamespaces: options?.ExpandMultipleNamespacesToClusterScoped ?? true,
            isGranted: (attributes) => world.authorize(attributes).decision === 'allow',
          },
        );
        return differences(
          granted(objects),
          granted(objectsOf(parse(readTruth('audit2rbac', expected!).toString('utf8')))),
        );
      });
    }
    expect(tally.finish()).toEqual([]);
    expect(cases.length).toBeGreaterThan(8);
  });
});
