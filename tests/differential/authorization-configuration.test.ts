import { describe, expect, it } from 'vitest';
import {
  chainOf,
  NodeAuthorizer,
  NodeGraph,
  RbacAuthorizer,
  RbacWorld,
  readAbacFile,
  readAuthorizationConfiguration,
} from '../../src/engines/authorization/index.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { caseCount } from '../cluster/cases.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';
import { RandomAuthorizers } from './random-authorizers.ts';
import { oracleRequest, oracleWorld } from './rbac-worlds.ts';

const SEED = Number(process.env['KUBESTRIDE_SEED'] ?? 20261123);
const DOCUMENTS = caseCount(3000);
const CHAINS = Math.ceil(DOCUMENTS / 10);
const PER_CHAIN = 25;

interface Answer {
  readonly refused?: string;
  readonly runs?: readonly (readonly { readonly decision: string; readonly reason: string }[])[];
}

/** The oracle puts the path of a file in the place of `@NAME`. */
function withPaths(document: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(document).replace(/"@(\w+)"/g, '"/oracle/$1"')) as JsonObject;
}

/** utilerrors.Aggregate, with the place of a compilation's error and whatever it says of the source left out. */
function aggregated(messages: readonly string[]): string {
  const unique = [...new Set(messages.map((message) => message.replace(/(compilation failed: ).*/s, '$1…')))];
  return unique.length === 1 ? unique[0]! : `[${unique.join(', ')}]`;
}

function upstreamText(refused: string): string {
  return refused
    .replace(/\/[^" ]*\/oracle-authorization-\d+\/(\w+)/g, '/oracle/$1')
    .replace(/(compilation failed: )ERROR: <input>.*?\n [ .|^]*\^+(?=, |\]?$)/gs, '$1…');
}

/** What the API server grants to begin with here. */
const RBAC: JsonObject[] = [
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'reader' },
    rules: [{ apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'readers', namespace: 'a' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }],
  },
];

/** How we end what validation lets pass, and what lets the server panic. */
const UNUSABLE = 'not allowed for kube-apiserver';

const SAYS = ['allow', 'deny', 'no-opinion', 'error'];
const RUNS = SAYS.flatMap((first) => SAYS.map((second) => ({ first, second })));

describe.skipIf(!hasGo())('the configuration of authorizers', () => {
  it(`is taken or refused as by kube-apiserver, in the same words (seed ${SEED})`, async () => {
    const documents = Array.from({ length: DOCUMENTS }, (_, i) =>
      new RandomAuthorizers(new Random(SEED + i)).any(),
    );
    const answers = await askOracle<object, Answer>(
      'authorization-config',
      documents.map((document) => ({ config: JSON.stringify(document) })),
    );
    const wrong: unknown[] = [];
    let taken = 0;
    for (const [index, document] of documents.entries()) {
      const { refused } = answers[index]!;
      const problems = readAuthorizationConfiguration(withPaths(document)).problems.filter(
        // Said of what validation lets pass; see below.
        ({ message }) => !message.endsWith(UNUSABLE),
      );
      if (refused === undefined) taken++;
      const ours = problems.length === 0 ? undefined : aggregated(problems.map(({ message }) => message));
      const upstream = refused === undefined ? undefined : upstreamText(refused);
      const isDecoding = upstream?.startsWith('failed to load AuthorizationConfiguration from file: ');
      // The words of decoding are held to upstream's by decode.test.ts.
      if (isDecoding ? ours === undefined : ours !== upstream)
        wrong.push({ seed: SEED + index, document: JSON.stringify(document), ours, upstream });
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(Math.min(taken, DOCUMENTS - taken)).toBeGreaterThan(DOCUMENTS / 20);
  });

  it(`decides as kube-apiserver does, whatever webhooks say (seed ${SEED})`, async () => {
    const questions = Array.from({ length: CHAINS }, (_, index) => {
      const maker = new RandomAuthorizers(new Random(SEED + index));
      return {
        document: maker.usable(),
        policies: maker.policies(),
        requests: Array.from({ length: PER_CHAIN }, () => maker.request()),
      };
    });
    const answers = await askOracle<object, Answer>(
      'authorization-config',
      questions.map(({ document, policies, requests }) => ({
        config: JSON.stringify(document),
        policies,
        ...oracleWorld(RBAC),
        webhooks: RUNS,
        requests: requests.map(oracleRequest),
      })),
    );
    const rbac = new RbacAuthorizer(RbacWorld.of(RBAC, { bootstrap: false }));
    const node = new NodeAuthorizer(NodeGraph.of([]), { isComplete: true });
    const wrong: unknown[] = [];
    const seen: Record<string, number> = { allow: 0, deny: 0, 'no-opinion': 0, unknown: 0 };
    for (const [index, { document, policies, requests }] of questions.entries()) {
      const { authorizers, problems } = readAuthorizationConfiguration(withPaths(document));
      const abacPolicies = readAbacFile(policies).policies;
      const chain = chainOf(authorizers, { rbac, node, abacPolicies });
      const { runs, refused } = answers[index]!;
      const where = { seed: SEED + index, document: JSON.stringify(document) };
      if (problems.length > 0 || runs === undefined) {
        const isSame =
          problems.every(({ message }) => message.endsWith(UNUSABLE)) && refused?.startsWith('panic: ');
        if (!isSame) wrong.push({ ...where, problems, refused });
        continue;
      }
      for (const [at, request] of requests.entries()) {
        const { decision, reason } = chain.authorize(request);
        seen[decision] = (seen[decision] ?? 0) + 1;
        const upstream = runs.map((run) => run[at]!);
        const possible = new Set(upstream.map((answer) => answer.decision));
        // Unknown is only what depends on a webhook, and all of it.
        const isSame =
          decision === 'unknown' ? possible.size > 1 : possible.size === 1 && possible.has(decision);
        const isWhy = decision === 'unknown' || upstream.every((answer) => answer.reason === reason);
        if (!isSame || !isWhy)
          wrong.push({ ...where, policies, request, ours: { decision, reason }, upstream });
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan((CHAINS * PER_CHAIN) / 100);
  });
});
