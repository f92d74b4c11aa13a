import { describe, expect, it } from 'vitest';
import { NodeAuthorizer, NodeGraph } from '../../src/engines/authorization/index.ts';
import { caseCount } from '../cluster/cases.ts';
import { hasGo } from './build-oracle.ts';
import { askOracle } from './oracle.ts';
import { Random } from './random.ts';
import { RandomNodes } from './random-nodes.ts';
import { oracleRequest } from './rbac-worlds.ts';

const SEED = Number(process.env['KUBESTRIDE_SEED'] ?? 20261123);
const PER_WORLD = 500;
const WORLDS = Math.ceil(caseCount(50_000) / PER_WORLD);

interface Decided {
  readonly decision: string;
  readonly reason: string;
}

describe.skipIf(!hasGo())('the Node authorizer', () => {
  it(`decides as upstream's does, for the same reasons (seed ${SEED})`, async () => {
    const worlds = Array.from({ length: WORLDS }, (_, index) => {
      const random = new Random(SEED + index);
      const maker = new RandomNodes(random);
      const objects = maker.world(5 + random.below(40));
      return { objects, requests: Array.from({ length: PER_WORLD }, () => maker.request()) };
    });
    const answers = await askOracle<object, Decided[]>(
      'node',
      worlds.map(({ objects, requests }) => ({ objects, requests: requests.map(oracleRequest) })),
    );
    const wrong: unknown[] = [];
    let related = 0;
    for (const [index, { objects, requests }] of worlds.entries()) {
      const engine = new NodeAuthorizer(NodeGraph.of(objects), { isComplete: true });
      for (const [at, request] of requests.entries()) {
        const { decision, reason } = engine.authorize(request);
        const upstream = answers[index]?.[at];
        if (upstream?.decision !== decision || upstream.reason !== reason)
          wrong.push({ seed: SEED + index, request, ours: { decision, reason }, upstream });
        if (decision === 'allow' && request.resource === 'secrets' && request.name.startsWith('s')) related++;
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(related).toBeGreaterThan(WORLDS);
  });
});
