import {
  type Answer,
  type Authorizer,
  NodeAuthorizer,
  NodeGraph,
  type NodeObjectKind,
  RbacAuthorizer,
  RbacWorld,
  type RequestAttributes,
} from '../../engines/authorization/index.ts';
import { ApiResources } from '../../kubernetes/api-resources.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { AccessFlags } from '../commands/access/flags.ts';
import { type Context, say } from '../context.ts';
import { ProgressLine } from '../progress.ts';
import { type OpenedSource, openSource, type SourceEvidence } from '../sources.ts';
import { abacPoliciesOf, asksRoles, ConfiguredChains, type Setup, setupsOf } from './authorizers.ts';
import { Sight } from './sight.ts';

/** A source with everything that decides who can do what. */
export interface AccessSource extends OpenedSource {
  readonly world: RbacWorld;
  readonly rbac: RbacAuthorizer;
  /** What the API server says, which asks RBAC and others. */
  readonly chain: ConfiguredChains;
  readonly setups: readonly Setup[];
  readonly node: NodeAuthorizer;
  readonly sight: Sight;
  readonly resources: ApiResources;
  /** Whether a rule of any role names a resource in this very spelling. */
  readonly namesResource: (resource: string) => boolean;
  /** The object as it was read; undefined for one that every API server creates. */
  readonly objectOf: (raw: JsonObject) => KubernetesObject | undefined;
}

export interface AccessOptions {
  /** Keeps what decides about nodes: the status of pods, and pods that have ended. */
  readonly nodes?: boolean;
  /** Reads of a live cluster what decides who can do what, and nothing else. */
  readonly rolesOnly?: boolean;
}

/** What that is: roles and bindings, the API servers' pods and all other pods of nodes, and what APIs there are. */
const DECISIVE_KINDS: ReadonlySet<string> = new Set([
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map(
    (kind) => `rbac.authorization.k8s.io/${kind}`,
  ),
  '/Pod',
  '/PersistentVolume',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
]);

export async function openAccess(
  context: Context,
  flags: AccessFlags,
  paths: readonly string[],
  { nodes = false, rolesOnly = false }: AccessOptions = {},
): Promise<AccessSource> {
  const progress = new ProgressLine(context.terminal, context.words);
  // The namespace is where the question is asked; what decides it lies in others too, such as the API servers' pods.
  const { namespace: _namespace, ...read } = flags;
  const opened = await openSource(context, read, paths, {
    progress,
    whole: nodes,
    ...(rolesOnly ? { kinds: DECISIVE_KINDS } : {}),
  });
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
  const node = new NodeAuthorizer(NodeGraph.of(raws), {
    isComplete: nodes ? nodeRelationsSeen(evidence) : false,
  });
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
    node,
    sight,
    resources: new ApiResources(evidence.objects),
    namesResource: (name) =>
      world.roles.some(({ rules }) => rules.some(({ resources }) => resources.includes(name))),
    objectOf: (raw) => objects.get(raw),
  };
}

/** Says so where a source holds nothing at all: whatever was asked is not answered by that. */
export function foundNothing(context: Context, { evidence }: AccessSource): boolean {
  if (evidence.objects.length > 0) return false;
  say(context, context.words.warning.nothingFound());
  return true;
}

/** The kinds of objects of which it is seen whether pods, and volumes behind their claims, lead a node to them. */
function nodeRelationsSeen({ isComplete, onlyNamespace, gaps }: SourceEvidence): ReadonlySet<NodeObjectKind> {
  const isListed = (kind: string) => !gaps.some((gap) => gap.group === '' && gap.kind === kind);
  if (!isComplete || onlyNamespace !== undefined || !isListed('Pod')) return new Set();
  const ofPods: NodeObjectKind[] = [
    'Pod',
    'ConfigMap',
    'PersistentVolumeClaim',
    'ResourceClaim',
    'ServiceAccount',
  ];
  return new Set(isListed('PersistentVolume') ? [...ofPods, 'PersistentVolume', 'Secret'] : ofPods);
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
