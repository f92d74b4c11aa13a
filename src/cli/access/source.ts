import {
  type Answer,
  type Authorizer,
  NodeAuthorizer,
  NodeGraph,
  RbacAuthorizer,
  RbacWorld,
  type RequestAttributes,
} from '../../engines/authorization/index.ts';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { AccessFlags } from '../commands/access/flags.ts';
import type { Context } from '../context.ts';
import { ProgressLine } from '../progress.ts';
import { type OpenedSource, openSource } from '../sources.ts';
import { abacPoliciesOf, asksRoles, ConfiguredChains, type Setup, setupsOf } from './authorizers.ts';
import { Sight } from './sight.ts';

/** A source with everything that decides who can do what. */
export interface AccessSource extends OpenedSource {
  readonly world: RbacWorld;
  readonly rbac: RbacAuthorizer;
  /** What the API server says, which asks RBAC and others. */
  readonly chain: ConfiguredChains;
  readonly setups: readonly Setup[];
  readonly sight: Sight;
  readonly resources: ApiResources;
  /** The object as it was read; undefined for one that every API server creates. */
  readonly objectOf: (raw: JsonObject) => KubernetesObject | undefined;
}

export async function openAccess(
  context: Context,
  flags: AccessFlags,
  paths: readonly string[],
): Promise<AccessSource> {
  const progress = new ProgressLine(context.terminal, context.words);
  const { namespace, ...rest } = flags;
  // Of a live cluster, nothing else is needed to answer in one namespace, and the user may not be allowed more.
  const read = flags.cluster && namespace !== undefined ? { ...rest, namespace } : rest;
  const opened = await openSource(context, read, paths, { progress });
  progress.done();
  const { evidence } = opened;
  const raws = evidence.objects.map(({ raw }) => raw);
  const setups = setupsOf(evidence.objects);
  const world = RbacWorld.of(
    setups.some(asksRoles) ? raws : [],
    // A cluster shows what it has, and may have lost some of what its API server once created.
    { bootstrap: !evidence.isComplete && !flags.noBootstrap && setups.some(asksRoles) },
  );
  const rbac = new RbacAuthorizer(world);
  const sight = new Sight(world, evidence);
  const node = new NodeAuthorizer(NodeGraph.of(raws), { isComplete: false });
  const objects = new Map(evidence.objects.map((object) => [object.raw, object]));
  return {
    ...opened,
    world,
    rbac,
    chain: new ConfiguredChains(setups, {
      rbac: seenRbac(rbac, sight),
      node,
      abacPolicies: abacPoliciesOf(evidence.objects),
    }),
    setups,
    sight,
    resources: new ApiResources(evidence.objects),
    objectOf: (raw) => objects.get(raw),
  };
}

/** RBAC, which knows when a no may be for want of what was not seen. */
function seenRbac(rbac: RbacAuthorizer, sight: Sight): Authorizer {
  const authorize = (attributes: RequestAttributes): Answer => {
    const answer = rbac.authorize(attributes);
    if (answer.decision !== 'no-opinion' || sight.hides(attributes, attributes.user).length === 0)
      return answer;
    return { decision: 'unknown', reason: 'not all roles and bindings were seen' };
  };
  return { mode: 'RBAC', authorize };
}
