import { describe, expect, it } from 'vitest';
import { decideAudit, readAuditedRequest, readAuditPolicy } from '../../src/engines/audit-policy/index.ts';
import type { Json, JsonObject } from '../../src/kubernetes/json.ts';
import { caseCount } from '../cluster/cases.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';

const SEED = Number(process.env['KUBESTRIDE_SEED'] ?? 20261123);
const POLICIES = Math.ceil(caseCount(3500));
const PER_POLICY = 25;

interface Answer {
  readonly level: string;
  readonly omitStages: readonly string[];
  readonly omitManagedFields: boolean;
}

const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'];
const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];
const USERS = ['alice', 'system:anonymous', 'system:serviceaccount:shop:web', ''];
const GROUPS = ['system:masters', 'system:authenticated', 'devs', '*', ''];
const VERBS = ['get', 'list', 'create', 'patch', '*', ''];
const NAMESPACES = ['shop', 'kube-system', ''];
const API_GROUPS = ['', 'apps', 'rbac.authorization.k8s.io', '*'];
const RESOURCES = [
  'pods',
  'pods/log',
  'pods/*',
  '*/log',
  '*',
  '*/*',
  'deployments/scale',
  '/log',
  'pods/',
  '/*',
  '',
];
const NAMES = ['web', 'db', ''];
const PATHS = ['/healthz', '/healthz*', '/api', '/apis/*', '*', '/', '/*', '/metrics/cadvisor'];

/** Mostly right, so that most policies are taken, and at times wrong in each of the ways that are refused. */
class RandomPolicies {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  #some(values: readonly string[], chance: number): string[] | undefined {
    if (!this.#random.chance(chance)) return this.#random.chance(0.05) ? [] : undefined;
    return Array.from({ length: 1 + this.#random.below(3) }, () => this.#random.pick(values));
  }

  #fields(object: Record<string, Json | undefined>): JsonObject {
    return Object.fromEntries(
      Object.entries(object).filter(([, value]) => value !== undefined),
    ) as JsonObject;
  }

  policy(): JsonObject {
    const random = this.#random;
    return this.#fields({
      apiVersion: random.chance(0.98)
        ? 'audit.k8s.io/v1'
        : random.pick(['audit.k8s.io/v1beta1', 'v1', 'audit.k8s.io/v2']),
      kind: random.chance(0.99) ? 'Policy' : 'Event',
      omitStages: this.#some(random.chance(0.05) ? [...STAGES, 'Never'] : STAGES, 0.3),
      omitManagedFields: random.chance(0.2) ? random.chance(0.5) : undefined,
      rules: random.chance(0.97)
        ? Array.from({ length: 1 + random.below(5) }, () => this.#rule())
        : random.pick([[], null]),
      unheardOf: random.chance(0.02) ? true : undefined,
    });
  }

  #rule(): Json {
    const random = this.#random;
    if (random.chance(0.005)) return null;
    const isForUrls = random.chance(0.2);
    return this.#fields({
      level: random.chance(0.99) ? random.pick(LEVELS) : random.pick(['', 'metadata', 'All']),
      users: this.#some(USERS, 0.2),
      userGroups: this.#some(GROUPS, 0.3),
      verbs: this.#some(VERBS, 0.4),
      resources: random.chance(isForUrls ? 0.01 : 0.6)
        ? Array.from({ length: 1 + random.below(2) }, () => this.#resources())
        : undefined,
      namespaces: this.#some(NAMESPACES, isForUrls ? 0.01 : 0.3),
      nonResourceURLs: isForUrls
        ? this.#some(random.chance(0.05) ? [...PATHS, 'api', '/a*b', ''] : PATHS, 0.95)
        : undefined,
      omitStages: this.#some(random.chance(0.02) ? [...STAGES, 'panic'] : STAGES, 0.2),
      omitManagedFields: random.chance(0.2) ? random.chance(0.5) : undefined,
    });
  }

  #resources(): Json {
    const random = this.#random;
    return this.#fields({
      group: random.chance(0.8)
        ? random.pick(random.chance(0.97) ? API_GROUPS : ['Apps', 'apps/v1', '-a'])
        : undefined,
      resources: this.#some(RESOURCES, 0.8),
      resourceNames: this.#some(NAMES, 0.2),
    });
  }

  request(): JsonObject {
    const random = this.#random;
    const isResourceRequest = random.chance(0.75);
    return {
      user: random.chance(0.97) ? random.pick(USERS) : null,
      groups: Array.from({ length: random.below(3) }, () => random.pick(GROUPS)),
      verb: random.pick(VERBS),
      resourceRequest: isResourceRequest,
      namespace: random.pick(NAMESPACES),
      apiGroup: random.pick(API_GROUPS),
      apiVersion: 'v1',
      resource: random.pick(['pods', 'deployments', 'secrets', '*', '']),
      subresource: random.pick(['', '', 'log', 'scale', '*']),
      name: random.pick(NAMES),
      path: isResourceRequest
        ? ''
        : random.pick([
            '/healthz',
            '/healthz/etcd',
            '/api',
            '/apis',
            '/apis/apps',
            '/',
            '',
            '/metrics/cadvisor',
          ]),
    };
  }
}

describe.skipIf(!hasGo())('audit policies', () => {
  it(`are taken or refused, and decide level and stages, as kube-apiserver's do (seed ${SEED})`, async () => {
    const worlds = new RandomPolicies(new Random(SEED));
    const questions = Array.from({ length: POLICIES }, () => ({
      policy: worlds.policy(),
      requests: Array.from({ length: PER_POLICY }, () => worlds.request()),
    }));
    const answers = await askOracle<unknown, readonly Answer[] | { error: string }>(
      'audit-policy',
      questions.map(({ policy, requests }) => ({ policy: JSON.stringify(policy), requests })),
    );
    const wrong: unknown[] = [];
    let decided = 0;
    let refused = 0;
    questions.forEach(({ policy: document, requests }, index) => {
      const answer = answers[index]!;
      const { policy, errors } = readAuditPolicy(document);
      if (policy === undefined || 'error' in answer) {
        refused++;
        if (policy !== undefined || !('error' in answer)) wrong.push({ document, errors, answer });
        return;
      }
      requests.forEach((request, place) => {
        decided++;
        const ours = decideAudit(policy, readAuditedRequest(request));
        const theirs = answer[place]!;
        const told = (of: Answer) =>
          `${of.level} ${[...new Set(of.omitStages)].sort().join()} ${of.omitManagedFields}`;
        if (told(ours) !== told(theirs)) wrong.push({ document, request, ours, theirs });
      });
    });
    console.log(`audit policies: ${decided} requests compared, ${refused} of ${POLICIES} policies refused`);
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(decided).toBeGreaterThan(POLICIES * PER_POLICY * 0.5);
    expect(refused).toBeGreaterThan(POLICIES * 0.02);
  });
});
